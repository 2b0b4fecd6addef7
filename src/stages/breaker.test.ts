import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { BreakerHint, BreakerHints } from '../core/breaker-hints.ts'
import { defaultBreakerPolicy } from '../core/breaker-policy.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { createBreaker, type Passage } from './breaker.ts'
import { createBreakers } from './breakers.ts'
import { aTarget, failure } from './scripted.suite.ts'

const which = fc.nat(20)
const move = fc.oneof(
  fc.record({ type: fc.constant('enter' as const), which }),
  fc.record({ type: fc.constant('succeed' as const), which }),
  fc.record({ type: fc.constant('fail' as const), which }),
  fc.record({ type: fc.constant('leave' as const), which }),
  fc.record({ type: fc.constant('pass' as const), which: fc.nat(20_000) }),
)
const random = () => 0

it('never lets two probes through within one interval, and never stays shut for good', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: 80 }), async (moves) => {
      const clock = createVirtualClock()
      const breaker = createBreaker({ clock, random, policy: { ...defaultBreakerPolicy, failures: 2 } })
      const under: Passage[] = []
      let probedAt = Number.NEGATIVE_INFINITY
      for (const { type, which } of moves) {
        if (type === 'pass') await clock.advance(which)
        else if (type === 'enter') {
          const entered = breaker.enter(false)
          if (!('isProbe' in entered)) continue
          if (entered.isProbe) {
            expect(clock.now() - probedAt).toBeGreaterThanOrEqual(5_000)
            probedAt = clock.now()
          }
          under.push(entered)
        } else {
          const [passage] = under.splice(which % (under.length || 1), 1)
          if (type === 'succeed') passage?.succeed()
          if (type === 'succeed' && passage?.isProbe) probedAt = Number.NEGATIVE_INFINITY
          if (type === 'fail') passage?.fail(failure('server-error'))
        }
      }
      await clock.advance(5_000)
      expect(breaker.enter(false)).toHaveProperty('isProbe')
    }),
  )
})

it('shortens its interval by up to a tenth, and never lengthens it', async () => {
  const clock = createVirtualClock()
  const breaker = createBreaker({ clock, random: () => 0.999, policy: { ...defaultBreakerPolicy, failures: 1 } })
  const first = breaker.enter(false)
  if ('isProbe' in first) first.fail(failure('server-error'))
  await clock.advance(4_500)
  expect(breaker.enter(false)).not.toHaveProperty('isProbe')
  await clock.advance(10)
  expect(breaker.enter(false)).toMatchObject({ isProbe: true })
})

it('keeps a bounded number of breakers, and those with something to remember the longest', () => {
  const clock = createVirtualClock()
  const breakers = createBreakers({ clock, random, most: 100 })
  const sick = aTarget('lab/sick', { breaker: { ...defaultBreakerPolicy, failures: 1 } })
  const passage = breakers.of(sick).enter(false)
  if ('isProbe' in passage) passage.fail(failure('server-error'))
  for (let index = 0; index < 10_000; index++) breakers.of(aTarget(`lab/invented-${index}`)).enter(false)
  expect(breakers.of(sick).enter(false)).toMatchObject({ because: 'server-error' })
  const healthy = aTarget('lab/healthy')
  const known = breakers.of(healthy)
  for (let index = 0; index < 200; index++) breakers.of(aTarget(`lab/more-${index}`))
  expect(breakers.of(healthy)).not.toBe(known)
})

it('makes room even where every one has something to remember', () => {
  const clock = createVirtualClock()
  const breakers = createBreakers({ clock, random, most: 10 })
  for (let index = 0; index < 30; index++) {
    const passage = breakers.of(aTarget(`lab/sick-${index}`)).enter(false)
    if ('isProbe' in passage) passage.fail(failure('server-error'))
  }
  const last = breakers.of(aTarget('lab/sick-29'))
  expect(last.isAtRest).toBe(false)
  expect(breakers.of(aTarget('lab/sick-0')).isAtRest).toBe(true)
})

