import { expect, it } from 'vitest'
import { asInseamError } from '../errors/index.ts'
import { askedByHeader } from './asked-by-header.ts'

const limitOf = (text: string) => askedByHeader({ 'x-inseam-deadline-ms': text }).timeoutMs

it.each([
  ['1', 1],
  ['1500.5', 1_500.5],
  ['.5', 0.5],
  ['2147483648', 2 ** 31],
  ['1e15', 1e15],
])('takes %s for a deadline in milliseconds', (text, ms) => {
  expect(limitOf(text)).toBe(ms)
})

it.each(['0', '0.0', '-0', '-5', '', ' ', 'soon', 'NaN', 'Infinity', '1e999', '0x10', '1_000', '1,5', '5s'])(
  'refuses "%s" for a deadline, and names the header',
  (text) => {
    let thrown: unknown
    try {
      limitOf(text)
    } catch (error) {
      thrown = error
    }
    expect(asInseamError(thrown)).toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining('x-inseam-deadline-ms'),
    })
  },
)
