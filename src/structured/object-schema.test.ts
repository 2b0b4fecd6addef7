import { expect, it } from 'vitest'
import { objectSchema } from './object-schema.ts'

it('leaves an object as it is, without what names its dialect', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } } }
  expect(objectSchema({ $schema: 'x', ...schema })).toEqual({ schema, isWrapped: false })
})

it('follows a reference at the root', () => {
  const node = { type: 'object', properties: { next: { $ref: '#/$defs/node' } } }
  expect(objectSchema({ $ref: '#/$defs/node', $defs: { node } })).toEqual({
    schema: { ...node, $defs: { node } },
    isWrapped: false,
  })
})

it.each([
  { type: 'array', items: { type: 'string' } },
  { type: 'string' },
  { anyOf: [{ type: 'object' }] },
  { type: 'object', oneOf: [{ properties: {} }] },
  {},
])('puts %j under one key', (value) => {
  expect(objectSchema(value)).toEqual({
    schema: { type: 'object', properties: { value }, required: ['value'], additionalProperties: false },
    isWrapped: true,
  })
})

it('keeps references pointing to what they pointed to', () => {
  const { schema } = objectSchema({
    type: 'array',
    items: { anyOf: [{ $ref: '#' }, { $ref: '#/$defs/a' }, { $ref: '#/items/anyOf/1' }, { const: { $ref: '#' } }] },
    $defs: { a: { type: 'object', properties: { list: { $ref: '#' } } } },
  })
  expect(schema).toMatchObject({
    properties: {
      value: {
        items: {
          anyOf: [
            { $ref: '#/properties/value' },
            { $ref: '#/$defs/a' },
            { $ref: '#/properties/value/items/anyOf/1' },
            { const: { $ref: '#' } },
          ],
        },
      },
    },
    $defs: { a: { properties: { list: { $ref: '#/properties/value' } } } },
  })
})
