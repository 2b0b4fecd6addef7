import { expect, it } from 'vitest'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { CallAborted, type ErrorCode, InseamError } from '../errors/index.ts'
import { retry } from './retry.ts'
import { createRetryBudget, type RetryBudget } from './retry-budget.ts'
import { aCall, anAlias, fail, failure, read, reply, type Step, scripted, spell, wait } from './scripted.suite.ts'

const alias = anAlias({ retry: { attempts: 3, baseMs: 500, capMs: 8_000 } })

function setUp(scripts: readonly (readonly Step[])[], options: { budget?: RetryBudget; random?: number } = {}) {
  const clock = createVirtualClock()
  const { budget = createRetryBudget({ clock }), random = 0.5 } = options
  const inner = scripted(clock, ...scripts)
  const handler = retry({ clock, random: () => random, budget })(inner.handler)
  const ask = async (changes: Parameters<typeof aCall>[1] = {}) => {
    const call = aCall(clock, { alias, ...changes })
    return { call, ...(await clock.run(read(handler(call)))) }
  }
  return { clock, inner, handler, ask }
}
const failing = (code: ErrorCode, more: Parameters<typeof failure>[1] = {}) => [fail(failure(code, more))]

it('asks again after a wait that doubles, and tells of each wait', async () => {
  const { clock, inner, ask } = setUp([failing('server-error'), failing('overloaded'), [reply()]])
  const { call, reply: answer } = await ask()
  expect(answer).toBeDefined()
  expect(inner.calls).toHaveLength(3)
  expect(clock.now()).toBe(250 + 500)
  expect(call.story.moments).toEqual([
    { type: 'waited', ms: 250, because: 'server-error', atMs: 0 },
    { type: 'waited', ms: 500, because: 'overloaded', atMs: 250 },
  ])
})

it("gives up after the alias's attempts, with the last failure", async () => {
  const last = failure('server-error')
  const { inner, ask } = setUp([failing('overloaded'), failing('overloaded'), [fail(last)]])
  const { call, error } = await ask()
  expect(error).toBe(last)
  expect(inner.calls).toHaveLength(3)
  expect(call.story.moments.at(-1)).toMatchObject({ type: 'gave-up-retrying', because: '3 of 3 attempts made' })
})

it.each([
  ['request-rejected', 1],
  ['context-exceeded', 1],
  ['content-blocked', 1],
  ['quota-exhausted', 1],
  ['credential-rejected', 1],
  ['model-not-found', 1],
  ['breaker-open', 1],
  ['deadline-exceeded', 1],
  ['conflict', 2],
  ['reply-botched', 2],
  ['model-not-ready', 5],
  ['connection-failed', 3],
  ['reply-unreadable', 3],
  ['stream-interrupted', 3],
  ['provider-timed-out', 3],
  ['rate-limited', 3],
] as const)('after "%s" asks %i times in all', async (code, times) => {
  const { inner, ask } = setUp([failing(code)])
  await ask()
  expect(inner.calls).toHaveLength(times)
})

it('goes by the advice of the error where it differs from that of its code', async () => {
  const { inner, ask } = setUp([failing('server-error', { advice: 'stop' })])
  await ask()
  expect(inner.calls).toHaveLength(1)
})

it('waits at least as long as the provider asked, and a tenth more at most', async () => {
  const { clock, ask } = setUp([failing('rate-limited', { retryAfterMs: 20_000 }), [reply()]])
  expect((await ask()).reply).toBeDefined()
  expect(clock.now()).toBe(21_000)
})

it('does not sleep past the deadline, not even for a provider that asks for it', async () => {
  const { clock, inner, ask } = setUp([failing('rate-limited', { retryAfterMs: 20_000 })])
  const { call, error } = await ask({ deadlineAt: 20_500 })
  expect(error).toMatchObject({ code: 'rate-limited' })
  expect(clock.now()).toBe(0)
  expect(inner.calls).toHaveLength(1)
  expect(call.story.moments).toMatchObject([
    { type: 'gave-up-retrying', because: 'a wait of 21000 ms would pass the deadline' },
  ])
})

it.each([
  ['that asks to slow down', failing('rate-limited')],
  ['that asks for a short wait', failing('rate-limited', { retryAfterMs: 10 })],
  ['that fails and states a wait beyond our own longest', failing('overloaded', { retryAfterMs: 8_001 })],
])('leaves a target %s for another at once', async (_which, script) => {
  const { clock, inner, ask } = setUp([script])
  await ask({ fallbacksLeft: 1 })
  expect(clock.now()).toBe(0)
  expect(inner.calls).toHaveLength(1)
})

it('stays with a target that fails and states a short wait, though there is another', async () => {
  const { clock, ask } = setUp([failing('overloaded', { retryAfterMs: 100 }), [reply()]])
  expect((await ask({ fallbacksLeft: 1 })).reply).toBeDefined()
  expect(clock.now()).toBe(105)
})

it('stops where the retry budget of the provider is spent', async () => {
  const clock = createVirtualClock()
  const budget = createRetryBudget({ clock, minimumPerSecond: 0.1 })
  budget.withdraw('other')
  const { inner, ask } = setUp([failing('server-error')], { budget })
  const { call } = await ask()
  expect(inner.calls).toHaveLength(2)
  expect(call.story.moments.at(-1)).toMatchObject({ because: 'the retry budget of lab is spent' })
})

it('lets the failure stand where the breaker opens during the wait, and gives the retry back', async () => {
  const clock = createVirtualClock()
  const budget = createRetryBudget({ clock, minimumPerSecond: 0.1 })
  const { inner, ask } = setUp([failing('server-error'), failing('breaker-open')], { budget })
  expect((await ask()).error).toMatchObject({ code: 'server-error' })
  expect(inner.calls).toHaveLength(2)
  expect(budget.withdraw('lab')).toBe(true)
})

it('retries nothing once a delta was passed on', async () => {
  const { inner, ask } = setUp([[...spell('Hello').slice(0, 2), fail(failure('stream-interrupted'))], [reply()]])
  const { deltas, error } = await ask()
  expect(deltas).toHaveLength(2)
  expect(error).toMatchObject({ code: 'stream-interrupted' })
  expect(inner.calls).toHaveLength(1)
})

it('passes on an answer that comes at the second try, deltas and all', async () => {
  const hello = spell('Hello there')
  const { ask } = setUp([failing('server-error'), [...hello, reply()]])
  expect((await ask()).deltas).toEqual(hello)
})

it('ends its wait at once when the caller leaves', async () => {
  const { clock, inner, handler } = setUp([failing('rate-limited', { retryAfterMs: 20_000 })])
  const controller = new AbortController()
  const failed = read(handler(aCall(clock, { alias, signal: controller.signal })))
  await clock.advance(5_000)
  controller.abort(new CallAborted())
  expect((await clock.run(failed)).error).toMatchObject({ code: 'aborted' })
  expect(clock.now()).toBe(5_000)
  expect(clock.pending).toBe(0)
  expect(inner.calls).toHaveLength(1)
})

it('does not ask again for a caller who left while the attempt failed', async () => {
  const controller = new AbortController()
  const { clock, handler, inner } = setUp([[wait(10), fail(failure('server-error'))]])
  const failed = read(handler(aCall(clock, { alias, signal: controller.signal })))
  await clock.advance(5)
  controller.abort(new CallAborted())
  expect((await clock.run(failed)).error).toBeInstanceOf(InseamError)
  expect(inner.calls).toHaveLength(1)
})
