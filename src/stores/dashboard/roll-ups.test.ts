import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { CallEvent } from '../../core/event.ts'
import { noUsage } from '../../core/usage.ts'
import type { CostReport } from '../rollup/cost-report.ts'
import { others } from '../rollup/subject.ts'
import { sampleCall } from '../sample-events.suite.ts'
import { openEventStore } from '../sqlite/event-store.ts'
import type { CostQuestion } from './cost-query.ts'
import { openCostReader } from './cost-reader.ts'
import { createDashboardReader } from './dashboard-reader.ts'
import { grains } from './roll-up-tables.ts'

const noon = Date.UTC(2026, 10, 23, 12)
const minute = 60_000

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'inseam-rollups-'))
  path = join(folder, 'events.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function record(batches: readonly (readonly CallEvent[])[]): Promise<void> {
  await using store = await openEventStore({ path })
  for (const batch of batches) {
    for (const call of batch) store.record(call)
    await store.flush()
  }
}

function read<T>(work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    return work(database)
  } finally {
    database.close()
  }
}

const all = (sql: string, ...values: (string | number)[]) =>
  read((database) =>
    database
      .prepare(sql)
      .all(...values)
      .map((row) => ({ ...row })),
  )

async function totalOf(question: CostQuestion): Promise<CostReport['total']> {
  await using reader = await openCostReader({ path })
  return (await reader.report(question)).total
}

const names = 'feature, tenant, key_id, model, target, prompt_hash, source, error_code'
const sums =
  'calls, errors, retries, fallbacks, cache_hits, input_uncached, cache_read, output_text, cost_nano_usd, unpriced, estimated, spared_nano_usd, spared_unknown, prompt_cache_saved_nano_usd, last_at'

const rolled = (grain: number) =>
  all(
    `SELECT at, ${names}, ${sums} FROM rollups JOIN rollup_subjects USING (subject) WHERE grain = ? ORDER BY at, ${names}`,
    grain,
  )

/** The same from the calls themselves. */
const summed = (lengthMs: number) =>
  all(
    `SELECT started_at / ${lengthMs} * ${lengthMs} AS at, coalesce(feature, '') AS feature, coalesce(tenant, '') AS tenant,
       coalesce(key_id, '') AS key_id, model, coalesce(target, '') AS target, coalesce(prompt_hash, '') AS prompt_hash, source,
       coalesce(error_code, '') AS error_code, count(*) AS calls, count(error_code) AS errors,
       sum(max(0, attempts - 1 - fallbacks)) AS retries, sum(fallbacks) AS fallbacks,
       count(*) FILTER (WHERE cache = 'hit') AS cache_hits, sum(input_uncached) AS input_uncached, sum(cache_read) AS cache_read,
       sum(output_text) AS output_text, total(cost_nano_usd) AS cost_nano_usd,
       count(*) FILTER (WHERE cost_status = 'unpriced') AS unpriced,
       count(*) FILTER (WHERE cost_status = 'estimated') AS estimated, total(spared_nano_usd) AS spared_nano_usd,
       count(*) FILTER (WHERE source = 'cache' AND error_code IS NULL AND spared_nano_usd IS NULL) AS spared_unknown,
       total(prompt_cache_saved_nano_usd) AS prompt_cache_saved_nano_usd, max(started_at) AS last_at
     FROM calls GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 ORDER BY at, ${names}`,
  )

const optional = (...values: string[]) => fc.option(fc.constantFrom(...values), { nil: undefined })
const money = fc.oneof(
  fc.record({ nanoUsd: fc.nat(1e9), status: fc.constantFrom('priced', 'estimated') }),
  fc.constant({ nanoUsd: null, status: 'unpriced' }),
) as fc.Arbitrary<CallEvent['cost']>
const anyCall = fc.record({
  callId: fc.nat(200).map((number) => `call_${number}`),
  startedAt: fc.integer({ min: noon - 3 * 60 * minute, max: noon }),
  feature: optional('triage', 'summary'),
  tenant: optional('a', "b'--"),
  target: optional('x/one', 'x/two'),
  promptHash: optional('1', '2'),
  source: fc.constantFrom('provider', 'cache', 'rule'),
  totalMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
  attempts: fc.nat(4),
  fallbacks: fc.nat(2),
  cache: fc.constantFrom('off', 'hit', 'miss'),
  outcome: fc.constantFrom({ ending: 'completed' }, { ending: 'error', errorCode: 'overloaded' }),
  cost: money,
  sparedCost: fc.option(money, { nil: undefined }),
  promptCacheSavedNanoUsd: fc.option(fc.integer({ min: -1e6, max: 1e6 }), { nil: undefined }),
  usage: fc.record({ inputUncached: fc.nat(1e6), cacheRead: fc.nat(1e6), outputText: fc.nat(1e6) }),
})

