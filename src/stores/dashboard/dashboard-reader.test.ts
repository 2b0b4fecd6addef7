import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CallEvent } from '../../core/event.ts'
import { noUsage } from '../../core/usage.ts'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { sampleAttempt, sampleCall } from '../sample-events.suite.ts'
import { openEventStore } from '../sqlite/event-store.ts'
import type { CallsQuestion } from './dashboard-calls.ts'
import { createDashboardReader, type DashboardReader } from './dashboard-reader.ts'

const minute = 60_000
const noon = Date.UTC(2026, 10, 23, 12)

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'inseam-dashboard-'))
  path = join(folder, 'events.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function record(calls: readonly CallEvent[]): Promise<void> {
  await using store = await openEventStore({ path })
  for (const call of calls) store.record(call)
  await store.flush()
}

const failed = (errorCode: string, errorMessage = 'It failed.') => ({
  outcome: { ending: 'error', errorCode, errorMessage } as const,
})
const unpriced = { cost: { nanoUsd: null, status: 'unpriced' } as const }

describe('the overview', () => {
  it('adds up what happened in the span, and in the one before', async () => {
    await record([
      sampleCall('before', { startedAt: noon - 90 * minute, attempts: 3, totalMs: 50 }),
      sampleCall('first', { startedAt: noon - 60 * minute, feature: 'triage', target: 'a/one', firstTokenMs: 100 }),
      sampleCall('second', {
        startedAt: noon - 59 * minute,
        feature: 'triage',
        target: 'b/two',
        totalMs: 2_000,
        firstTokenMs: 400,
        attempts: 3,
        fallbacks: 1,
        usage: { ...noUsage, inputUncached: 10, cacheRead: 90, cacheWrite1h: 5, outputText: 7, outputReasoning: 3 },
      }),
      sampleCall('third', { startedAt: noon - 1, target: 'a/one', ...failed('overloaded'), ...unpriced, totalMs: 9 }),
      sampleCall('fourth', { startedAt: noon - 1, source: 'cache', cache: 'hit', attempts: 0, totalMs: 1 }),
      sampleCall('after', { startedAt: noon }),
    ])
    await using reader = createDashboardReader({ at: { path } })
    const view = await reader.ask('overview', { from: noon - 60 * minute, to: noon })
    expect(view.totals).toEqual({
      calls: 4,
      errors: 1,
      retries: 1,
      fallbacks: 1,
      cacheHits: 1,
      costNanoUsd: 3 * 290_000,
      unpriced: 1,
      inputTokens: 3 * 120 + 105,
      outputTokens: 3 * 34 + 10,
      cachedTokens: 90,
      latencyMs: { p50: 9, p95: 2_000, p99: 2_000 },
      firstTokenMs: { p50: 100, p95: 400, p99: 400 },
    })
    expect(view.before).toMatchObject({ calls: 1, retries: 2, latencyMs: { p50: 50 }, firstTokenMs: { p50: null } })
    expect(view.bucketMs).toBe(minute)
    expect(view.series.at).toHaveLength(60)
    expect(view.series.calls.slice(0, 2)).toEqual([1, 1])
    expect(view.series.calls.at(-1)).toBe(2)
    expect(view.series.errors.at(-1)).toBe(1)
    expect(view.series.latencyMs.p95.slice(0, 3)).toEqual([812.5, 2_000, null])
    expect(view.byFeature).toEqual([
      { name: 'triage', calls: 2, errors: 0, costNanoUsd: 580_000, p95Ms: 2_000 },
      { name: '', calls: 2, errors: 1, costNanoUsd: 290_000, p95Ms: 9 },
    ])
    expect(view.byModel.map(({ name, calls }) => [name, calls])).toEqual([
      ['a/one', 2],
      ['b/two', 1],
      ['', 1],
    ])
    expect(view.errors).toEqual([{ code: 'overloaded', calls: 1 }])
    expect(view.sources).toEqual([
      { source: 'provider', calls: 3 },
      { source: 'cache', calls: 1 },
    ])
  })

  it('of nothing is nothing, and no division by it', async () => {
    await record([])
    await using reader = createDashboardReader({ at: { path } })
    const { totals, series } = await reader.ask('overview', { from: noon - minute, to: noon })
    expect(totals).toMatchObject({ calls: 0, latencyMs: { p50: null, p95: null, p99: null } })
    expect(series.calls.every((calls) => calls === 0)).toBe(true)
  })
})

