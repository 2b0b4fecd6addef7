import { describe, expect, it } from 'vitest'
import { sleep } from '../core/clock.ts'
import type { Handler } from '../core/handler.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { pipelineOn } from './pipeline.suite.ts'
import { aCall, anAlias, aReply, aTarget, failure, read, spell } from './scripted.suite.ts'

const [primary, fallback] = [aTarget('primary/a'), aTarget('fallback/b')]
const alias = anAlias({
  targets: [primary, fallback],
  retry: { attempts: 3, baseMs: 500, capMs: 8_000 },
  timeouts: { connectMs: 1_000, headersMs: 2_000, firstTokenMs: 2_000, idleMs: 2_000, totalMs: 20_000 },
})
const never = new AbortController().signal

interface Asked {
  readonly at: number
  readonly target: string
}

/** Calls at a steady pace, through the whole pipeline, at a primary that does as told at the time. */
async function live(
  { callsEveryMs, forMs }: { readonly callsEveryMs: number; readonly forMs: number },
  primaryDoes: (now: number, ordinal: number) => 'answer' | 'fail' | 'hang' | Error,
) {
  const clock = createVirtualClock()
  const asked: Asked[] = []
  const inner: Handler = async function* provider(call) {
    const target = call.target?.name ?? ''
    const ordinal = asked.filter((exchange) => exchange.target === target).length
    asked.push({ at: clock.now(), target })
    const does = target === primary.name ? primaryDoes(clock.now(), ordinal) : 'answer'
    await sleep(clock, 20, call.signal)
    if (does === 'hang') await sleep(clock, 1e9, call.signal)
    if (does === 'fail') throw failure('overloaded', { providerStatus: 503 })
    if (does instanceof Error) throw does
    yield* spell('Hello there')
    return aReply({ target })
  }
  const handler = pipelineOn(inner, clock, { findAlias: () => alias })
  const ask = async (index: number) => {
    await sleep(clock, index * callsEveryMs, never)
    const startedAt = clock.now()
    const call = aCall(clock, { id: `call_${index}`, alias: undefined, target: undefined })
    const { reply } = await read(handler(call))
    return { startedAt, target: reply?.target }
  }
  const calls = await clock.run(Promise.all(Array.from({ length: forMs / callsEveryMs }, (_, index) => ask(index))))
  const at = (name: string, from: number, until: number) =>
    asked.filter((exchange) => exchange.target === name && exchange.at >= from && exchange.at < until)
  const firstAnswerAfter = (ms: number) =>
    calls.find(({ startedAt, target }) => startedAt >= ms && target === primary.name)?.startedAt
  return { calls, at, firstAnswerAfter }
}

const pace = { callsEveryMs: 100, forMs: 90_000 }
const isOut = (now: number) => now >= 10_000 && now < 70_000

describe('an outage of sixty seconds, at ten calls a second', () => {
  it('costs the primary the failures that open its breaker and one probe an interval, and is over within one', async () => {
    const { calls, at, firstAnswerAfter } = await live(pace, (now) => (isOut(now) ? 'fail' : 'answer'))
    expect(calls.every(({ target }) => target !== undefined)).toBe(true)
    const inOutage = at(primary.name, 10_000, 70_000).map(({ at }) => at)
    const probes = inOutage.slice(5)
    expect(inOutage.findIndex((ms) => ms > 12_000)).toBe(5)
    expect(probes.length).toBeLessThanOrEqual(Math.ceil(60_000 / 4_750))
    for (const [index, ms] of probes.slice(1).entries()) expect(ms - (probes[index] ?? 0)).toBeGreaterThanOrEqual(4_750)
    expect(firstAnswerAfter(70_000)).toBeLessThanOrEqual(75_000)
    expect(at(fallback.name, 76_000, 90_000)).toEqual([])
  })

  it('is over within one interval too where the primary hangs, and its probes with it', async () => {
    const { calls, at, firstAnswerAfter } = await live(pace, (now) => (isOut(now) ? 'hang' : 'answer'))
    expect(calls.every(({ target }) => target !== undefined)).toBe(true)
    expect(firstAnswerAfter(70_000)).toBeLessThanOrEqual(75_000)
    expect(at(primary.name, 13_000, 70_000).length).toBeLessThanOrEqual(Math.ceil(57_000 / 4_750))
  })
})

it('keeps a primary that flaps from its callers, whatever it does', async () => {
  const { calls } = await live(pace, (now) => (Math.floor(now / 1_500) % 2 === 0 ? 'answer' : 'fail'))
  expect(calls.every(({ target }) => target !== undefined)).toBe(true)
})

it('sends few calls to a primary that fails six of ten, without five in a row', async () => {
  const { calls, at } = await live(pace, (_, ordinal) => (ordinal % 5 < 3 ? 'fail' : 'answer'))
  expect(calls.every(({ target }) => target !== undefined)).toBe(true)
  expect(at(primary.name, 0, 90_000).length).toBeLessThan(600)
})

it('asks nothing of a quota that is used up until its stated reset', async () => {
  const spent = failure('quota-exhausted', { providerStatus: 429, retryAfterMs: 45_000 })
  const { calls, at } = await live(pace, (now) => (now < 45_000 ? spent : 'answer'))
  expect(calls.every(({ target }) => target !== undefined)).toBe(true)
  expect(at(primary.name, 0, 45_000)).toHaveLength(1)
  expect(calls.filter(({ startedAt }) => startedAt > 46_000).every(({ target }) => target === primary.name)).toBe(true)
})

it('shuts one provider out for its rejected credential, and no other of the same model', async () => {
  const rejected = failure('credential-rejected', { providerStatus: 401 })
  const { calls, at } = await live({ callsEveryMs: 100, forMs: 10_000 }, () => rejected)
  expect(calls.every(({ target }) => target === fallback.name)).toBe(true)
  expect(at(primary.name, 0, 10_000).length).toBeLessThanOrEqual(5 + 2)
})
