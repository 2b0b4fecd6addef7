import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { sleep } from '../core/clock.ts'
import type { ProviderPart } from '../core/delta.ts'
import { compose } from '../core/handler.ts'
import type { Provider, ProviderReply } from '../core/provider.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { CallAborted, DeadlineExceeded, type InseamError } from '../errors/index.ts'
import { attempt } from './attempt.ts'
import { createLateReadings } from './late-readings.ts'
import { observe } from './observe.ts'
import { aCall, anAlias, anUsage, aTarget, flatBooks, keepEvents, read } from './scripted.suite.ts'

const usage = { ...anUsage, outputText: 400, raw: { output: 400 } }
const reply: ProviderReply = {
  id: 'msg_1',
  model: 'model-a-2026',
  ending: { type: 'completed', by: 'end' },
  rawStop: 'stop',
  usage,
}

/** Says a word of four characters each second, ten of them, and tells its usage last. */
function talking({ isStream = true, words = 10, drainTokens = 1_000 as number | null, failsAfter = 99 } = {}) {
  const clock = createVirtualClock()
  const events = keepEvents()
  const seen = { closedAt: -1 }
  const provider: Provider = {
    name: 'lab',
    async *run({ signal }): AsyncGenerator<ProviderPart, ProviderReply, void> {
      try {
        yield { type: 'connected' }
        await sleep(clock, 100, signal)
        yield { type: 'answered', status: 200 }
        if (isStream) yield { type: 'block-start', index: 0, block: { type: 'text', text: '' } }
        for (let word = 0; word < words; word++) {
          await sleep(clock, 1_000, signal)
          if (word === failsAfter) throw new TypeError('broke')
          if (isStream) yield { type: 'text-delta', index: 0, text: 'word' }
        }
        return isStream ? reply : { ...reply, content: [{ type: 'text', text: 'word'.repeat(words) }] }
      } finally {
        seen.closedAt = clock.now()
      }
    },
    close: async () => {},
  }
  const late = createLateReadings(clock)
  const run = compose(
    [observe({ clock, events, late })],
    attempt({ clock, random: () => 0.5, books: flatBooks, events, providerOf: () => provider }),
  )
  const alias = anAlias({
    targets: [aTarget('lab/a', { drainTokens: drainTokens ?? undefined })],
    timeouts: { connectMs: 3_000, headersMs: 10_000, firstTokenMs: 10_000, idleMs: 5_000, totalMs: 60_000 },
  })
  const leave = new AbortController()
  const call = aCall(clock, { alias, signal: leave.signal, deadlineAt: 60_000, request: { stream: isStream } })
  return { clock, events, seen, late, run, call, leave }
}

it.each([
  ['waits for headers', 50, true],
  ['waits for the first token', 500, true],
  ['is in the middle of a stream', 3_500, true],
  ['waits for a whole answer', 3_500, false],
])('a caller that leaves while it %s is gone at once, and the books learn what was billed', async (_, at, isStream) => {
  const { clock, events, seen, late, run, call, leave } = talking({ isStream })
  clock.timer(at, () => leave.abort(new CallAborted()))
  const { error } = await clock.run(read(run(call)))
  expect(clock.now()).toBe(at)
  expect(error).toMatchObject({ code: 'aborted', arrived: { usage: { source: 'estimated' } } })
  expect([events.calls, events.attempts]).toEqual([[], []])
  await clock.run(late.settle(600_000))
  expect(seen.closedAt).toBe(10_100)
  expect(events.attempts).toEqual([
    expect.objectContaining({ usage, totalMs: 10_100, cost: { nanoUsd: 4_020, status: 'priced' } }),
  ])
  expect(events.calls).toEqual([
    expect.objectContaining({ totalMs: at, cost: { nanoUsd: 4_020, status: 'priced' }, attempts: 1 }),
  ])
  expect(events.calls[0]?.usage).toMatchObject({ outputText: 400, source: 'measured' })
  expect(events.calls[0]?.outcome).toMatchObject({ ending: 'error', errorCode: 'aborted' })
  expect(events.calls[0]?.moments.map(({ type }) => type)).toContain('drained')
  expect(clock.pending).toBe(0)
  expect(getEventListeners(leave.signal, 'abort')).toEqual([])
})

it('a caller that stops reading counts as one that left', async () => {
  const { clock, events, late, run, call } = talking()
  const answer = run(call)
  await clock.run(answer.next())
  await clock.run(answer.return(undefined as never))
  expect(clock.now()).toBe(1_100)
  await clock.run(late.settle(600_000))
  expect(events.attempts).toMatchObject([{ outcome: { errorCode: 'aborted' }, usage }])
})

it.each([
  ['its tokens are read', { drainTokens: 2 }, 6_100, 60_000],
  ['the deadline', { words: 1_000 }, 20_000, 20_000],
  ['a clock runs out', { words: 1_000, failsAfter: 6 }, 7_100, 60_000],
])('reads no further than until %s, and estimates', async (_, options, closedAt, deadlineAt) => {
  const { clock, events, seen, late, run, call, leave } = talking(options)
  clock.timer(3_500, () => leave.abort(new CallAborted()))
  await clock.run(read(run({ ...call, deadlineAt })))
  await clock.run(late.settle(600_000))
  expect(seen.closedAt).toBe(closedAt)
  expect(events.attempts).toMatchObject([{ outcome: { errorCode: 'aborted' }, usage: { source: 'estimated' } }])
  expect(clock.pending).toBe(0)
})

it('reads no further than it is waited for', async () => {
  const { clock, events, seen, late, run, call, leave } = talking()
  clock.timer(3_500, () => leave.abort(new CallAborted()))
  await clock.run(read(run(call)))
  await clock.run(late.settle(1_000))
  expect(seen.closedAt).toBe(4_500)
  expect(events.calls).toMatchObject([{ outcome: { errorCode: 'aborted' }, usage: { source: 'estimated' } }])
})

const cancelled: [string, Parameters<typeof talking>[0], InseamError, number][] = [
  ['of a provider that stops billing', { drainTokens: null }, new CallAborted(), 3_500],
  ['whose deadline passed', {}, new DeadlineExceeded(3_500, 'fast'), 3_500],
  ['that another target beat', {}, new CallAborted(undefined, 'Another target began first.'), 3_500],
]
it.each(cancelled)('an exchange %s is cancelled', async (_, options, reason, at) => {
  const { clock, events, seen, run, call, leave } = talking(options)
  clock.timer(at, () => leave.abort(reason))
  const { error } = await clock.run(read(run(call)))
  expect(error).toBe(reason)
  expect(seen.closedAt).toBe(at)
  expect(events.calls).toHaveLength(1)
  expect(clock.pending).toBe(0)
})
