import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Factors, pairwise } from './pairwise.ts'

const factorsOf = (sizes: readonly number[]): Factors =>
  Object.fromEntries(sizes.map((size, at) => [`f${at}`, Array.from({ length: size }, (_, value) => value)]))

test('every pair of values stands in some row, whatever the factors and the seed', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 5 }), fc.nat(), (sizes, seed) => {
      const rows = pairwise(factorsOf(sizes), seed)
      for (const [left, one] of sizes.entries()) {
        for (const [right, other] of sizes.entries()) {
          if (left >= right) continue
          const pairs = new Set(rows.map((row) => `${row[`f${left}`]} ${row[`f${right}`]}`))
          expect(pairs.size).toBe(one * other)
        }
      }
    }),
  )
})

test('takes few rows: a tenth more than the largest two factors ask for, near enough, where all combinations are 200', () => {
  for (let seed = 0; seed < 50; seed++) {
    const rows = pairwise(factorsOf([5, 2, 5, 4]), seed)
    expect(rows.length).toBeGreaterThanOrEqual(25)
    expect(rows.length).toBeLessThanOrEqual(36)
  }
})

test('gives the same rows for the same seed, and others for another', () => {
  const factors = factorsOf([5, 2, 5, 4])
  expect(pairwise(factors, 7)).toEqual(pairwise(factors, 7))
  expect(pairwise(factors, 8)).not.toEqual(pairwise(factors, 7))
})
