import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createRecentTimes } from './recent-times.ts'

it('knows nothing of what it has seen fewer than twenty times', () => {
  const times = createRecentTimes()
  for (let ms = 1; ms < 20; ms++) times.add('a', ms)
  expect(times.p95('a')).toBeUndefined()
  times.add('a', 20)
  expect(times.p95('a')).toBe(19)
  expect(times.p95('b')).toBeUndefined()
})

it('is the time that 95 of 100 of the last two hundred stayed within', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(10_000), { minLength: 20, maxLength: 500 }), (all) => {
      const times = createRecentTimes()
      for (const ms of all) times.add('a', ms)
      const p95 = times.p95('a') ?? Number.NaN
      const last = all.slice(-200)
      expect(last.filter((ms) => ms <= p95).length).toBeGreaterThanOrEqual(0.95 * last.length)
      expect(last.filter((ms) => ms < p95).length).toBeLessThan(0.95 * last.length)
    }),
  )
})

it('forgets what was asked for longest ago where there are too many kinds', () => {
  const times = createRecentTimes()
  for (let ms = 1; ms <= 20; ms++) times.add('first', ms)
  for (let kind = 0; kind < 1_000; kind++) times.add(`kind ${kind}`, 1)
  expect(times.p95('first')).toBeUndefined()
})
