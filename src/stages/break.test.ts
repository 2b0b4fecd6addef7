import { expect, it } from 'vitest'
import type { Call } from '../core/call.ts'
import type { Handler } from '../core/handler.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { CallAborted, DeadlineExceeded, type ErrorCode, isInseamError } from '../errors/index.ts'
import { breakCircuit } from './break.ts'
import { createBreakers } from './breakers.ts'
import {
  aCall,
  anAlias,
  aReply,
  aTarget,
  fail,
  failure,
  never,
  read,
  reply,
  type Step,
  scripted,
  spell,
  wait,
} from './scripted.suite.ts'

const broken = [fail(failure('server-error'))]

/** As `attempt` does, tells the story that it has begun. */
const attempted =
  (inner: Handler): Handler =>
  (call) => {
    const { name: target = '' } = call.target ?? {}
    call.story.note({ type: 'attempt-started', attempt: call.story.beginAttempt(), target })
    return inner(call)
  }

/** Asks one target, as many times as there are scripts and then some. */
function setUp(...scripts: (readonly Step[])[]) {
  const clock = createVirtualClock()
  const inner = scripted(clock, ...scripts)
  const handler = breakCircuit({ clock, breakers: createBreakers({ clock, random: () => 0 }) })(
    attempted(inner.handler),
  )
  const start = (
    changes: Partial<Pick<Call, 'signal' | 'target' | 'fallbacksLeft' | 'timeoutMs' | 'alias' | 'story'>> = {},
  ) => handler(aCall(clock, changes))
  const ask = async (changes: Parameters<typeof start>[0] = {}) => {
    const { error } = await clock.run(read(start(changes)))
    return error === undefined ? 'reply' : isInseamError(error) ? error.code : error
  }
  const askTimes = async (times: number) => {
    for (let time = 0; time < times; time++) await ask()
  }
  return { clock, inner, start, ask, askTimes }
}

it('opens after five failures in a row, and then asks nothing for five seconds', async () => {
  const { clock, inner, ask, askTimes } = setUp(broken)
  await askTimes(5)
  expect(await ask()).toBe('breaker-open')
  await clock.advance(4_999)
  expect(await ask()).toBe('breaker-open')
  expect(inner.calls).toHaveLength(5)
  await clock.advance(1)
  expect(await ask()).toBe('server-error')
  expect(inner.calls).toHaveLength(6)
})

it('says for how long it is open, after what, and notes it in the story', async () => {
  const { clock, start, askTimes } = setUp(broken)
  await askTimes(5)
  await clock.advance(1_000)
  const call = aCall(clock)
  const { error } = await read(start({ story: call.story }))
  expect(error).toMatchObject({
    message:
      'lab/a is not asked: its circuit breaker is open, after "server-error", and lets its next probe through in 4,000 ms.',
    retryable: true,
    status: 503,
  })
  expect(call.story.moments).toMatchObject([{ type: 'breaker-open', target: 'lab/a', retryInMs: 4_000 }])
})

it('starts to count anew after a success', async () => {
  const { ask } = setUp(broken, broken, broken, broken, [reply()], broken, broken, broken, broken, broken, [reply()])
  const outcomes: unknown[] = []
  for (let time = 0; time < 11; time++) outcomes.push(await ask())
  expect(outcomes.lastIndexOf('server-error')).toBe(9)
  expect(outcomes.at(-1)).toBe('breaker-open')
})

it.each([
  ['server-error', true],
  ['overloaded', true],
  ['connection-failed', true],
  ['timed-out', true],
  ['stream-interrupted', true],
  ['reply-unreadable', true],
  ['credential-rejected', true],
  ['rate-limited', false],
  ['request-rejected', false],
  ['context-exceeded', false],
  ['content-blocked', false],
  ['model-not-found', false],
  ['aborted', false],
] as const)('after five times "%s" is open: %s', async (code: ErrorCode, isOpen) => {
  const { ask, askTimes } = setUp([fail(failure(code))])
  await askTimes(5)
  expect((await ask()) === 'breaker-open').toBe(isOpen)
})

it('knows targets apart by provider, model and credential', async () => {
  const { ask, askTimes } = setUp(broken)
  await askTimes(5)
  expect(await ask({ target: aTarget('lab/a') })).toBe('breaker-open')
  expect(await ask({ target: aTarget('lab/b') })).toBe('server-error')
  expect(await ask({ target: aTarget('lab/a', { credential: 'spare' }) })).toBe('server-error')
})

