import fc from 'fast-check'
import { expect, it } from 'vitest'
import { mcNemar } from './mc-nemar.ts'

it.each([
  [0, 0, 1],
  [1, 0, 1],
  [5, 0, 0.0625],
  [6, 0, 0.03125],
  [3, 3, 1],
])('gives the p of %i broken and %i fixed exactly', (broken, fixed, p) => {
  expect(mcNemar(broken, fixed)).toBe(p)
})

it('gives the p of the published comparison: 20 fixed, 6 broken', () => {
  expect(mcNemar(6, 20)).toBeCloseTo(0.0094, 4)
})

it('agrees with the sum of whole numbers', () => {
  const exactly = (broken: number, fixed: number): number => {
    const count = BigInt(broken + fixed)
    let choose = 1n
    let tail = 0n
    for (let k = 0n; k <= BigInt(Math.min(broken, fixed)); k++) {
      tail += choose
      choose = (choose * (count - k)) / (k + 1n)
    }
    const scale = 10n ** 18n
    return Math.min(1, Number((2n * tail * scale) / 2n ** count) / 1e18)
  }
  const flips = fc.integer({ min: 0, max: 400 })
  fc.assert(
    fc.property(flips, flips, (broken, fixed) => {
      expect(mcNemar(broken, fixed)).toBeCloseTo(exactly(broken, fixed), 10)
    }),
  )
})

it('is a probability, the same both ways, and falls as flips grow uneven, however many there are', () => {
  const flips = fc.integer({ min: 0, max: 100_000 })
  fc.assert(
    fc.property(flips, flips, (broken, fixed) => {
      const p = mcNemar(broken, fixed)
      expect(p).toBeGreaterThanOrEqual(0)
      expect(p).toBeLessThanOrEqual(1)
      expect(mcNemar(fixed, broken)).toBe(p)
      if (broken >= fixed) expect(mcNemar(broken + 1, fixed)).toBeLessThanOrEqual(p + 1e-12)
    }),
    { numRuns: 50 },
  )
})