it('features tell their spend and who decided', async () => {
  await record([
    sampleCall('1', { startedAt: noon - 3, feature: 'triage', source: 'rule', promptHash: 'a' }),
    sampleCall('2', { startedAt: noon - 1, feature: 'triage', promptHash: 'a' }),
    sampleCall('3', { startedAt: noon - 2, feature: 'triage', promptHash: 'b', ...failed('timed-out') }),
    sampleCall('4', { startedAt: noon - 2, ...unpriced }),
  ])
  await using reader = createDashboardReader({ at: { path } })
  const { features } = await reader.ask('features', { from: noon - minute, to: noon })
  expect(features).toEqual([
    {
      name: 'triage',
      calls: 3,
      errors: 1,
      costNanoUsd: 3 * 290_000,
      p95Ms: 812.5,
      sources: { rule: 1, provider: 2 },
      promptHashes: 2,
      lastAt: noon - 1,
    },
    {
      name: '',
      calls: 1,
      errors: 0,
      costNanoUsd: 0,
      p95Ms: 812.5,
      sources: { provider: 1 },
      promptHashes: 0,
      lastAt: noon - 2,
    },
  ])
})

describe('the list of calls', () => {
  const ids = async (reader: DashboardReader, question: Partial<CallsQuestion>) =>
    (await reader.ask('calls', { limit: 50, ...question })).calls.map(({ callId }) => callId)

  it('takes every filter, alone and together', async () => {
    await record([
      sampleCall('a1', { feature: 'triage', target: 'x/one' }),
      sampleCall('a2', { model: 'smart', door: 'library', source: 'rule' }),
      sampleCall('a3', { feature: 'triage', ...failed('timed-out', 'No first token within 4,000 ms, 100%_sure') }),
    ])
    await using reader = createDashboardReader({ at: { path } })
    expect(await ids(reader, {})).toEqual(['a3', 'a2', 'a1'])
    expect(await ids(reader, { feature: 'triage' })).toEqual(['a3', 'a1'])
    expect(await ids(reader, { feature: '' })).toEqual(['a2'])
    expect(await ids(reader, { model: 'smart' })).toEqual(['a2'])
    expect(await ids(reader, { model: 'x/one' })).toEqual(['a1'])
    expect(await ids(reader, { source: 'rule', door: 'library' })).toEqual(['a2'])
    expect(await ids(reader, { status: 'error' })).toEqual(['a3'])
    expect(await ids(reader, { status: 'ok' })).toEqual(['a2', 'a1'])
    expect(await ids(reader, { errorCode: 'timed-out', feature: 'triage' })).toEqual(['a3'])
    expect(await ids(reader, { text: 'FIRST TOKEN' })).toEqual(['a3'])
    expect(await ids(reader, { text: '100%_s' })).toEqual(['a3'])
    expect(await ids(reader, { text: '1%4' })).toEqual([])
    expect(await ids(reader, { text: "' OR 1=1 --" })).toEqual([])
  })

  it('is read page by page, each call once, whatever is recorded meanwhile', async () => {
    await using store = await openEventStore({ path })
    for (let made = 0; made < 7; made++) store.record(sampleCall(`call${made}`))
    await store.flush()
    await using reader = createDashboardReader({ at: { path } })
    const seen: string[] = []
    let before: number | undefined
    do {
      const page = await reader.ask('calls', { limit: 3, ...(before !== undefined && { before }) })
      seen.push(...page.calls.map(({ callId }) => callId))
      before = page.next
      store.record(sampleCall(`late${seen.length}`))
      await store.flush()
    } while (before !== undefined)
    expect(seen).toEqual(['call6', 'call5', 'call4', 'call3', 'call2', 'call1', 'call0'])
  })

  it('finds what lies far behind what does not match', async () => {
    const rest = Array.from({ length: 45_000 }, (_, index) => sampleCall(`call${index}`))
    await record([sampleCall('the-one', { feature: 'rare' }), ...rest])
    await using reader = createDashboardReader({ at: { path } })
    expect(await ids(reader, { feature: 'rare' })).toEqual(['the-one'])
  })
})