it('roll-ups are the sums of the calls, however these come in batches and however often', async () => {
  const batches = fc.array(fc.array(anyCall, { maxLength: 40 }), { maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(batches, async (drawn) => {
      await record(
        drawn.map((batch) =>
          batch.map(({ callId, usage, ...more }) =>
            sampleCall(callId, { ...(more as Partial<CallEvent>), usage: { ...noUsage, ...usage } }),
          ),
        ),
      )
      expect(rolled(grains.minute)).toEqual(summed(minute))
      expect(rolled(grains.hour)).toEqual(summed(60 * minute))
      for (const grain of [grains.minuteOfAll, grains.hourOfAll])
        expect(rolled(grain).reduce((sum, { cost_nano_usd }) => sum + Number(cost_nano_usd), 0)).toBe(
          summed(minute).reduce((sum, { cost_nano_usd }) => sum + Number(cost_nano_usd), 0),
        )
    }),
    { numRuns: 12 },
  )
})

it('a minute keeps so many subjects apart, and sums up the rest with others of their feature', async () => {
  const calls = Array.from({ length: 2_000 }, (_, index) =>
    sampleCall(`call_${index}`, { startedAt: noon, tenant: `tenant-${index}`, feature: 'triage' }),
  )
  await record([calls])
  const rows = rolled(grains.minute)
  expect(rows).toHaveLength(501)
  expect(rows.find(({ tenant }) => tenant === others)).toMatchObject({ feature: 'triage', calls: 1_500 })
  expect(rolled(grains.minuteOfAll)).toMatchObject([{ calls: 2_000, cost_nano_usd: 2_000 * 290_000 }])
})

it('the overview of many calls comes from roll-ups: the same sums, percentiles within 1 %', async () => {
  const calls = Array.from({ length: 25_000 }, (_, index) =>
    sampleCall(`call_${index}`, {
      startedAt: noon - 40 * minute + index * 90,
      feature: `feature-${index % 7}`,
      target: index % 3 === 0 ? 'x/one' : 'x/two',
      totalMs: 1 + ((index * 7_919) % 25_000) / 10,
      firstTokenMs: 1 + ((index * 104_729) % 5_000) / 10,
      ...(index % 50 === 0 && { outcome: { ending: 'error', errorCode: 'overloaded' } as const }),
    }),
  )
  await record([calls])
  await using reader = createDashboardReader({ at: { path } })
  const span = { from: noon - 60 * minute, to: noon }
  const view = await reader.ask('overview', span)
  expect(view.totals).toMatchObject({
    calls: 25_000,
    errors: 500,
    costNanoUsd: 25_000 * 290_000,
    inputTokens: 25_000 * 120,
  })
  expect(view.series.calls.reduce((sum, count) => sum + count, 0)).toBe(25_000)
  expect(view.errors).toEqual([{ code: 'overloaded', calls: 500 }])
  expect(view.sources).toEqual([{ source: 'provider', calls: 25_000 }])
  expect(view.byModel.map(({ name, calls: count }) => [name, count])).toEqual([
    ['x/two', 16_666],
    ['x/one', 8_334],
  ])
  const sorted = calls.map(({ totalMs }) => totalMs).sort((left, right) => left - right)
  for (const [name, share] of [
    ['p50', 0.5],
    ['p95', 0.95],
    ['p99', 0.99],
  ] as const) {
    const truth = sorted[Math.ceil(share * sorted.length) - 1]!
    expect(Math.abs(view.totals.latencyMs[name]! - truth) / truth).toBeLessThanOrEqual(0.0101)
  }
  const { features } = await reader.ask('features', span)
  expect(features).toHaveLength(7)
  expect(features.reduce((sum, feature) => sum + feature.calls, 0)).toBe(25_000)
})

it('a file that was never rolled up is, once it is opened, and is read call by call until then', async () => {
  await record([Array.from({ length: 12_000 }, (_, index) => sampleCall(`call_${index}`, { startedAt: noon - index }))])
  const database = new DatabaseSync(path)
  database.exec('DELETE FROM rollups; UPDATE rollup_progress SET upto = 0')
  const question = { from: noon - 60 * minute, to: noon + 1, by: 'feature', now: noon } as const
  expect(await totalOf(question)).toMatchObject({ calls: 12_000, costNanoUsd: 12_000 * 290_000 })
  database.close()
  const told: number[] = []
  const store = await openEventStore({ path, onRollingUp: (left) => told.push(left) })
  await store.close()
  expect(rolled(grains.hour)).toEqual(summed(60 * minute))
  expect(await totalOf(question)).toMatchObject({ calls: 12_000, costNanoUsd: 12_000 * 290_000 })
})

it('roll-ups are made anew where what a call cost is put right', async () => {
  await record([[sampleCall('call_1', { startedAt: noon }), sampleCall('call_2', { startedAt: noon })]])
  expect(rolled(grains.hour)).toMatchObject([{ cost_nano_usd: 580_000 }])
  const database = new DatabaseSync(path)
  database.exec("UPDATE calls SET cost_nano_usd = 10000 WHERE call_id = 'call_1'")
  const question = { from: noon, to: noon + 1, by: 'feature', now: noon } as const
  expect((await totalOf(question)).costNanoUsd).toBe(300_000)
  database.close()
  await record([])
  expect(rolled(grains.hour)).toMatchObject([{ cost_nano_usd: 300_000 }])
})

it('two processes that write to one file and are killed leave roll-ups and calls that agree', async () => {
  const writer = fileURLToPath(new URL('../sqlite/crash-writer.suite.ts', import.meta.url))
  const killAfter = async (prefix: string, acknowledgements: number) => {
    const child = spawn(process.execPath, [writer, path, prefix], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(child, 'close')
    let heard = 0
    for await (const chunk of child.stdout) {
      heard += String(chunk).split('\n').length - 1
      if (heard >= acknowledgements) child.kill('SIGKILL')
    }
    await ended
  }
  await Promise.all([killAfter('a', 12), killAfter('b', 30)])
  const [{ calls } = {}] = all('SELECT count(*) AS calls FROM calls')
  const span = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 2), by: 'day', now: noon } as const
  expect(Number(calls)).toBeGreaterThan(0)
  expect((await totalOf(span)).calls).toBe(calls)
  await record([])
  expect(rolled(grains.minute)).toEqual(summed(minute))
})