it('lets one probe through, however many ask at once, and stays closed to them until it has begun to answer', async () => {
  const probe = [wait(100), ...spell('Hello').flatMap((delta) => [delta, wait(100)]), reply()]
  const { clock, inner, ask, askTimes } = setUp(broken, broken, broken, broken, broken, probe)
  await askTimes(5)
  await clock.advance(5_000)
  const probing = Promise.all(Array.from({ length: 20 }, () => ask()))
  expect((await probing).sort()).toEqual([...Array(19).fill('breaker-open'), 'reply'])
  expect(inner.calls).toHaveLength(6)
  expect(await ask()).toBe('reply')
})

it('closes with the first delta of its probe: a long answer keeps nobody waiting', async () => {
  const probe = [...spell('Hello'), wait(60_000), reply()]
  const { clock, ask, askTimes, start } = setUp(broken, broken, broken, broken, broken, probe, [reply()])
  await askTimes(5)
  await clock.advance(5_000)
  const answer = start()
  await clock.run(answer.next())
  expect(await ask()).toBe('reply')
  await answer.return(aReply())
})

it('tells those who come while the probe is under way when the next one is', async () => {
  const { clock, start, askTimes } = setUp(broken, broken, broken, broken, broken, [never])
  await askTimes(5)
  await clock.advance(5_000)
  const controller = new AbortController()
  const probe = read(start({ signal: controller.signal }))
  await clock.advance(1_000)
  const { error } = await clock.run(read(start()))
  expect(error).toMatchObject({
    code: 'breaker-open',
    message: expect.stringContaining('its next probe through in 4,000 ms'),
    retryAfterMs: 4_000,
  })
  controller.abort(new CallAborted())
  await probe
})

it('probes at a fixed interval, however often that failed', async () => {
  const { clock, inner, ask, askTimes } = setUp(broken)
  await askTimes(5)
  for (let ms = 0; ms < 60_000; ms += 100) {
    await clock.advance(100)
    await ask()
  }
  expect(inner.calls).toHaveLength(5 + 12)
})

it('is not kept shut by a probe that hangs', async () => {
  const { clock, ask, askTimes, start } = setUp(broken, broken, broken, broken, broken, [never], [reply()])
  await askTimes(5)
  await clock.advance(5_000)
  const controller = new AbortController()
  const hanging = read(start({ signal: controller.signal }))
  await clock.advance(4_999)
  expect(await ask()).toBe('breaker-open')
  await clock.advance(1)
  expect(await ask()).toBe('reply')
  controller.abort(new CallAborted())
  await hanging
  expect(await ask()).toBe('reply')
})

it('is not opened again by an old probe that fails late', async () => {
  const late = [wait(12_000), ...broken]
  const { clock, ask, askTimes, start } = setUp(broken, broken, broken, broken, broken, late, [reply()])
  await askTimes(5)
  await clock.advance(5_000)
  const hanging = read(start())
  await clock.advance(5_000)
  expect(await ask()).toBe('reply')
  await clock.run(hanging)
  expect(await ask()).toBe('reply')
})

it('opens for a target that fails more than half of its calls without five in a row', async () => {
  const { ask, inner } = setUp(...Array.from({ length: 40 }, (_, index) => (index % 5 < 3 ? broken : [reply()])))
  const outcomes: unknown[] = []
  for (let time = 0; time < 30; time++) outcomes.push(await ask({ fallbacksLeft: 1 }))
  expect(outcomes.indexOf('breaker-open')).toBe(inner.calls.length)
  expect(inner.calls.length).toBeGreaterThanOrEqual(20)
  expect(inner.calls.length).toBeLessThan(30)
})

it('opens for no share of fewer than twenty calls, and for none of calls that are long past', async () => {
  const { clock, ask } = setUp(...Array.from({ length: 80 }, (_, index) => (index % 5 < 3 ? broken : [reply()])))
  for (let time = 0; time < 40; time++) {
    await clock.advance(600)
    expect(await ask({ fallbacksLeft: 1 })).not.toBe('breaker-open')
  }
})

it('still asks a target that only fails often where nobody else is left, until it fails five times in a row', async () => {
  const often = Array.from({ length: 25 }, (_, index) => (index % 5 < 3 ? broken : [reply()]))
  const { ask, inner } = setUp(...often, [reply()], broken)
  for (let time = 0; time < 25; time++) await ask({ fallbacksLeft: 1 })
  const before = inner.calls.length
  expect(await ask({ fallbacksLeft: 1 })).toBe('breaker-open')
  const last = []
  for (let time = 0; time < 40; time++) last.push(await ask({ fallbacksLeft: 0 }))
  expect(inner.calls.length).toBeGreaterThan(before + 5)
  expect(last.at(-1)).toBe('breaker-open')
  expect(last.slice(0, last.indexOf('breaker-open')).slice(-5)).toEqual(Array(5).fill('server-error'))
})

