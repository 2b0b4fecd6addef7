import fc from 'fast-check'
import { expect, it } from 'vitest'
import { addCost, type Cost, formatCost, noCost } from './cost.ts'

const known = fc.record({
  nanoUsd: fc.nat(1e9),
  status: fc.constantFrom('priced' as const, 'estimated' as const),
})
const cost: fc.Arbitrary<Cost> = fc.oneof(known, fc.constant<Cost>({ nanoUsd: null, status: 'unpriced' }))

it('adds up in any order, exactly, and nothing is the sum of nothing', () => {
  fc.assert(
    fc.property(cost, cost, cost, (a, b, c) => {
      expect(addCost(a, b)).toEqual(addCost(b, a))
      expect(addCost(addCost(a, b), c)).toEqual(addCost(a, addCost(b, c)))
      expect(addCost(a, noCost)).toEqual(a)
    }),
  )
})

it('knows a sum only where all parts are known, and is no surer than the least sure', () => {
  fc.assert(
    fc.property(cost, cost, (a, b) => {
      const sum = addCost(a, b)
      expect(sum.nanoUsd === null).toBe(a.nanoUsd === null || b.nanoUsd === null)
      expect(sum.status === 'unpriced').toBe(sum.nanoUsd === null)
      if (sum.status === 'priced') expect([a.status, b.status]).toEqual(['priced', 'priced'])
    }),
  )
})

it('keeps the version of the prices', () => {
  expect(addCost(noCost, { nanoUsd: 1, status: 'priced', priceVersion: 'v1' })).toMatchObject({ priceVersion: 'v1' })
})

it.each([
  [{ nanoUsd: null, status: 'unpriced' }, 'unpriced'],
  [{ nanoUsd: 0, status: 'priced' }, '$0.00'],
  [{ nanoUsd: 200, status: 'priced' }, 'under $0.000001'],
  [{ nanoUsd: 1_234_000, status: 'priced' }, '$0.001234'],
  [{ nanoUsd: 12_345_678, status: 'estimated' }, 'about $0.0123'],
  [{ nanoUsd: 12_345_678_901, status: 'priced' }, '$12.35'],
] as const)('prints %j as %s', (cost, printed) => {
  expect(formatCost(cost)).toBe(printed)
})
