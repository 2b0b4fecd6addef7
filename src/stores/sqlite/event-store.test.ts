import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CallEvent } from '../../core/event.ts'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import type { InseamError } from '../../errors/index.ts'
import { eventSinkSuite } from '../event-sink.suite.ts'
import { sampleAttempt, sampleCall } from '../sample-events.suite.ts'
import { openEventReader } from './event-reader.ts'
import { type EventStoreOptions, openEventStore } from './event-store.ts'
import { viewSql, views } from './views.ts'

let directory = ''
let files = 0
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'inseam-events-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const newPath = () => join(directory, `${++files}`, 'deep', 'events.db')
const open = (options: Partial<EventStoreOptions> = {}) => openEventStore({ path: newPath(), ...options })

eventSinkSuite('sqlite', async () => {
  const path = newPath()
  const sink = await openEventStore({ path })
  return {
    sink,
    async ids() {
      using reader = openEventReader({ path })
      const sql = ['call', 'attempt', 'run', 'step'].map((name) => `SELECT ${name}_id AS id FROM v_${name}s`)
      return reader.query(sql.join(' UNION ALL '), [], { limit: 10_000 }).rows.map(({ id }) => String(id))
    },
    dropped: () => sink.dropped,
    async withContent() {
      using database = new DatabaseSync(path, { readOnly: true })
      const { kept } = database.prepare('SELECT count(*) AS kept FROM contents WHERE is_cut = 0').get() as {
        kept: number
      }
      return kept
    },
    [Symbol.asyncDispose]: () => sink.close(),
  }
})

