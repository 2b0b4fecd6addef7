import { expect, it } from 'vitest'
import type { Call } from '../core/call.ts'
import type { CallLimit, Limiter, LimitNeed, LimitSubject } from '../core/call-limit.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { CallAborted, LimitExceeded } from '../errors/index.ts'
import { createMemoryLimiter } from '../stores/memory/index.ts'
import { admit } from './admit.ts'
import { limitsInForce } from './limits-in-force.ts'
import { attemptOn, pipelineOn } from './pipeline.suite.ts'
import {
  aCall,
  anAlias,
  aReply,
  fail,
  failure,
  flatBooks,
  never,
  read,
  readError,
  reply,
  type Step,
  scripted,
  spell,
  wait,
} from './scripted.suite.ts'

const each = (limit: Omit<CallLimit, 'id' | 'scope'>): CallLimit => ({ id: 'key:*', scope: 'key', name: '*', ...limit })

function setUp(limits: readonly CallLimit[], ...script: readonly Step[]) {
  const clock = createVirtualClock()
  const limiter = createMemoryLimiter({ clock })
  const inner = scripted(clock, script)
  const stage = admit({ limiter, books: flatBooks, findLimits: limitsInForce(limits) })(attemptOn(inner.handler, clock))
  const call = (changes: Parameters<typeof aCall>[1] = {}) => aCall(clock, { caller: { keyId: 'ada' }, ...changes })
  const taken = (kind: 'inputTokens' | 'outputTokens') => {
    const [limit] = limits
    if (!limit) throw new Error('There is no limit.')
    const probe = limiter.admit([{ limit, subject: 'ada' }], { inputTokens: 0, outputTokens: 0 })
    if (probe.type === 'admitted') probe.release()
    return (limit[kind] ?? 0) - (probe.rates[kind]?.remaining ?? 0)
  }
  return { clock, limiter, inner, stage, call, taken }
}

it('refuses with what is left and when to come again, and asks nothing', async () => {
  const { clock, inner, stage, call } = setUp([each({ requests: 1 })], reply())
  await clock.run(read(stage(call())))
  await clock.advance(20_000)
  const again = call()
  const error = await clock.run(readError(stage(again)))
  expect(error).toBeInstanceOf(LimitExceeded)
  expect(error).toMatchObject({ code: 'limit-exceeded', status: 429, retryAfterMs: 41_000, retryable: true })
  expect(error.message).toBe(
    'The limit of the key "ada" is 1 requests a minute: 0 left, and this call takes 1. The same may be asked again in 41,000 ms.',
  )
  expect(again.story.rates).toEqual({ requests: { limit: 1, remaining: 0, resetMs: 41_000 } })
  expect(inner.calls).toHaveLength(1)
})

it('refuses for good what alone is more than a limit, and says how to make it fit', async () => {
  const { clock, stage, call } = setUp([each({ outputTokens: 100 })], reply())
  const error = await clock.run(readError(stage(call({ request: { maxOutputTokens: 101 } }))))
  expect(error).toMatchObject({ code: 'limit-exceeded', retryAfterMs: undefined, retryable: false })
  expect(error.fix).toBe('Ask for fewer tokens (`maxOutputTokens`), or raise `outputTokens` of this limit.')
})

it('takes the estimate and the output limit, and counts in the end what was used', async () => {
  const { clock, stage, call, taken } = setUp([each({ inputTokens: 1_000, outputTokens: 1_000 })], wait(10), reply())
  const answer = read(stage(call({ request: { maxOutputTokens: 300 } })))
  await clock.advance(5)
  expect([taken('inputTokens'), taken('outputTokens')]).toEqual([10, 300])
  await clock.run(answer)
  expect([taken('inputTokens'), taken('outputTokens')]).toEqual([10, 2])
})

it('takes what is usual where nobody limits the output, and never more than the limit', async () => {
  for (const [limit, expected] of [
    [100_000, 4_096],
    [500, 500],
  ] as const) {
    const { clock, stage, call, taken } = setUp([each({ outputTokens: limit })], wait(10), reply())
    const answer = read(stage(call()))
    await clock.advance(5)
    expect(taken('outputTokens')).toBe(expected)
    await clock.run(answer)
  }
})

it('gives the tokens back where nobody was asked: a reply from the cache, a rule, another call', async () => {
  const clock = createVirtualClock()
  const limiter = createMemoryLimiter({ clock })
  const findLimits = limitsInForce([each({ inputTokens: 1_000, outputTokens: 1_000 })])
  const stage = admit({ limiter, books: flatBooks, findLimits })(scripted(clock, [reply({ source: 'cache' })]).handler)
  const [first, second] = [0, 1].map(() => aCall(clock, { caller: { keyId: 'ada' }, request: { maxOutputTokens: 5 } }))
  if (!first || !second) throw new Error('There are two.')
  await clock.run(read(stage(first)))
  await clock.run(read(stage(second)))
  expect(second.story.rates).toMatchObject({ inputTokens: { remaining: 990 }, outputTokens: { remaining: 995 } })
})

