import { expect, it } from 'vitest'
import { sleep } from '../core/clock.ts'
import { compose, drain } from '../core/handler.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { deadline } from './deadline.ts'
import { retry } from './retry.ts'
import { createRetryBudget } from './retry-budget.ts'
import { route } from './route.ts'
import {
  aCall,
  anAlias,
  anUsage,
  aReply,
  aTarget,
  fail,
  failure,
  never,
  read,
  readError,
  reply,
  type Step,
  scripted,
  spell,
  wait,
} from './scripted.suite.ts'

function setUp(...scripts: (readonly Step[])[]) {
  const clock = createVirtualClock()
  const inner = scripted(clock, ...scripts)
  return { clock, inner, handler: deadline({ clock })(inner.handler) }
}

it("ends a call at the alias's limit, with the number and the setting in the message", async () => {
  const { clock, handler } = setUp([never])
  const error = await clock.run(readError(handler(aCall(clock))))
  expect(clock.now()).toBe(60_000)
  expect(error).toMatchObject({
    code: 'deadline-exceeded',
    message: 'The call was not answered within its 60,000 ms.',
    fix: 'Raise `timeout.total` for "fast", or the caller\'s own limit.',
  })
})

it.each([
  [2_000, 2_000],
  [90_000, 60_000],
])("lets the caller shorten the alias's limit but not lengthen it: %i ms", async (timeoutMs, endMs) => {
  const { clock, handler } = setUp([never])
  await clock.run(readError(handler(aCall(clock, { timeoutMs }))))
  expect(clock.now()).toBe(endMs)
})

it('keeps a deadline that was set before, where it is the earlier one', async () => {
  const { clock, inner, handler } = setUp([never])
  await clock.run(readError(handler(aCall(clock, { deadlineAt: 300 }))))
  expect(clock.now()).toBe(300)
  expect(inner.calls[0]?.deadlineAt).toBe(300)
})

it('counts the time that passed before the call came here', async () => {
  const { clock, inner, handler } = setUp([never])
  const call = aCall(clock)
  await clock.advance(45_000)
  const failed = clock.run(readError(handler(call)))
  await failed
  expect(clock.now()).toBe(60_000)
  expect(inner.calls[0]?.deadlineAt).toBe(60_000)
})

it("counts the alias's limit from when the work began that the call goes on with, and the caller's own from the call", async () => {
  const { clock, inner, handler } = setUp([never])
  await clock.advance(20_000)
  await clock.run(readError(handler(aCall(clock, { since: 0, timeoutMs: 50_000 }))))
  await clock.advance(20_000)
  expect(await readError(handler(aCall(clock, { since: 0, timeoutMs: 50_000 })))).toMatchObject({
    code: 'deadline-exceeded',
  })
  expect(inner.calls.map(({ deadlineAt }) => deadlineAt)).toEqual([60_000])
})

it('refuses expired work before anything below is asked', async () => {
  const { clock, inner, handler } = setUp([reply()])
  const call = aCall(clock)
  await clock.advance(60_000)
  expect(await readError(handler(call))).toMatchObject({ code: 'deadline-exceeded' })
  expect(inner.calls).toEqual([])
})

it('spans attempts, back-off and fallbacks', async () => {
  const clock = createVirtualClock()
  const budget = createRetryBudget({ clock })
  const random = () => 0.999
  const inner = scripted(clock, [wait(700), fail(failure('server-error'))])
  const stages = [deadline({ clock }), route({ random, budget }), retry({ clock, random, budget })]
  const alias = anAlias({
    targets: [aTarget('lab/a'), aTarget('other/b')],
    retry: { attempts: 3, baseMs: 500, capMs: 8_000 },
  })
  const error = await clock.run(readError(compose(stages, inner.handler)(aCall(clock, { alias, timeoutMs: 4_000 }))))
  expect(inner.calls.map(({ target }) => target?.name)).toEqual(['lab/a', 'lab/a', 'lab/a', 'other/b'])
  expect(error.code).toBe('deadline-exceeded')
  expect(clock.now()).toBe(4_000)
})

it('cuts a stream that is still running, and keeps what the attempt said had arrived', async () => {
  const clock = createVirtualClock()
  const cost = { nanoUsd: 5, status: 'estimated' } as const
  const handler = deadline({ clock })(async function* (call) {
    yield* spell('Hello').slice(0, 2)
    try {
      await sleep(clock, 1_000, call.signal)
    } catch {
      throw Object.assign(failure('stream-interrupted'), { arrived: { content: [], usage: anUsage, cost } })
    }
    return aReply()
  })
  const { deltas, error } = await clock.run(read(handler(aCall(clock, { timeoutMs: 100 }))))
  expect(deltas).toHaveLength(2)
  expect(error).toMatchObject({ code: 'deadline-exceeded', arrived: { cost } })
})

it('names the caller as the one who left, whatever reason its signal gives', async () => {
  const { clock, handler } = setUp([never])
  const controller = new AbortController()
  const failed = readError(handler(aCall(clock, { signal: controller.signal })))
  const reason = new DOMException('gone', 'AbortError')
  controller.abort(reason)
  expect(await clock.run(failed)).toMatchObject({ code: 'aborted', cause: reason })
})

it('refuses a call whose caller has left already', async () => {
  const { clock, inner, handler } = setUp([reply()])
  await expect(drain(handler(aCall(clock, { signal: AbortSignal.abort() })))).rejects.toMatchObject({ code: 'aborted' })
  expect(inner.calls).toEqual([])
})