describe('the event store', () => {
  it('gives back a call and its attempts in order, as they were', async () => {
    await using store = await open()
    const call = sampleCall('call_1', {
      feature: 'triage',
      tags: ['a', 'b'],
      firstTokenMs: 12.5,
      losses: [{ path: 'top_k', effect: 'dropped', detail: 'no such field' }],
      moments: [{ type: 'committed', atMs: 3 }],
    })
    const second = sampleAttempt('attempt_2', 'call_1', { ordinal: 2 })
    const raw = { prompt_tokens: 120, details: { ünï: null } }
    const first = sampleAttempt('attempt_1', 'call_1', {
      outcome: { ending: 'error', errorCode: 'overloaded', errorMessage: 'No capacity.' },
      usage: { ...call.usage, raw, serverToolCalls: { web_search: 2 } },
      cost: { nanoUsd: null, status: 'unpriced' },
    })
    for (const event of [second, first, call]) store.record(event)
    await store.flush()
    expect(store.story('call_1')).toEqual({ call, attempts: [first, second], children: [] })
    expect(store.story('call_2')).toBeUndefined()
  })

  it('is not changed by what it has already', async () => {
    await using store = await open()
    store.record(sampleCall('call_1'))
    store.record(sampleCall('call_1', { model: 'other' }))
    store.record(sampleAttempt('attempt_1', 'call_1'))
    await store.flush()
    store.record(sampleAttempt('attempt_1', 'call_1'))
    await store.flush()
    expect(store.story('call_1')).toMatchObject({ call: { model: 'fast' }, attempts: [{}] })
    expect(store.status()).toEqual({ recorded: 4, stored: 4, pending: 0, dropped: 0 })
  })

  it('writes by itself once its interval has passed', async () => {
    const clock = createVirtualClock()
    await using store = await open({ clock, flushIntervalMs: 100 })
    store.record(sampleCall('call_1'))
    await clock.advance(99)
    expect(clock.pending).toBe(1)
    await clock.advance(1)
    expect(clock.pending).toBe(0)
    while (store.status().pending > 0) await new Promise((resolve) => setImmediate(resolve))
    expect(store.tail().calls).toMatchObject([{ callId: 'call_1' }])
  })

  it('writes what is left when it is closed', async () => {
    const path = newPath()
    const store = await openEventStore({ path })
    store.record(sampleCall('call_1'))
    await store.close()
    using reader = openEventReader({ path })
    expect(reader.idsLike('')).toEqual(['call_1'])
  })

  it('says once that what comes after the end is lost', async () => {
    const problems: InseamError[] = []
    const store = await open({ onProblem: (problem) => problems.push(problem) })
    await store.close()
    store.record(sampleCall('call_1'))
    store.record(sampleCall('call_2'))
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^A call was made after .* was closed/),
    ])
    expect(store.status()).toMatchObject({ recorded: 2, stored: 0, dropped: 2 })
  })

  it('keeps a process alive for what is not yet written, and no longer', () => {
    const path = newPath()
    const here = new URL('.', import.meta.url)
    const code = `
      import { openEventStore } from '${new URL('event-store.ts', here)}'
      import { sampleCall } from '${new URL('../sample-events.suite.ts', here)}'
      const store = await openEventStore({ path: process.argv[1] })
      for (let index = 0; index < 1001; index++) store.record(sampleCall('call_' + index))`
    const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', code, path], { stdio: 'inherit' })
    expect(status).toBe(0)
    using reader = openEventReader({ path })
    expect(reader.query('SELECT count(*) AS calls FROM calls').rows).toEqual([{ calls: 1001 }])
  })

  it('drops and counts what is recorded faster than it is written, and says so once', async () => {
    const problems: InseamError[] = []
    await using store = await open({ maxPending: 1_000, onProblem: (problem) => problems.push(problem) })
    for (let index = 0; index < 1_500; index++) store.record(sampleCall(`call_${index}`))
    expect(store.dropped).toBe(500)
    await expect(store.flush()).rejects.toMatchObject({ code: 'store-failed' })
    await store.flush()
    expect(store.status()).toMatchObject({ recorded: 1_500, stored: 1_000, pending: 0, dropped: 500 })
    expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(/^1,000 events wait/)])
    store.record(sampleCall('call_later'))
    await store.flush()
    expect(store.story('call_later')).toBeDefined()
  })

  it('keeps a batch when one of its events cannot be a row', async () => {
    const problems: InseamError[] = []
    await using store = await open({ onProblem: (problem) => problems.push(problem) })
    store.record(sampleCall('call_1'))
    store.record({ ...sampleCall('call_2'), startedAt: Number.NaN })
    store.record({ ...sampleCall('call_3'), losses: null } as unknown as CallEvent)
    store.record(sampleCall('call_4'))
    await expect(store.flush()).rejects.toMatchObject({ code: 'store-failed' })
    expect(store.tail().calls.map(({ callId }) => callId)).toEqual(['call_1', 'call_4'])
    expect(store.status()).toMatchObject({ recorded: 4, stored: 2, pending: 0, dropped: 2 })
    expect(problems).toHaveLength(2)
  })

  it('reports a table that can no longer be written, and goes on once it can', async () => {
    const path = newPath()
    await using store = await openEventStore({ path })
    using other = new DatabaseSync(path)
    other.exec('ALTER TABLE calls RENAME TO hidden')
    store.record(sampleCall('call_1'))
    await expect(store.flush()).rejects.toMatchObject({ code: 'store-failed', message: expect.stringContaining(path) })
    expect(store.dropped).toBe(1)
    expect(store.problems?.()).toEqual([expect.stringMatching(/^Events not on the record: 1\. .* cannot be written/)])
    other.exec('ALTER TABLE hidden RENAME TO calls')
    store.record(sampleCall('call_2'))
    await store.flush()
    expect(store.problems?.()).toEqual([])
    expect(store.tail().calls).toMatchObject([{ callId: 'call_2' }])
  })

  it('lets two processes or stores write to one file', async () => {
    const path = newPath()
    const stores = await Promise.all([openEventStore({ path }), openEventStore({ path })])
    for (let index = 0; index < 600; index++) stores[index % 2]?.record(sampleCall(`call_${index}`))
    await Promise.all(stores.map((store) => store.close()))
    using reader = openEventReader({ path })
    expect(reader.query('SELECT count(*) AS calls FROM v_calls').rows).toEqual([{ calls: 600 }])
  })

  it('refuses a path where no file can be, with the fix', async () => {
    writeFileSync(join(directory, 'a-file'), '')
    const path = join(directory, 'a-file', 'events.db')
    await expect(openEventStore({ path })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining(path),
      fix: expect.stringContaining('writable'),
    })
    mkdirSync(join(directory, 'a-directory'))
    await expect(openEventStore({ path: join(directory, 'a-directory') })).rejects.toMatchObject({
      code: 'config-invalid',
    })
  })

  it('refuses a file that is something else, and leaves it as it was', async () => {
    const text = join(directory, 'notes.txt')
    writeFileSync(text, 'These are my notes. '.repeat(100))
    await expect(openEventStore({ path: text })).rejects.toMatchObject({ code: 'config-invalid' })
    const other = newPath()
    mkdirSync(join(other, '..'), { recursive: true })
    using database = new DatabaseSync(other)
    database.exec('CREATE TABLE recipes (name TEXT)')
    await expect(openEventStore({ path: other })).rejects.toThrow(/something else/)
    expect(database.prepare('SELECT name FROM sqlite_master').all()).toEqual([{ name: 'recipes' }])
  })

  it('refuses a file that a newer version wrote', async () => {
    const path = newPath()
    await (await openEventStore({ path })).close()
    using database = new DatabaseSync(path)
    database.exec("INSERT INTO inseam_migrations VALUES ('2099-01-brains', 0)")
    await expect(openEventStore({ path })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('2099-01-brains'),
      fix: expect.stringContaining('Upgrade'),
    })
  })

  it('makes a view anew when the code has another', async () => {
    const path = newPath()
    await (await openEventStore({ path })).close()
    using database = new DatabaseSync(path)
    database.exec('DROP VIEW v_calls; CREATE VIEW v_calls AS SELECT 1 AS old')
    await (await openEventStore({ path })).close()
    const sql = database.prepare("SELECT sql FROM sqlite_master WHERE name = 'v_calls'").get()?.sql
    expect(sql).toBe(viewSql(views[0]!))
  })
})