it('counts what all attempts of a call have used, those that failed too, and nothing where nothing was sent', async () => {
  const limits = [each({ inputTokens: 1_000, outputTokens: 1_000 })]
  const { clock, stage, call, taken } = setUp(limits, ...spell('Hello'), fail(failure('server-error')))
  await clock.run(read(stage(call())))
  expect([taken('inputTokens'), taken('outputTokens')]).toEqual([10, 1])
  const again = createVirtualClock()
  const inner = scripted(again, [fail(failure('server-error'))], [reply()])
  const run = pipelineOn(inner.handler, again, {
    findAlias: () => anAlias({ retry: { attempts: 2, baseMs: 1, capMs: 1 } }),
    limits,
  })
  const asked = (): Call => aCall(again, { caller: { keyId: 'ada' }, request: { stream: false, maxOutputTokens: 5 } })
  await again.run(read(run(asked())))
  expect(inner.calls).toHaveLength(2)
  const next = asked()
  await again.run(read(run(next)))
  // The input of both attempts is counted, the output of the second, and what this call may use.
  expect(next.story.rates).toMatchObject({ inputTokens: { remaining: 970 }, outputTokens: { remaining: 993 } })
})

it('gives the place back when the call ends, fails, is aborted, or nobody reads on', async () => {
  const limits = [each({ concurrency: 1 })]
  const ends: readonly (readonly [
    readonly Step[],
    (answer: ReturnType<Stage>, leave: () => void) => Promise<unknown>,
  ])[] = [
    [[reply()], (answer) => read(answer)],
    [[fail(failure('server-error'))], (answer) => read(answer)],
    [
      [never],
      async (answer, leave) => {
        const reading = read(answer)
        leave()
        await reading
      },
    ],
    [
      [...spell('Hello there'), reply()],
      async (answer) => {
        await answer.next()
        await answer.return(aReply())
      },
    ],
  ]
  for (const [script, end] of ends) {
    const { clock, limiter, stage, call } = setUp(limits, ...script)
    const controller = new AbortController()
    await clock.run(end(stage(call({ signal: controller.signal })), () => controller.abort(new CallAborted())))
    const [limit] = limits
    if (limit) expect(limiter.admit([{ limit, subject: 'ada' }], nothing)).toMatchObject({ type: 'admitted' })
  }
})

it('gives back what a limiter admits only after the caller has left', async () => {
  const clock = createVirtualClock()
  const told: unknown[] = []
  let letIn = () => {}
  const limiter: Limiter = {
    admit: () =>
      new Promise((resolve) => {
        letIn = () =>
          resolve({
            type: 'admitted',
            rates: {},
            settle: (used) => void told.push(used),
            release: () => void told.push('released'),
          })
      }),
    close: async () => {},
  }
  const inner = scripted(clock, [reply()])
  const stage = admit({ limiter, books: flatBooks, findLimits: limitsInForce([each({ requests: 1 })]) })(inner.handler)
  const controller = new AbortController()
  const answer = read(stage(aCall(clock, { caller: { keyId: 'ada' }, signal: controller.signal })))
  await clock.advance(1)
  controller.abort(new CallAborted())
  expect((await clock.run(answer)).error).toMatchObject({ code: 'aborted' })
  letIn()
  await clock.advance(0)
  expect(told).toEqual([{ inputTokens: 0, outputTokens: 0 }, 'released'])
  expect(inner.calls).toEqual([])
})

it('counts a count of tokens as a request alone, and an embedding without output', async () => {
  const needs: LimitNeed[] = []
  const clock = createVirtualClock()
  const memory = createMemoryLimiter({ clock })
  const limiter: Limiter = {
    admit: (subjects, need) => {
      needs.push(need)
      return memory.admit(subjects, need)
    },
    close: async () => {},
  }
  const findLimits = limitsInForce([each({ requests: 9, inputTokens: 999, outputTokens: 999 })])
  const stage = admit({ limiter, books: flatBooks, findLimits })(scripted(clock, [reply()]).handler)
  for (const operation of ['count-tokens', 'embed'] as const) {
    await clock.run(read(stage(aCall(clock, { caller: { keyId: 'ada' }, request: { operation, stream: false } }))))
  }
  expect(needs).toEqual([
    { inputTokens: 0, outputTokens: 0 },
    { inputTokens: 10, outputTokens: 0 },
  ])
})

it('finds the limits that count a call: all, by name and each by itself, and those of its key', () => {
  const limit = (scope: CallLimit['scope'], name?: string): CallLimit => ({
    id: `${scope} ${name}`,
    scope,
    ...(name !== undefined && { name }),
    requests: 1,
  })
  const limits = [
    limit('global'),
    limit('key', '*'),
    limit('key', 'ada'),
    limit('key', 'grace'),
    limit('feature', 'triage'),
    limit('tenant', '*'),
    limit('alias', 'fast'),
    limit('alias', 'smart'),
  ]
  const find = limitsInForce(limits)
  const clock = createVirtualClock()
  const said = (call: Partial<Omit<Call, 'request'>>) => find(aCall(clock, call)).map(spelled)
  const spelled = ({ limit: { id }, subject }: LimitSubject) => `${id} of ${subject}`
  expect(said({ caller: { keyId: 'ada', feature: 'other' } })).toEqual([
    'global undefined of ',
    'key ada of ada',
    'key * of ada',
    'alias fast of fast',
  ])
  expect(said({ caller: { tenant: 't1', feature: 'triage' }, alias: anAlias({ name: 'slow' }) })).toEqual([
    'global undefined of ',
    'feature triage of triage',
    'tenant * of t1',
  ])
  expect(
    limitsInForce([])(
      aCall(clock, { caller: { keyId: 'ada' }, terms: { budgets: [], limits: [limit('key'), limit('key', 'grace')] } }),
    ).map(spelled),
  ).toEqual(['key undefined of ada'])
  expect(limitsInForce([])(aCall(clock, { caller: { keyId: 'ada' } }))).toEqual([])
})

const nothing: LimitNeed = { inputTokens: 0, outputTokens: 0 }
type Stage = ReturnType<ReturnType<typeof admit>>
