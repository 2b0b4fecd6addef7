import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anyOf, searchTerms } from './search-terms.ts'

it('leaves out words that say nothing, unless there are no others', () => {
  expect(searchTerms("What's the refund for the parcel's owner?")).toEqual(['refund', 'parcel', 'owner'])
  expect(searchTerms('Who are you?')).toEqual(['who', 'are', 'you'])
  expect(searchTerms(' ?! ')).toEqual([])
})

it('takes each word once, and 32 at most', () => {
  expect(searchTerms('Refund refund REFUND')).toEqual(['refund'])
  expect(searchTerms(Array.from({ length: 100 }, (_, index) => `word${index}`).join(' '))).toHaveLength(32)
})

it('makes a query of anything that is no error of syntax', () => {
  using database = new DatabaseSync(':memory:')
  database.exec("CREATE VIRTUAL TABLE texts USING fts5(body, tokenize='porter unicode61')")
  database.exec("INSERT INTO texts VALUES ('refund near and or not body')")
  const search = database.prepare('SELECT count(*) AS count FROM texts WHERE texts MATCH ?')
  const hostile = fc.constantFrom(
    '"',
    'NEAR(',
    ' AND ',
    ' OR ',
    'NOT',
    '*',
    '^',
    'body:',
    '{',
    '}',
    '(',
    ')',
    '--',
    '\0',
    "'",
    '\\',
    '+',
  )
  const question = fc
    .array(fc.oneof(hostile, fc.string({ unit: 'binary' }), fc.string(), fc.lorem()))
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(question, (asked) => {
      expect(search.get(anyOf(searchTerms(`refund ${asked}`)))?.count).toBe(1)
    }),
  )
})
