import fc from 'fast-check'
import { expect, it } from 'vitest'
import { wilson } from './wilson.ts'

it.each([
  [45, 50, '0.786', '0.957'],
  [90, 100, '0.826', '0.945'],
  [180, 200, '0.851', '0.934'],
  [900, 1000, '0.880', '0.917'],
])('gives the published interval of %i of %i', (passed, count, low, high) => {
  expect(wilson(passed, count).map((end) => end.toFixed(3))).toEqual([low, high])
})

it('knows nothing of nothing', () => {
  expect(wilson(0, 0)).toEqual([0, 1])
})

it('holds the share, stays within 0 and 1, mirrors itself and narrows as cases are added', () => {
  const counts = fc
    .integer({ min: 1, max: 1_000_000 })
    .chain((count) => fc.tuple(fc.integer({ min: 0, max: count }), fc.constant(count)))
  fc.assert(
    fc.property(counts, ([passed, count]) => {
      const [low, high] = wilson(passed, count)
      const share = passed / count
      expect(low).toBeGreaterThanOrEqual(0)
      expect(low).toBeLessThanOrEqual(share)
      expect(high).toBeGreaterThanOrEqual(share)
      expect(high).toBeLessThanOrEqual(1)
      const [mirroredLow, mirroredHigh] = wilson(count - passed, count)
      expect(1 - mirroredHigh).toBeCloseTo(low, 12)
      expect(1 - mirroredLow).toBeCloseTo(high, 12)
      const [lower, higher] = wilson(passed * 2, count * 2)
      expect(higher - lower).toBeLessThan(high - low)
    }),
  )
})
