import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bucketsOf } from './dashboard-buckets.ts'

const minute = 60_000
const hour = 60 * minute
const noon = Date.UTC(2026, 10, 23, 12)

test.each([
  ['five minutes', 5 * minute, 5_000],
  ['an hour', hour, minute],
  ['a day', 24 * hour, 15 * minute],
  ['a week', 168 * hour, 2 * hour],
  ['a year', 365 * 24 * hour, 7 * 24 * hour],
])('%s has buckets that people read without thinking', (_, length, expected) => {
  const { bucketMs, at } = bucketsOf(noon + 1_234 - length, noon + 1_234)
  expect(bucketMs).toBe(expected)
  expect(at[0]! % bucketMs).toBe(0)
})

test('every moment of a span lies in one of at most 120 buckets of whole length', () => {
  const span = fc.tuple(fc.nat(Date.UTC(2030)), fc.integer({ min: 1, max: 10 * 366 * 24 * hour }), fc.nat())
  fc.assert(
    fc.property(span, ([from, length, moment]) => {
      const to = from + length
      const { bucketMs, at } = bucketsOf(from, to)
      expect(at.length).toBeLessThanOrEqual(120)
      expect(at.every((start, index) => start === at[0]! + index * bucketMs && start % bucketMs === 0)).toBe(true)
      const when = from + (moment % length)
      expect(at[Math.floor((when - at[0]!) / bucketMs)]).toBeLessThanOrEqual(when)
    }),
  )
})
