import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Alias } from '../core/alias.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import type { ErrorCode } from '../errors/index.ts'
import { createRetryBudget, type RetryBudget } from './retry-budget.ts'
import { route } from './route.ts'
import { aCall, anAlias, aTarget, fail, failure, read, reply, type Step, scripted, spell } from './scripted.suite.ts'

const clock = createVirtualClock()
const targets = ['lab/a', 'second/b', 'third/c', 'fourth/d'].map((name) => aTarget(name))

function setUp(scripts: readonly (readonly Step[])[], options: { budget?: RetryBudget; random?: () => number } = {}) {
  const { budget = createRetryBudget({ clock }), random = () => 0.5 } = options
  const inner = scripted(clock, ...scripts)
  const handler = route({ random, budget })(inner.handler)
  const ask = async (changes: Partial<Alias> = {}) => {
    const call = aCall(clock, { alias: anAlias({ targets, ...changes }), target: undefined })
    const { deltas, reply: answer, error } = await read(handler(call))
    return { call, deltas, answer, error, asked: inner.calls.map(({ target }) => target?.name) }
  }
  return { inner, ask }
}
const failing = (code: ErrorCode) => [fail(failure(code))]

it('asks the first target first, and knows how many are left', async () => {
  const { inner, ask } = setUp([[reply()]])
  const { call, asked } = await ask()
  expect(asked).toEqual(['lab/a'])
  expect(inner.calls[0]?.fallbacksLeft).toBe(3)
  expect(call.story.moments).toMatchObject([{ type: 'routed', target: 'lab/a', because: 'priority' }])
})

it('says so where there is but one target', async () => {
  const { call } = await setUp([[reply()]]).ask({ targets: targets.slice(0, 1) })
  expect(call.story.moments).toMatchObject([{ type: 'routed', target: 'lab/a', because: 'only' }])
})

it('falls back target by target, and says from where to where and why', async () => {
  const { call, asked, answer } = await setUp([failing('server-error'), failing('quota-exhausted'), [reply()]]).ask()
  expect(answer).toBeDefined()
  expect(asked).toEqual(['lab/a', 'second/b', 'third/c'])
  expect(call.story.moments.slice(1)).toMatchObject([
    { type: 'fell-back', from: 'lab/a', to: 'second/b', because: 'server-error' },
    { type: 'fell-back', from: 'second/b', to: 'third/c', because: 'quota-exhausted' },
  ])
})

it('asks nobody else where nobody could do better', async () => {
  const { asked, error } = await setUp([failing('request-rejected')]).ask()
  expect(asked).toEqual(['lab/a'])
  expect(error).toMatchObject({ code: 'request-rejected' })
})

it('falls back no more once a delta was passed on', async () => {
  const { asked, deltas } = await setUp([[...spell('Hello').slice(0, 2), ...failing('stream-interrupted')]]).ask()
  expect(deltas).toHaveLength(2)
  expect(asked).toEqual(['lab/a'])
})

it('throws the last failure of a target that was asked, not that it skipped another', async () => {
  const scripts = [failing('server-error'), failing('overloaded'), failing('breaker-open')]
  const { error, call } = await setUp(scripts).ask({ targets: targets.slice(0, 3) })
  expect(error).toMatchObject({ code: 'overloaded' })
  expect(call.story.moments.at(-1)).toMatchObject({ from: 'second/b', to: 'third/c', because: 'overloaded' })
})

it('names the target that it leaves and why it leaves that one', async () => {
  const { call } = await setUp([failing('server-error'), failing('breaker-open'), [reply()]]).ask()
  expect(call.story.moments.at(-1)).toMatchObject({ from: 'second/b', to: 'third/c', because: 'breaker-open' })
})

it('fails fast and honestly where the only target has an open breaker', async () => {
  const { asked, error } = await setUp([failing('breaker-open')]).ask({ targets: targets.slice(0, 1) })
  expect(asked).toEqual(['lab/a'])
  expect(error).toMatchObject({ code: 'breaker-open', retryable: true })
})

it('says so where an alias has no target at all', async () => {
  const { error } = await setUp([[reply()]]).ask({ targets: [] })
  expect(error).toMatchObject({ code: 'no-target', message: 'The alias "fast" has no target.' })
})

it('makes the first fallback free, and pays for later ones from the budget of the provider that receives them', async () => {
  const budget = createRetryBudget({ clock, minimumPerSecond: 0.1 })
  budget.withdraw('third')
  const { asked, call } = await setUp([failing('server-error')], { budget }).ask()
  expect(asked).toEqual(['lab/a', 'second/b', 'fourth/d'])
  expect(call.story.moments).toContainEqual(
    expect.objectContaining({ type: 'gave-up-retrying', because: 'the retry budget of third is spent' }),
  )
  expect(budget.withdraw('second')).toBe(true)
  expect(budget.withdraw('fourth')).toBe(false)
})

it('skips targets with an open breaker for nothing', async () => {
  const budget = createRetryBudget({ clock, minimumPerSecond: 0.1 })
  const scripts = [failing('breaker-open'), failing('server-error'), failing('server-error'), failing('breaker-open')]
  const { asked } = await setUp(scripts, { budget }).ask()
  expect(asked).toHaveLength(4)
  expect(['second', 'third', 'fourth'].map((provider) => budget.withdraw(provider))).toEqual([true, true, true])
})

it('counts towards the budget only what was asked of a provider, and no paid fallback', async () => {
  const budget = createRetryBudget({ clock, minimumPerSecond: 0.1, ratio: 1 })
  const left = (provider: string) => [1, 2, 3].filter(() => budget.withdraw(provider)).length
  await setUp([failing('server-error'), failing('breaker-open'), failing('server-error'), [reply()]], { budget }).ask()
  expect([left('lab'), left('second'), left('third'), left('fourth')]).toEqual([2, 1, 2, 0])
})

