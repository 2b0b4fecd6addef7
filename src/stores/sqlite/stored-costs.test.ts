import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Cost } from '../../core/cost.ts'
import { sampleAttempt, sampleCall, sampleRun } from '../sample-events.suite.ts'
import { openEventReader } from './event-reader.ts'
import { openEventStore } from './event-store.ts'
import { openCostCorrector, storedAttempts } from './stored-costs.ts'

let folder = ''
const path = () => join(folder, 'events.db')
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'inseam-costs-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const priced = (nanoUsd: number): Cost & { nanoUsd: number } => ({ nanoUsd, status: 'priced', priceVersion: 'old' })
const unpriced: Cost = { nanoUsd: null, status: 'unpriced', priceVersion: 'old' }

async function recorded() {
  const store = await openEventStore({ path: path() })
  const at = (startedAt: number, cost: Cost) => ({ startedAt, cost })
  store.record(sampleRun('run-1', { cost: priced(300) }))
  store.record(sampleCall('call-1', { ...at(1000, priced(300)), runId: 'run-1' }))
  store.record(sampleAttempt('a-1', 'call-1', { ...at(1000, priced(100)), ordinal: 1 }))
  store.record(sampleAttempt('a-2', 'call-1', { ...at(1001, priced(200)), ordinal: 2 }))
  store.record(sampleCall('call-2', at(2000, unpriced)))
  store.record(sampleAttempt('b-1', 'call-2', at(2000, unpriced)))
  store.record(sampleCall('call-3', { ...at(3000, priced(0)), operation: 'count-tokens' }))
  store.record(sampleAttempt('c-1', 'call-3', at(3000, priced(0))))
  await store.flush()
  await store.close()
}
const rows = (sql: string) => {
  using reader = openEventReader({ path: path() })
  return reader.query(sql).rows
}
const ids = (since: number, model?: string) =>
  [...storedAttempts({ path: path(), since, ...(model && { model }) })].flat().map(({ attemptId }) => attemptId)

describe('stored costs', () => {
  it('are those of attempts that were priced by the token, from a day on', async () => {
    await recorded()
    expect(ids(0)).toEqual(['a-1', 'a-2', 'b-1'])
    expect(ids(1001)).toEqual(['a-2', 'b-1'])
    expect(ids(5000)).toEqual([])
    expect(ids(0, 'no-such-model')).toEqual([])
  })

  it('are put right with their call and run, once, and the old figure is kept', async () => {
    await recorded()
    const after = { nanoUsd: 150, status: 'priced', priceVersion: 'new' } as const
    const correction = { attemptId: 'a-1', callId: 'call-1', before: priced(100), after }
    using corrector = openCostCorrector({ path: path() })
    expect(corrector.correct([correction], 9000)).toBe(1)
    expect(corrector.correct([correction], 9001)).toBe(0)
    expect(rows("SELECT cost_nano_usd, price_version FROM v_attempts WHERE attempt_id = 'a-1'")).toEqual([
      { cost_nano_usd: 150, price_version: 'new' },
    ])
    expect(rows("SELECT cost_nano_usd FROM v_calls WHERE call_id = 'call-1'")).toEqual([{ cost_nano_usd: 350 }])
    expect(rows('SELECT cost_nano_usd FROM v_runs')).toEqual([{ cost_nano_usd: 350 }])
    expect(rows('SELECT * FROM v_cost_corrections')).toEqual([
      {
        attempt_id: 'a-1',
        call_id: 'call-1',
        corrected_at: '1970-01-01T00:00:09.000Z',
        old_nano_usd: 100,
        old_status: 'priced',
        old_price_version: 'old',
        new_nano_usd: 150,
        new_status: 'priced',
        new_price_version: 'new',
      },
    ])
  })

  it('become known where none was, and the call with its last attempt', async () => {
    await recorded()
    using corrector = openCostCorrector({ path: path() })
    const after = { nanoUsd: 70, status: 'estimated', priceVersion: 'new' } as const
    expect(corrector.correct([{ attemptId: 'b-1', callId: 'call-2', before: unpriced, after }], 1)).toBe(1)
    expect(rows("SELECT cost_nano_usd, cost_status FROM v_calls WHERE call_id = 'call-2'")).toEqual([
      { cost_nano_usd: 70, cost_status: 'estimated' },
    ])
  })
})