it('one call comes with its attempts; one that is not there is null', async () => {
  await using store = await openEventStore({ path })
  store.record(sampleAttempt('attempt_1', 'call_1'))
  store.record(sampleCall('call_1'))
  await store.flush()
  await using reader = createDashboardReader({ at: { path } })
  expect(await reader.ask('call', 'call_1')).toMatchObject({ call: { callId: 'call_1' }, attempts: [{ ordinal: 1 }] })
  expect(await reader.ask('call', 'call_2')).toBeNull()
  expect(await reader.ask('run', 'run_1')).toBeNull()
  expect(await reader.ask('evals', { limit: 5 })).toEqual([])
})

describe('the reader', () => {
  const span = { from: noon - minute, to: noon }

  it('says that there is no file, and reads it once there is', async () => {
    await using reader = createDashboardReader({ at: { path } })
    await expect(reader.ask('overview', span)).rejects.toMatchObject({ code: 'not-found' })
    await record([])
    expect((await reader.ask('overview', span)).totals.calls).toBe(0)
  })

  it('gives up a question that takes too long, and answers the next', async () => {
    await record(Array.from({ length: 5_000 }, (_, index) => sampleCall(`call${index}`, { startedAt: noon - 1 })))
    await using reader = createDashboardReader({ at: { path }, limitMs: 0, clock: createVirtualClock() })
    await expect(reader.ask('overview', span)).rejects.toMatchObject({
      code: 'timed-out',
      message: expect.stringContaining('4,096 calls'),
    })
    expect((await reader.ask('calls', { limit: 1 })).calls).toHaveLength(1)
  })

  it('ends a worker that does not come back, and starts another for what waits', async () => {
    await record([sampleCall('call_1')])
    const clock = createVirtualClock()
    await using reader = createDashboardReader({ at: { path }, clock })
    // Its answer cannot arrive before the worker has started, and no time passes for it.
    const first = reader.ask('overview', span)
    const second = reader.ask('calls', { limit: 1 })
    const gaveUp = expect(first).rejects.toMatchObject({
      code: 'timed-out',
      message: expect.stringContaining('10,000 ms'),
    })
    await clock.advance(11_000)
    await gaveUp
    expect((await second).calls).toHaveLength(1)
    expect(clock.pending).toBe(0)
  })

  it('answers a question that is asked twice once, and takes no more than may wait', async () => {
    await record([])
    await using reader = createDashboardReader({ at: { path }, maxWaiting: 1 })
    const first = reader.ask('calls', { limit: 1 })
    const second = reader.ask('calls', { limit: 2 })
    const third = reader.ask('calls', { limit: 2 })
    await expect(reader.ask('calls', { limit: 3 })).rejects.toMatchObject({ code: 'busy' })
    expect(await second).toBe(await third)
    expect(await first).toEqual({ calls: [] })
  })

  it('refuses what is asked when it is closed, and what was', async () => {
    await record([])
    const reader = createDashboardReader({ at: { path } })
    const left = expect(reader.ask('overview', span)).rejects.toMatchObject({ code: 'shutting-down' })
    await reader.close()
    await left
    await expect(reader.ask('overview', span)).rejects.toMatchObject({ code: 'shutting-down' })
  })
})
