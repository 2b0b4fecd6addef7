import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addValue, createDistribution, percentilesOf } from './distribution.ts'

const shares = { p50: 0.5, p95: 0.95, p99: 0.99 } as const

function spread(values: readonly number[]) {
  const distribution = createDistribution()
  for (const value of values) addValue(distribution, value)
  return percentilesOf(distribution)
}

/** The nearest rank, from all values. */
function exactly(values: readonly number[], share: number): number {
  return [...values].sort((left, right) => left - right)[Math.ceil(share * values.length) - 1]!
}

const milliseconds = fc.double({ min: 0.001, max: 1e9, noNaN: true })

test('percentiles of few values are exact', () => {
  fc.assert(
    fc.property(fc.array(milliseconds, { minLength: 1, maxLength: 256 }), (values) => {
      const told = spread(values)
      for (const [name, share] of Object.entries(shares))
        expect(told[name as keyof typeof shares]).toBe(exactly(values, share))
    }),
  )
})

test('percentiles of many values are within 1 %', () => {
  fc.assert(
    fc.property(fc.array(milliseconds, { minLength: 257, maxLength: 2_000 }), (values) => {
      const told = spread(values)
      for (const [name, share] of Object.entries(shares)) {
        const truth = exactly(values, share)
        expect(Math.abs(told[name as keyof typeof shares]! - truth) / truth).toBeLessThanOrEqual(0.0101)
      }
    }),
    { numRuns: 30 },
  )
})

test('nothing has no percentiles, and zero is no error', () => {
  expect(spread([])).toEqual({ p50: null, p95: null, p99: null })
  expect(spread([0])).toEqual({ p50: 0, p95: 0, p99: 0 })
  expect(spread(Array.from({ length: 300 }, () => 0)).p99).toBeLessThan(0.002)
})
