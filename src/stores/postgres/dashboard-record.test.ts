import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CallEvent } from '../../core/event.ts'
import { noUsage } from '../../core/usage.ts'
import { openCostReader } from '../dashboard/cost-reader.ts'
import { createDashboardReader, type DashboardReader } from '../dashboard/dashboard-reader.ts'
import { costDimensions } from '../rollup/cost-report.ts'
import { sampleAttempt, sampleCall } from '../sample-events.suite.ts'
import { openEventStore } from '../sqlite/event-store.ts'
import { openPostgresEventStore } from './event-store.ts'
import { foldRollUps } from './fold-roll-ups.ts'
import { openCopy } from './open-copy.ts'
import { type Database, openDatabase } from './open-database.ts'
import { hasPostgres, type PostgresServer, startPostgres } from './postgres-server.suite.ts'

const minute = 60_000
const noon = Date.UTC(2026, 10, 23, 12)

/** Calls in which everything that is summed up or filtered by differs, the same each time. */
function variedCalls(count: number, spanMs: number): CallEvent[] {
  let state = 7
  const draw = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
  const oneOf = <T>(...values: readonly T[]): T => values[draw(values.length)]!
  return Array.from({ length: count }, (_, index) => {
    const isError = draw(10) === 0
    const source = oneOf('provider', 'provider', 'provider', 'cache', 'rule', 'coalesced')
    const feature = oneOf<string | undefined>(undefined, 'triage', 'summary\t\\x', 'Ärger')
    const tenant = oneOf<string | undefined>(undefined, 'acme', 'globex')
    const target = source === 'provider' ? oneOf('a/one', 'b/two') : undefined
    return sampleCall(`call_${String(index).padStart(6, '0')}`, {
      startedAt: noon - 1 - draw(spanMs),
      source,
      model: oneOf('fast', 'smart'),
      ...(feature !== undefined && { feature }),
      ...(tenant !== undefined && { tenant }),
      ...(target !== undefined && { target }),
      ...(draw(3) === 0 && { promptHash: `hash_${draw(4)}`, keyId: `key_${draw(3)}` }),
      ...(draw(2) === 0 && { firstTokenMs: 10 + draw(500) }),
      totalMs: 20 + draw(9_000) / 3,
      outcome: isError ? { ending: 'error', errorCode: oneOf('overloaded', 'timed-out') } : { ending: 'completed' },
      cost:
        draw(8) === 0
          ? { nanoUsd: null, status: 'unpriced' }
          : { nanoUsd: draw(9_000_000), status: oneOf('priced', 'estimated') },
      ...(source === 'cache' &&
        draw(2) === 0 && { sparedCost: { nanoUsd: draw(5_000_000), status: 'priced' as const } }),
      ...(draw(4) === 0 && { promptCacheSavedNanoUsd: draw(4_000) - 1_000 }),
      cache: source === 'cache' ? 'hit' : oneOf('off', 'miss'),
      attempts: draw(4),
      fallbacks: draw(2),
      usage: {
        ...noUsage,
        inputUncached: draw(900),
        cacheRead: draw(90),
        cacheWrite1h: draw(9),
        outputText: draw(300),
      },
    })
  })
}

