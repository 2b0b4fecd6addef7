import fc from 'fast-check'
import { expect, it } from 'vitest'
import { newId } from './identifier.ts'

const epoch = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) })

it('sorts by age', () => {
  fc.assert(
    fc.property(epoch, epoch, (a, b) => {
      const [older, newer] = [newId('call', a, Math.random), newId('call', b, Math.random)]
      if (a !== b) expect(older < newer).toBe(a < b)
    }),
  )
})

it('is a prefix, ten digits of time and twelve of chance', () => {
  fc.assert(
    fc.property(epoch, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (at, chance) => {
      expect(newId('call', at, () => chance)).toMatch(/^call_[0-9a-v]{22}$/)
    }),
  )
})

it('does not repeat itself within a millisecond', () => {
  const ids = new Set(Array.from({ length: 10_000 }, () => newId('call', 0, Math.random)))
  expect(ids.size).toBe(10_000)
})
