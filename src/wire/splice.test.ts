import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cutFields, spliceFields } from './splice.ts'

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

it('cuts fields wherever they stand, and keeps the order and every byte of the others', () => {
  const field = fc.tuple(
    fc.constantFrom('model', 'other', 'x"model', 'stream'),
    fc.jsonValue(),
    fc.constantFrom('', ' ', '\n  '),
    fc.constantFrom('', ' '),
  )
  const joined = (fields: readonly string[], space: string) => `{${fields.join(`${space},`)}${space}}`
  fc.assert(
    fc.property(fc.array(field, { maxLength: 6 }), fc.constantFrom('', '\n'), (fields, space) => {
      const written = fields.map(([name, value, before, after]) => ({
        name,
        text: `${before}${JSON.stringify(name)}${after}:${before}${JSON.stringify(value)}`,
        before,
      }))
      const text = joined(
        written.map((one) => one.text),
        space,
      )
      const kept = written.filter(({ name }) => name !== 'model')
      const cut = cutFields(text, ['model'])
      // White space before the first field belongs to the object.
      const texts = kept.map((one, index) =>
        index === 0 ? (written[0]?.before ?? '') + one.text.trimStart() : one.text,
      )
      if (kept.length > 0) expect(cut).toBe(joined(texts, space))
      else expect(JSON.parse(cut)).toEqual({})
    }),
  )
})

it('cuts nothing where there is nothing to cut', () => {
  for (const text of ['{}', ' { } ', '{"models":"model"}']) expect(cutFields(text, ['model'])).toBe(text)
})