describe.skipIf(!hasPostgres)('the record in Postgres answers as the one in a file', () => {
  let server: PostgresServer
  let folder = ''
  let path = ''
  let database: Database
  beforeAll(async () => {
    server = await startPostgres()
    database = await openDatabase({ url: server.url })
  })
  afterAll(async () => {
    await database.close()
    await server[Symbol.asyncDispose]()
  })
  beforeEach(async () => {
    await database.query('DROP SCHEMA IF EXISTS inseam CASCADE')
    folder = mkdtempSync(join(tmpdir(), 'inseam-both-'))
    path = join(folder, 'events.db')
    return () => rmSync(folder, { recursive: true, force: true })
  })

  const openStore = (spool = 'spool') =>
    openPostgresEventStore({ url: server.url, spool: { path: join(folder, spool), maxBytes: 2 ** 24 } })

  async function record(calls: readonly CallEvent[]): Promise<void> {
    await using file = await openEventStore({ path })
    await using postgres = await openStore()
    for (const store of [file, postgres]) {
      for (const call of calls) store.record(call)
      await store.flush()
    }
    // What is not there yet is not on disk either.
    expect(postgres.status()).toMatchObject({ stored: calls.length, spooled: 0, dropped: 0 })
  }

  /** A reader of each. */
  function openBoth() {
    const file = createDashboardReader({ at: { path } })
    const postgres = createDashboardReader({ at: { url: server.url, evalsPath: path } })
    return {
      async ask<Result>(question: (reader: DashboardReader) => Promise<Result>): Promise<readonly [Result, Result]> {
        return [await question(file), await question(postgres)]
      },
      async [Symbol.asyncDispose]() {
        await Promise.all([file.close(), postgres.close()])
      },
    }
  }

  async function sameCosts(): Promise<void> {
    await using file = await openCostReader({ path })
    await using postgres = await openCostReader({ url: server.url })
    for (const by of costDimensions) {
      const question = { from: noon - 3_000 * minute, to: noon, by, now: noon }
      expect(await postgres.report(question)).toEqual(await file.report(question))
    }
  }

  const foldAll = async (most = 500) => {
    const copy = await openCopy()
    while ((await foldRollUps(database, copy, most)) > 0);
  }
  const rows = async (grain: number) =>
    (await database.query<{ rows: number }>('SELECT count(*) AS rows FROM rollups WHERE grain = $1', [grain])).rows[0]
      ?.rows

  it('for few calls, to the millisecond', async () => {
    await using both = openBoth()
    await record(variedCalls(400, 100 * minute))
    const span = { from: noon - 60 * minute, to: noon }
    for (const asked of [span, { from: span.from + 12_345, to: span.to - 54_321 }]) {
      const [file, postgres] = await both.ask((reader) => reader.ask('overview', asked))
      expect(postgres).toEqual(file)
      expect(file.totals.calls).toBeGreaterThan(100)
      const [features, others] = await both.ask((reader) => reader.ask('features', asked))
      expect(others).toEqual(features)
    }
    for (const filter of [
      {},
      { feature: '' },
      { feature: 'Ärger' },
      { model: 'a/one' },
      { status: 'error' },
      { errorCode: 'overloaded', source: 'provider' },
      { text: 'TRIAGE' },
      { text: '%' },
      { text: '\\x' },
    ] as const) {
      const [file, postgres] = await both.ask((reader) => reader.ask('calls', { ...filter, limit: 50 }))
      expect(postgres).toEqual(file)
    }
    const [file, postgres] = await both.ask((reader) => reader.ask('call', 'call_000007'))
    expect(postgres).toEqual(file)
    expect(file?.call.callId).toBe('call_000007')
    const [, none] = await both.ask((reader) => reader.ask('evals', { limit: 10 }))
    expect(none).toEqual([])
  })

  it('what was spent, before roll-ups are folded, afterwards, and where calls are sent twice', async () => {
    await using both = openBoth()
    const calls = variedCalls(600, 2_000 * minute)
    await record(calls)
    await sameCosts()
    expect(await rows(0)).toBeGreaterThan(0)
    await foldAll()
    expect(await rows(0)).toBe(0)
    await sameCosts()
    await record([...calls.slice(300), ...variedCalls(650, 2_000 * minute).slice(600)])
    await sameCosts()
    await foldAll()
    await sameCosts()
    const [file, postgres] = await both.ask((reader) =>
      reader.ask('costs', { from: noon - 500 * minute, to: noon, by: 'feature', now: noon }),
    )
    expect(postgres).toEqual(file)
  })

  it('for many calls, from roll-ups', async () => {
    await using both = openBoth()
    await record(variedCalls(21_000, 150 * minute))
    const asked = { from: noon - 140 * minute, to: noon }
    const answers = await both.ask(async (reader) => [
      await reader.ask('overview', asked),
      await reader.ask('features', asked),
    ])
    expect(answers[1]).toEqual(answers[0])
    await foldAll(10_000)
    expect(
      await both.ask(async (reader) => [await reader.ask('overview', asked), await reader.ask('features', asked)]),
    ).toEqual(answers)
  })

  it('counts each call once where processes write and fold at once', async () => {
    const stores = [await openStore('one'), await openStore('two'), await openStore('three')]
    for (let round = 0; round < 10; round++) {
      for (const [index, store] of stores.entries())
        for (let call = 0; call < 50; call++)
          store.record(
            sampleCall(`call_${index}_${round}_${call}`, { startedAt: noon + call * 100, feature: `f${call % 5}` }),
          )
      const folding = foldAll()
      await Promise.all(stores.map((store) => store.flush()))
      await folding
    }
    for (const store of stores) await store.close()
    await using reader = await openCostReader({ url: server.url })
    const question = { from: noon, to: noon + minute, by: 'feature', now: noon } as const
    const before = await reader.report(question)
    expect(before.total.calls).toBe(1_500)
    await foldAll()
    expect(await reader.report(question)).toEqual(before)
    // A minute and an hour of five features, and of everybody.
    expect([await rows(0), await rows(1), await rows(2), await rows(3), await rows(4)]).toEqual([0, 5, 5, 1, 1])
  })

  it('keeps what is rolled up as long as the calls', async () => {
    const week = 7 * 24 * 60 * minute
    const clock = Date.now()
    const old = sampleCall('call_old', { startedAt: clock - 5 * week })
    const recent = sampleCall('call_recent', { startedAt: clock - minute })
    await using writing = await openStore()
    for (const call of [old, recent]) writing.record(call)
    await writing.flush()
    await foldAll()
    const options = {
      url: server.url,
      spool: { path: join(folder, 'other'), maxBytes: 2 ** 20 },
      retentionMs: 2 * week,
    }
    await using _keeping = await openPostgresEventStore(options)
    await using reader = await openCostReader({ url: server.url })
    const report = await reader.report({ from: clock - 6 * week, to: clock, by: 'feature', now: clock })
    expect(report.total.calls).toBe(1)
    expect((await database.query('SELECT call_id FROM calls')).rows).toEqual([{ call_id: 'call_recent' }])
  })

  it('says that there is none, and that Postgres is away, and answers once it is back', async () => {
    await using reader = createDashboardReader({ at: { url: server.url, evalsPath: path } })
    const ask = () => reader.ask('overview', { from: noon - minute, to: noon })
    await expect(ask()).rejects.toMatchObject({ code: 'not-found' })
    await using store = await openStore()
    store.record(sampleAttempt('attempt_1', 'call_1', { startedAt: noon }))
    store.record(sampleCall('call_1', { startedAt: noon - 1 }))
    await store.flush()
    expect((await ask()).totals.calls).toBe(1)
    await server.kill()
    await expect(ask()).rejects.toMatchObject({ code: 'store-failed' })
    await server.restart()
    await expect
      .poll(
        () =>
          ask().then(
            ({ totals }) => totals.calls,
            () => 0,
          ),
        { timeout: 60_000 },
      )
      .toBe(1)
  })
})
