import { afterEach, expect, it, vi } from 'vitest'
import type { AttemptEvent } from '../core/event.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { isInseamError } from '../errors/index.ts'
import { observe } from './observe.ts'
import {
  aCall,
  anUsage,
  aReply,
  fail,
  failure,
  keepEvents,
  never,
  read,
  readError,
  reply,
  type Step,
  scripted,
  spell,
  wait,
} from './scripted.suite.ts'

function setUp(...script: readonly Step[]) {
  const clock = createVirtualClock()
  const events = keepEvents()
  const inner = scripted(clock, script)
  return { clock, events, inner, handler: observe({ clock, events })(inner.handler) }
}

const anAttempt = (changes: Partial<AttemptEvent> = {}): AttemptEvent => ({
  type: 'attempt',
  schemaVersion: 1,
  attemptId: 'attempt_1',
  callId: 'call_1',
  ordinal: 1,
  provider: 'lab',
  model: 'a',
  credential: 'main',
  dialect: 'openai-chat',
  streamed: true,
  startedAt: 0,
  totalMs: 100,
  outcome: { ending: 'completed' },
  usage: anUsage,
  cost: { nanoUsd: 40, status: 'priced' },
  ...changes,
})

it('writes one event for a call that is answered, with what it was and what became of it', async () => {
  const { clock, events, handler } = setUp(wait(100), ...spell('Hello there'), reply())
  const call = aCall(clock, {
    caller: { tenant: 'acme', feature: 'triage', user: 'ann', tags: ['x'] },
    promptHash: 'p1',
    traceId: 't1',
  })
  await clock.run(read(handler(call)))
  expect(events.calls).toHaveLength(1)
  expect(events.calls[0]).toMatchObject({
    callId: 'call_1',
    tenant: 'acme',
    feature: 'triage',
    user: 'ann',
    tags: ['x'],
    promptHash: 'p1',
    traceId: 't1',
    door: 'library',
    model: 'fast',
    target: 'lab/a',
    streamed: true,
    source: 'provider',
    startedAt: clock.date() - 100,
    totalMs: 100,
    outcome: { ending: 'completed', rawStop: 'stop' },
    cache: 'off',
  })
})

it.each([
  ['a failure', fail(failure('server-error')), 'server-error'],
  ['something foreign', fail(new TypeError('oops')), 'internal-error'],
  ['something that is no error at all', fail(undefined), 'internal-error'],
])('writes one event for a call that ends with %s, and lets only an InseamError out', async (_what, step, code) => {
  const { clock, events, handler } = setUp(...spell('Hello'), step)
  const { error } = await read(handler(aCall(clock)))
  expect(isInseamError(error) && error.code).toBe(code)
  expect(events.calls.map(({ outcome }) => outcome)).toMatchObject([{ ending: 'error', errorCode: code }])
})

it('writes one event where what is below throws before it gives an answer to read', async () => {
  const clock = createVirtualClock()
  const events = keepEvents()
  const handler = observe({ clock, events })(() => {
    throw failure('model-not-found')
  })
  expect((await readError(handler(aCall(clock)))).code).toBe('model-not-found')
  expect(events.calls).toHaveLength(1)
})

it.each([1, 3])('writes one event for a reader that stops after %i deltas', async (count) => {
  const { clock, events, handler } = setUp(...spell('Hello there'), reply())
  const answer = handler(aCall(clock))
  for (let read = 0; read < count; read++) await answer.next()
  await answer.return(aReply())
  expect(events.calls.map(({ outcome }) => outcome)).toMatchObject([{ ending: 'error', errorCode: 'aborted' }])
})

it('writes one event for a call whose caller leaves', async () => {
  const { clock, events, handler } = setUp(never)
  const controller = new AbortController()
  const failed = read(handler(aCall(clock, { signal: controller.signal })))
  controller.abort(failure('aborted'))
  await failed
  expect(events.calls.map(({ outcome }) => outcome.errorCode)).toEqual(['aborted'])
})

it('adds up usage and cost over all attempts, for the event and for the reply', async () => {
  const { clock, events, handler } = setUp(reply())
  const call = aCall(clock)
  call.story.settle(
    anAttempt({ cost: { nanoUsd: 60, status: 'estimated' }, usage: { ...anUsage, source: 'estimated' } }),
  )
  call.story.settle(anAttempt())
  const { reply: answer } = await read(handler(call))
  expect(answer?.cost).toEqual({ nanoUsd: 100, status: 'estimated' })
  expect(events.calls[0]).toMatchObject({
    cost: { nanoUsd: 100, status: 'estimated' },
    usage: { source: 'estimated', inputUncached: 20, outputText: 4 },
    attempts: 2,
  })
})

it('gives an error the cost of all attempts, too', async () => {
  const { clock, handler } = setUp(fail(failure('server-error')))
  const call = aCall(clock)
  call.story.settle(anAttempt())
  call.story.settle(anAttempt())
  const error = await readError(handler(call))
  expect(error.arrived).toMatchObject({ content: [], cost: { nanoUsd: 80 }, usage: { inputUncached: 20 } })
})

it('never makes a known sum of an unknown part', async () => {
  const { clock, events, handler } = setUp(reply())
  const call = aCall(clock)
  call.story.settle(anAttempt())
  call.story.settle(anAttempt({ cost: { nanoUsd: null, status: 'unpriced' } }))
  expect((await read(handler(call))).reply?.cost).toEqual({ nanoUsd: null, status: 'unpriced' })
  expect(events.calls[0]?.cost).toEqual({ nanoUsd: null, status: 'unpriced' })
})

it('tells its own time from that of attempts and waits', async () => {
  const { clock, events, handler } = setUp(wait(450), reply())
  const call = aCall(clock)
  call.story.settle(anAttempt({ totalMs: 300 }))
  call.story.note({ type: 'waited', ms: 100, because: 'server-error' })
  call.story.note({ type: 'fell-back', from: 'lab/a', to: 'lab/b', because: 'overloaded' })
  call.story.note({ type: 'cache-miss' })
  await clock.run(read(handler(call)))
  expect(events.calls[0]).toMatchObject({ totalMs: 450, overheadMs: 50, fallbacks: 1, cache: 'miss' })
})

afterEach(() => vi.restoreAllMocks())

it('loses the event and not the call where the sink throws, and warns of it once', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockReturnValue()
  const clock = createVirtualClock()
  const events = {
    ...keepEvents(),
    record: () => {
      throw new Error('disk full')
    },
  }
  const inner = scripted(clock, [reply()], [fail(failure('server-error'))])
  const handler = observe({ clock, events })(inner.handler)
  expect((await read(handler(aCall(clock)))).reply).toBeDefined()
  expect((await readError(handler(aCall(clock)))).code).toBe('server-error')
  expect(warn.mock.calls).toEqual([[expect.stringContaining('disk full'), 'InseamWarning']])
})