it('forgets what it knew of a provider that is configured anew, and of no other', () => {
  const clock = createVirtualClock()
  const breakers = createBreakers({ clock, random })
  const [changed, unchanged] = [breakers.of(aTarget('lab/a')), breakers.of(aTarget('second/b'))]
  breakers.forget(new Set(['lab']))
  expect(breakers.of(aTarget('lab/a'))).not.toBe(changed)
  expect(breakers.of(aTarget('second/b'))).toBe(unchanged)
})

it('takes a hint: the next call probes, others go elsewhere until it is answered, and who has no other way is let through', async () => {
  const clock = createVirtualClock()
  const told: string[] = []
  const breaker = createBreaker({ clock, random, onFailing: (because) => told.push(because) })
  breaker.suspect('server-error')
  const probe = breaker.enter(false)
  expect(probe).toMatchObject({ isProbe: true })
  expect(breaker.enter(false)).toEqual({ retryInMs: 5_000, because: 'server-error' })
  expect(breaker.enter(true)).toMatchObject({ isProbe: false })
  if ('isProbe' in probe) probe.fail(failure('server-error'))
  await clock.advance(4_999)
  expect(breaker.enter(false)).toMatchObject({ retryInMs: 1 })
  await clock.advance(1)
  const second = breaker.enter(false)
  if ('isProbe' in second) second.succeed()
  expect(breaker.enter(false)).toMatchObject({ isProbe: false })
  expect(told).toEqual([])
})

it('tells of its own failures once, and heeds no hint meanwhile', () => {
  const told: string[] = []
  const breaker = createBreaker({ clock: createVirtualClock(), random, onFailing: (because) => told.push(because) })
  for (let ask = 0; ask < 8; ask++) {
    const entered = breaker.enter(true)
    if ('isProbe' in entered) entered.fail(failure('overloaded'))
  }
  breaker.suspect('server-error')
  expect(breaker.enter(true)).toMatchObject({ because: 'overloaded' })
  expect(told).toEqual(['overloaded'])
})

it('keeps hints of targets that nobody has asked for yet, for a while and within bounds, and takes no nonsense for one', async () => {
  const clock = createVirtualClock()
  let hear: (hint: BreakerHint) => void = () => undefined
  const hints: BreakerHints = {
    tell: () => undefined,
    onHint: (listener) => {
      hear = listener
    },
    close: async () => undefined,
  }
  const breakers = createBreakers({ clock, random, most: 2, hints })
  const [first, second, third] = ['lab/a', 'lab/b', 'lab/c'].map((name) => aTarget(name))
  if (!first || !second || !third) throw new Error('There are three.')
  const nameOf = ({ name, credential }: typeof first) => `${name} ${credential}`
  hear({ breaker: nameOf(first), because: 'no code of ours' })
  expect(breakers.of(first).enter(false)).toMatchObject({ isProbe: false })
  hear({ breaker: nameOf(first), because: 'server-error' })
  expect(breakers.of(first).enter(false)).toMatchObject({ isProbe: true })
  for (const target of [second, third, aTarget('lab/d')]) hear({ breaker: nameOf(target), because: 'server-error' })
  expect(breakers.of(second).enter(false)).toMatchObject({ isProbe: true })
  expect(breakers.of(aTarget('lab/d')).enter(false)).toMatchObject({ isProbe: false })
  await clock.advance(10_000)
  expect(breakers.of(third).enter(false)).toMatchObject({ isProbe: false })
})

it('tells which targets are not asked, why, and when the next probe is; of keys that callers brought, nothing', () => {
  const clock = createVirtualClock()
  const breakers = createBreakers({ clock, random })
  const target = aTarget('one')
  const guest = { ...aTarget('two'), insteadOf: target }
  expect(breakers.open()).toEqual([])
  for (const each of [target, guest])
    for (let times = 0; times < defaultBreakerPolicy.failures; times++) {
      const entered = breakers.of(each).enter(false)
      if ('isProbe' in entered) entered.fail(failure('server-error'))
    }
  expect(breakers.open()).toEqual([
    { target: target.name, opened: 'failing', because: 'server-error', retryInMs: defaultBreakerPolicy.probeEveryMs },
  ])
})
