import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleAttempt, sampleCall, sampleRun, sampleStep } from '../sample-events.suite.ts'
import { openEventReader } from './event-reader.ts'
import { attemptColumns, attemptRow, bindable, callColumns, callRow, type SentCell } from './event-rows.ts'
import { openEventStore } from './event-store.ts'
import { migrations } from './migrations.ts'

let directory = ''
let files = 0
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'inseam-reader-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const newPath = () => join(directory, `${++files}.db`)

const asked = sampleCall('call_1', { runId: 'run_a1', feature: 'support-agent' })
const ended = sampleCall('call_2', { runId: 'run_a1' })
const correction = sampleCall('call_3', { parentId: 'call_2' })
const first = sampleStep('step_1', 'run_a1')
const second = sampleStep('step_2', 'run_a1', { ordinal: 2, outcome: 'failed', errorMessage: 'TypeError: no' })

/** A record of one run, whose steps came in the other order, and of another that is under way. */
async function recorded(): Promise<string> {
  const path = newPath()
  await using store = await openEventStore({ path })
  const run = sampleRun('run_a1', { tenant: 'acme', outcome: { type: 'stopped', by: 'steps' }, toolCalls: 2 })
  for (const event of [asked, second, first, ended, correction, run]) store.record(event)
  store.record(sampleCall('call_9', { runId: 'run_a2' }))
  await store.flush()
  return path
}

/** A file as the first version made it, with one call in it. */
function ofTheFirstVersion(): string {
  const path = newPath()
  using database = new DatabaseSync(path)
  const { name, sql } = migrations[0]!
  database.exec(`${sql}; CREATE TABLE inseam_migrations (name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL)`)
  database.prepare('INSERT INTO inseam_migrations VALUES (?, 0)').run(name)
  const later = migrations
    .slice(1)
    .flatMap(({ sql }) => sql.match(/ALTER TABLE .*/g) ?? [])
    .join('\n')
  const insert = (table: string, columns: readonly string[], cells: readonly unknown[]) => {
    const row = bindable(JSON.parse(JSON.stringify(cells)) as SentCell[])
    const isLater = (column = '') => new RegExp(`ADD COLUMN ${column}\\b`).test(later)
    const known = columns.filter((column) => !isLater(column))
    const values = row.filter((_, index) => !isLater(columns[index]))
    database.prepare(`INSERT INTO ${table} (${known}) VALUES (${known.map(() => '?')})`).run(...values)
  }
  insert('calls', callColumns, callRow(sampleCall('call_old')))
  insert('attempts', attemptColumns, attemptRow(sampleAttempt('attempt_old', 'call_old')))
  return path
}

describe('reading runs', () => {
  it('gives a run with its calls and steps in order', async () => {
    using reader = openEventReader({ path: await recorded() })
    expect(reader.run('run_a1')).toEqual({
      run: expect.objectContaining({ runId: 'run_a1', tenant: 'acme', outcome: { type: 'stopped', by: 'steps' } }),
      calls: [asked, ended],
      steps: [first, second],
    })
    expect(reader.run('run_none')).toBeUndefined()
  })

  it('gives what there is of a run that is under way, or whose process died', async () => {
    using reader = openEventReader({ path: await recorded() })
    expect(reader.run('run_a2')).toEqual({ calls: [expect.objectContaining({ callId: 'call_9' })], steps: [] })
  })

  it('gives a call with its corrective turns', async () => {
    using reader = openEventReader({ path: await recorded() })
    expect(reader.story('call_2')).toEqual({ call: ended, attempts: [], children: [correction] })
  })

  it('finds runs by the beginning of their ids, under way or not, each once', async () => {
    using reader = openEventReader({ path: await recorded() })
    expect(reader.idsLike('run_')).toEqual(['run_a2', 'run_a1'])
    expect(reader.idsLike('run_a1')).toEqual(['run_a1'])
    expect(reader.idsLike('run_', 1)).toEqual(['run_a2'])
    expect(reader.idsLike('call_')).toEqual(['call_9', 'call_3', 'call_2', 'call_1'])
    expect(reader.idsLike('')).toEqual(['call_9', 'call_3', 'call_2', 'call_1'])
  })

  it('tells them by readable columns', async () => {
    using reader = openEventReader({ path: await recorded() })
    const runs = 'SELECT run_id, tenant, outcome, stopped_by, tool_calls, cost_usd, started_at FROM v_runs'
    const cells = ['run_a1', 'acme', 'stopped', 'steps', 2, 0.00058, '2026-01-01T00:00:00.000Z']
    expect(reader.query(runs).rows.map((row) => Object.values(row))).toEqual([cells])
    const steps = 'SELECT tool, outcome, error_message, total_ms FROM v_steps ORDER BY ordinal'
    expect(reader.query(steps).rows.map((row) => Object.values(row))).toEqual([
      ['get_order_status', 'done', null, 40.5],
      ['get_order_status', 'failed', 'TypeError: no', 40.5],
    ])
    const calls = 'SELECT call_id FROM v_calls JOIN v_runs USING (run_id) ORDER BY call_id'
    expect(reader.query(calls).rows).toEqual([{ call_id: 'call_1' }, { call_id: 'call_2' }])
  })
})

describe('reading what the first version wrote', () => {
  it('gives its calls, and nothing that it did not know', () => {
    using reader = openEventReader({ path: ofTheFirstVersion() })
    const call = sampleCall('call_old')
    expect(reader.story('call_old')).toEqual({
      call,
      attempts: [sampleAttempt('attempt_old', 'call_old')],
      children: [],
    })
    expect(reader.tail().calls).toEqual([call])
    expect(reader.idsLike('call_')).toEqual(['call_old'])
    expect(reader.idsLike('run_')).toEqual([])
    expect(reader.run('run_1')).toBeUndefined()
  })

  it('says how to bring it up to date where a query wants more, and sees it when that is done', async () => {
    const path = ofTheFirstVersion()
    using reader = openEventReader({ path })
    expect(() => reader.query('SELECT * FROM v_runs')).toThrow(
      expect.objectContaining({
        code: 'invalid-request',
        fix: expect.stringContaining('older version that had no v_runs'),
      }),
    )
    expect(reader.run('run_1')).toBeUndefined()
    const store = await openEventStore({ path })
    store.record(sampleRun('run_1'))
    await store.close()
    expect(reader.run('run_1')).toEqual({ run: sampleRun('run_1'), calls: [], steps: [] })
    expect(reader.story('call_old')).toBeDefined()
    expect(reader.query('SELECT run_id FROM v_runs').rows).toEqual([{ run_id: 'run_1' }])
  })
})
