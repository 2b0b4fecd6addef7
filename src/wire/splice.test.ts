import fc from 'fast-check'
import { expect, it } from 'vitest'
import { spliceFields } from './splice.ts'

it('sets the fields and leaves all others as they were', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.boolean(), (object, pretty) => {
      const text = JSON.stringify(object, null, pretty ? 2 : 0)
      const spliced = JSON.parse(spliceFields(text, { model: '"m"', 'a"b': '[1]' }))
      const expected = JSON.parse(text)
      expected.model = 'm'
      expected['a"b'] = [1]
      expect(spliced).toEqual(expected)
    }),
  )
})

it('keeps the order and every byte of what it does not set', () => {
  const text = '{ "tools" : [ {"model": "inner"} ],\n  "model": "alias", "x\\"model": "\\\\", "n": 1.0 }'
  expect(spliceFields(text, { model: '"real"' })).toBe(text.replace('"alias"', '"real"'))
})

it('sets every occurrence of a field that is written twice', () => {
  expect(JSON.parse(spliceFields('{"model":"a","model":"b"}', { model: '"c"' }))).toEqual({ model: 'c' })
})
