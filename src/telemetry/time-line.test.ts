import fc from 'fast-check'
import { expect, it } from 'vitest'
import { barOf } from './time-line.ts'

it('draws waiting, content and failure in proportion', () => {
  expect(barOf({ from: 0, content: 500, to: 1000, isFailure: false }, 1000, 10)).toBe('.....#####')
  expect(barOf({ from: 500, to: 1000, isFailure: true }, 1000, 10)).toBe('     ....x')
  expect(barOf({ from: 200, content: 200, to: 400, isFailure: true }, 1000, 10)).toBe('  #x      ')
})

it('shows even what took no time, and stays within its columns', () => {
  expect(barOf({ from: 1000, to: 1000, isFailure: false }, 1000, 10)).toBe('         .')
  expect(barOf({ from: 0, to: 0, isFailure: true }, 0, 4)).toBe('x   ')
  const ms = fc.double({ min: 0, max: 1e6, noNaN: true })
  fc.assert(
    fc.property(ms, ms, ms, ms, fc.boolean(), (from, content, to, total, isFailure) => {
      const bar = barOf({ from, content, to, isFailure }, total, 30)
      expect(bar).toMatch(/^ *\.*#*x? *$/)
      expect(bar.length).toBe(30)
      expect(bar.trim()).not.toBe('')
    }),
  )
})
