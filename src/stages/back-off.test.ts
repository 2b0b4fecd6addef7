import fc from 'fast-check'
import { expect, it } from 'vitest'
import { afterPushback, fullJitter } from './back-off.ts'

const policy = { attempts: 3, baseMs: 500, capMs: 8_000 }
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

it('draws anywhere between nothing and the exponential step, and never beyond the cap', () => {
  fc.assert(
    fc.property(fc.nat(40), chance, (retry, random) => {
      const waitMs = fullJitter(retry, policy, () => random)
      expect(waitMs).toBeGreaterThanOrEqual(0)
      expect(waitMs).toBeLessThan(500 * 2 ** retry)
      expect(waitMs).toBeLessThan(8_000)
    }),
  )
  expect([0, 1, 2, 3, 4, 5].map((retry) => fullJitter(retry, policy, () => 0.5))).toEqual([
    250, 500, 1_000, 2_000, 4_000, 4_000,
  ])
})

it('never shortens what a provider asked for, and adds a tenth at most', () => {
  fc.assert(
    fc.property(fc.nat(600_000), chance, (askedMs, random) => {
      const waitMs = afterPushback(askedMs, () => random)
      expect(waitMs).toBeGreaterThanOrEqual(askedMs)
      expect(waitMs).toBeLessThanOrEqual(askedMs * 1.1)
    }),
  )
})