it('draws the first target by weight, and keeps every other one as a fallback', () => {
  const weighted = [aTarget('a/a', { weight: 6 }), aTarget('b/b', { weight: 3 }), aTarget('c/c', { weight: 1 })]
  return fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 999 }), async (mille) => {
      const random = () => mille / 1_000
      const { asked } = await setUp([failing('server-error')], { random }).ask({ targets: weighted, order: 'weighted' })
      expect([...asked].sort()).toEqual(['a/a', 'b/b', 'c/c'])
      expect(asked[0]).toBe(mille < 600 ? 'a/a' : mille < 900 ? 'b/b' : 'c/c')
    }),
  )
})

it('keeps a target without weight for the time when all others have failed', async () => {
  const weighted = [aTarget('a/a', { weight: 0 }), aTarget('b/b', { weight: 1 }), aTarget('c/c', { weight: 0 })]
  const { asked } = await setUp([failing('server-error')]).ask({ targets: weighted, order: 'weighted' })
  expect(asked).toEqual(['b/b', 'a/a', 'c/c'])
})

describe('the ways on that an alias names', () => {
  const [small, same, large] = [
    aTarget('lab/small', { contextTokens: 200_000 }),
    aTarget('second/same', { contextTokens: 200_000 }),
    aTarget('third/large', { contextTokens: 1_000_000 }),
  ]
  const unknown = aTarget('fourth/unknown')
  const refused = [reply({ ending: { type: 'refused', by: 'content-filter' }, text: 'No.' })]

  it('leads a prompt that does not fit to larger targets alone, and says so', async () => {
    const { asked, answer, call } = await setUp([failing('context-exceeded'), [reply()]]).ask({
      targets: [small, same],
      onContextExceeded: [same, large],
    })
    expect(answer).toBeDefined()
    expect(asked).toEqual(['lab/small', 'third/large'])
    expect(call.story.moments).toMatchObject([
      { type: 'routed', target: 'lab/small' },
      { type: 'target-left-out', target: 'second/same', because: expect.stringContaining('200,000 tokens') },
      { type: 'fell-back', from: 'lab/small', to: 'third/large', because: 'context-exceeded' },
    ])
  })

  it('asks a target of unknown size, once, and nobody of the same size after it', async () => {
    const { asked, error } = await setUp([failing('context-exceeded')]).ask({
      targets: [small, same],
      onContextExceeded: [unknown, small],
    })
    expect(asked).toEqual(['lab/small', 'fourth/unknown'])
    expect(error).toMatchObject({ code: 'context-exceeded' })
  })

  it('ends with the error where no way on is larger, and where none is named', async () => {
    for (const onContextExceeded of [undefined, [same]]) {
      const { asked, error } = await setUp([failing('context-exceeded')]).ask({
        targets: [small, same],
        onContextExceeded,
      })
      expect(asked).toEqual(['lab/small'])
      expect(error).toMatchObject({ code: 'context-exceeded' })
    }
  })

  it('leads a blocked prompt where its content is allowed, and a prompt that does not fit nowhere', async () => {
    const blocked = await setUp([failing('content-blocked'), [reply()]]).ask({ onContentBlocked: [large] })
    expect(blocked.asked).toEqual(['lab/a', 'third/large'])
    const tooLong = await setUp([failing('context-exceeded'), [reply()]]).ask({ onContentBlocked: [large] })
    expect(tooLong.asked).toEqual(['lab/a'])
  })

  it('draws on the budget beyond the first fallback', async () => {
    const budget = createRetryBudget({ clock, minimumPerSecond: 0.1 })
    budget.withdraw('third')
    const scripts = [failing('server-error'), failing('context-exceeded'), [reply()]]
    const { asked, error } = await setUp(scripts, { budget }).ask({
      targets: [same, small],
      onContextExceeded: [large],
    })
    expect(asked).toEqual(['second/same', 'lab/small'])
    expect(error).toMatchObject({ code: 'context-exceeded' })
  })

  it.each([
    ['a whole answer', { request: { stream: false } }, 2],
    ['a stream that is held back whole', { holdBack: 'whole' as const }, 2],
    ['a stream that is held back for a while', { holdBack: { ms: 100 } }, 1],
    ['a stream', {}, 1],
  ])('asks again for %s that is a refusal: %o asks %i', async (_, changes, times) => {
    const inner = scripted(clock, [...spell('No.'), ...refused], [...spell('Yes.'), reply({ text: 'Yes.' })])
    const handler = route({ random: () => 0.5, budget: createRetryBudget({ clock }) })(inner.handler)
    const alias = anAlias({ targets: [small], onContentBlocked: [large] })
    const { reply: answer, deltas } = await read(handler(aCall(clock, { alias, target: undefined, ...changes })))
    expect(inner.calls).toHaveLength(times)
    expect(answer?.ending.type).toBe(times === 2 ? 'completed' : 'refused')
    expect(deltas).toEqual(spell(times === 2 ? 'Yes.' : 'No.'))
  })

  it.each(['server-error', 'content-blocked', 'request-rejected'] as const)(
    'gives the refusal where who is asked instead fails with %s',
    async (code) => {
      const inner = scripted(clock, refused, failing(code))
      const handler = route({ random: () => 0.5, budget: createRetryBudget({ clock }) })(inner.handler)
      const alias = anAlias({ targets: [small], onContentBlocked: [large] })
      const call = aCall(clock, { alias, target: undefined, request: { stream: false } })
      const { reply: answer } = await read(handler(call))
      expect(inner.calls).toHaveLength(2)
      expect(answer).toMatchObject({ text: 'No.', ending: { type: 'refused' } })
    },
  )
})