it('opens and probes as its provider is configured', async () => {
  const policy = { failures: 2, ratio: 1, windowMs: 10_000, probeEveryMs: 1_000 }
  const { clock, inner, ask } = setUp(broken)
  const target = aTarget('lab/a', { breaker: policy })
  await ask({ target })
  await ask({ target })
  expect(await ask({ target })).toBe('breaker-open')
  await clock.advance(1_000)
  await ask({ target })
  expect(inner.calls).toHaveLength(3)
})

it('opens once for failures that were under way together', async () => {
  const { clock, inner, ask } = setUp([wait(100), ...broken])
  await Promise.all(Array.from({ length: 30 }, () => ask()))
  expect(inner.calls).toHaveLength(30)
  await clock.advance(5_000)
  expect(await ask()).toBe('server-error')
})

it('does not close for a call that was asked before it opened', async () => {
  const { clock, ask, askTimes, start } = setUp([wait(300), reply()], broken)
  const early = read(start())
  await clock.advance(0)
  await askTimes(5)
  expect((await clock.run(early)).reply).toBeDefined()
  expect(await ask()).toBe('breaker-open')
})

it.each(['returned early', 'aborted'])(
  'lets the next one probe after its interval where a probe was %s',
  async (how) => {
    const { clock, start, ask, askTimes } = setUp(broken, broken, broken, broken, broken, [never], [reply()])
    await askTimes(5)
    await clock.advance(5_000)
    const controller = new AbortController()
    const answer = start({ signal: controller.signal })
    const waiting = read(answer)
    if (how === 'returned early') answer.return(aReply())
    controller.abort(new CallAborted())
    await clock.run(waiting)
    expect(await ask()).toBe('breaker-open')
    await clock.advance(5_000)
    expect(await ask()).toBe('reply')
  },
)

it('lets the next one probe at once where a probe never reached the target', async () => {
  const unsaid = [fail(failure('translation-refused'))]
  const { clock, ask, askTimes } = setUp(broken, broken, broken, broken, broken, unsaid, [reply()])
  await askTimes(5)
  await clock.advance(5_000)
  expect(await ask()).toBe('translation-refused')
  expect(await ask()).toBe('reply')
})

it('reopens for a failed probe, also where it had opened for a quota', async () => {
  const { clock, ask } = setUp([fail(failure('quota-exhausted', { retryAfterMs: 3_600_000 }))], broken)
  await ask()
  await clock.advance(3_599_999)
  expect(await ask()).toBe('breaker-open')
  await clock.advance(1)
  expect(await ask()).toBe('server-error')
  expect(await ask()).toBe('breaker-open')
})

it('stays open for a minute for a quota that states no reset', async () => {
  const { clock, ask } = setUp([fail(failure('quota-exhausted'))])
  await ask()
  await clock.advance(59_999)
  expect(await ask()).toBe('breaker-open')
  await clock.advance(1)
  expect(await ask()).toBe('quota-exhausted')
})

it('closes when a probe is answered with a refusal of the request: the provider works', async () => {
  const { clock, ask, askTimes } = setUp(broken, broken, broken, broken, broken, [fail(failure('request-rejected'))])
  await askTimes(5)
  await clock.advance(5_000)
  await ask()
  expect(await Promise.all([ask(), ask()])).toEqual(['request-rejected', 'request-rejected'])
})

it('does not take a defect of our own for an answer', async () => {
  const { clock, ask, askTimes } = setUp(broken, broken, broken, broken, broken, [fail(new TypeError('oops'))])
  await askTimes(5)
  await clock.advance(5_000)
  expect(await ask()).toBe('internal-error')
  expect(await Promise.all([ask(), ask()])).toEqual(['internal-error', 'breaker-open'])
})

it.each([
  ["the operator's", undefined, 60_000, true],
  ["the caller's, and longer than the operator's", 90_000, 60_000, true],
  ["a hurried caller's", 50_000, 50_000, false],
  ['spent mostly on others before', undefined, 20_000, false],
])('counts a passed deadline that was %s: %s', async (_whose, timeoutMs, tookMs, counts) => {
  const expired = fail(new DeadlineExceeded(tookMs, 'fast'))
  const { ask } = setUp([wait(tookMs), expired])
  const alias = anAlias()
  await Promise.all(Array.from({ length: 5 }, () => ask({ timeoutMs, alias })))
  expect((await ask({ timeoutMs, alias })) === 'breaker-open').toBe(counts)
})
