import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { countTokens, tokensOf } from './count-tokens.ts'

test('cuts words, digits, spaces and signs as documented', () => {
  expect(tokensOf('The unbelievable price: $12345 — ok?\n\nYes')).toEqual([
    'The',
    ' unbeli',
    'evable',
    ' price',
    ':',
    ' ',
    '$',
    '123',
    '45',
    ' ',
    '—',
    ' ok',
    '?',
    '\n\n',
    'Yes',
  ])
})

test('loses nothing, whatever the text, and counts what it cuts', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const tokens = tokensOf(text)
      expect(tokens.join('')).toBe(text)
      expect(tokens.every((token) => token !== '')).toBe(true)
      expect(countTokens(text)).toBe(tokens.length)
    }),
  )
})