describe('reading the event store', () => {
  it('works while events are being written', async () => {
    const path = newPath()
    await using store = await openEventStore({ path })
    using reader = openEventReader({ path })
    for (const id of ['call_1', 'call_2']) {
      store.record(sampleCall(id))
      await store.flush()
      expect(reader.tail({ limit: 1 }).calls).toMatchObject([{ callId: id }])
    }
  })

  it('tells cost, tokens and time by readable columns', async () => {
    await using store = await open()
    store.record(sampleCall('call_1', { feature: 'triage' }))
    store.record(sampleAttempt('attempt_1', 'call_1'))
    await store.flush()
    const sql = 'SELECT started_at, input_tokens, output_tokens, cost_usd FROM v_calls WHERE feature = ?'
    const row = { started_at: '2026-01-01T00:00:00.000Z', input_tokens: 120, output_tokens: 34, cost_usd: 0.00029 }
    expect(store.query(sql, ['triage'])).toEqual({ columns: Object.keys(row), rows: [row], isCut: false })
    for (const view of views) {
      const { columns } = store.query(`SELECT * FROM ${view.name}`)
      expect(columns).toEqual(view.columns.map(({ name }) => name))
    }
  })

  it('stops at the limit and says so', async () => {
    await using store = await open()
    for (const id of ['call_1', 'call_2', 'call_3']) store.record(sampleCall(id))
    await store.flush()
    expect(store.query('SELECT call_id FROM v_calls', [], { limit: 2 })).toMatchObject({ isCut: true, rows: [{}, {}] })
    expect(store.query('SELECT call_id FROM v_calls', [], { limit: 3 }).isCut).toBe(false)
  })

  it('refuses to write, and anything that is not one query', async () => {
    await using store = await open()
    store.record(sampleCall('call_1'))
    await store.flush()
    for (const sql of [
      'DELETE FROM calls',
      "INSERT INTO inseam_migrations VALUES ('x', 0)",
      'DROP VIEW v_calls',
      'SELECT 1; DELETE FROM calls',
      'PRAGMA user_version = 3',
      'BEGIN',
      'SELECT nonsense',
      '',
    ])
      expect(() => store.query(sql), sql).toThrow(expect.objectContaining({ code: 'invalid-request' }))
    expect(store.query('SELECT count(*) AS n FROM calls; -- all of them').rows).toEqual([{ n: 1 }])
  })

  it('lists the newest calls last, and goes on from where it stopped', async () => {
    await using store = await open()
    const failed = { outcome: { ending: 'error', errorCode: 'overloaded' } } as const
    store.record(sampleCall('call_1', { feature: 'a' }))
    store.record(sampleCall('call_2', { feature: 'b', ...failed }))
    store.record(sampleCall('call_3', { feature: 'a', ...failed }))
    await store.flush()
    const ids = (calls: readonly CallEvent[]) => calls.map(({ callId }) => callId)
    expect(ids(store.tail({ limit: 2 }).calls)).toEqual(['call_2', 'call_3'])
    expect(ids(store.tail({ feature: 'a' }).calls)).toEqual(['call_1', 'call_3'])
    expect(ids(store.tail({ feature: 'a', errors: true }).calls)).toEqual(['call_3'])
    const { at } = store.tail()
    expect(store.tail({ after: at })).toEqual({ calls: [], at })
    for (const id of ['call_4', 'call_5', 'call_6']) store.record(sampleCall(id))
    await store.flush()
    const next = store.tail({ after: at, limit: 2 })
    expect(ids(next.calls)).toEqual(['call_4', 'call_5'])
    expect(ids(store.tail({ after: next.at, limit: 2 }).calls)).toEqual(['call_6'])
  })

  it('finds ids by their beginning, taken literally', async () => {
    const path = newPath()
    await using store = await openEventStore({ path })
    for (const id of ['call_ab1', 'call_ab2', 'call_b', 'call-x']) store.record(sampleCall(id))
    await store.flush()
    using reader = openEventReader({ path })
    expect(reader.idsLike('call_a')).toEqual(['call_ab2', 'call_ab1'])
    expect(reader.idsLike('call_%')).toEqual([])
    expect(reader.idsLike('call_b')).toEqual(['call_b'])
    expect(reader.idsLike('', 1)).toEqual(['call-x'])
  })

  it('says plainly that there is no file, or that it is no event store', () => {
    expect(() => openEventReader({ path: newPath() })).toThrow(expect.objectContaining({ code: 'not-found' }))
    const path = join(directory, 'no-store')
    writeFileSync(path, 'nothing of the sort')
    expect(() => openEventReader({ path })).toThrow(expect.objectContaining({ code: 'config-invalid' }))
  })
})
