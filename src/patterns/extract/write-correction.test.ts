import { expect, it } from 'vitest'
import { textOf } from '../../core/message.ts'
import { writeCorrection } from './write-correction.ts'

const linesOf = (...asked: Parameters<typeof writeCorrection>) =>
  textOf(writeCorrection(...asked).at(-1)?.content ?? [])
    .split('\n')
    .filter((line) => line.startsWith('- '))

it('lists each path with what was expected and found there, on a line', () => {
  const issues = [
    { path: 'items[0].price', message: 'Expected a number.', found: '"12"' },
    { path: '', message: 'Too many\nitems' },
  ]
  expect(linesOf('{}', issues, '')).toEqual(['- items[0].price: Expected a number. Found: "12"', '- Too many items.'])
  expect(
    linesOf(
      '[]',
      [
        { path: '[0].a', message: 'No' },
        { path: 'a', message: 'No' },
      ],
      'value',
    ),
  ).toEqual(['- value[0].a: No.', '- value.a: No.'])
})

it('is bounded, whatever is wrong', () => {
  const issues = Array.from({ length: 10_000 }, () => ({
    path: 'p'.repeat(10_000),
    message: 'm'.repeat(10_000),
    found: 'f'.repeat(10_000),
  }))
  const lines = linesOf('x', issues, '')
  expect(lines).toHaveLength(21)
  expect(lines.at(-1)).toBe('- and 9980 more')
  expect(lines.join('').length).toBeLessThan(20_000)
})

it('says nothing in the model’s name where it said nothing', () => {
  expect(writeCorrection(' \n', [], '').map(({ role }) => role)).toEqual(['user'])
  expect(writeCorrection('x \n', [], '')[0]).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'x' }] })
})
