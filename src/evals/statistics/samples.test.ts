import { expect, it } from 'vitest'
import { createSamples } from './samples.ts'

it('gives percentiles by nearest rank, also of numbers that are added later', () => {
  const samples = createSamples()
  expect(samples.percentile(0.5)).toBeUndefined()
  for (let value = 1_000; value > 0; value--) samples.add(value)
  expect([samples.percentile(0.5), samples.percentile(0.95), samples.percentile(1)]).toEqual([500, 950, 1_000])
  samples.add(2_000)
  expect(samples.percentile(1)).toBe(2_000)
})
