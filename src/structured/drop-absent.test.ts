import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../core/json.ts'
import { dropAbsent } from './drop-absent.ts'
import { schemas } from './schemas.suite.ts'

const dropped = (schema: JsonObject, value: JsonValue): JsonValue => {
  dropAbsent(schema, value)
  return value
}

it('drops null only where it can mean nothing but absence', () => {
  const schema = {
    type: 'object',
    required: ['needed'],
    properties: {
      needed: { type: 'string' },
      absent: { type: 'string', minLength: 1 },
      nullable: { type: ['string', 'null'] },
      either: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      any: {},
      listed: { enum: ['a', null] },
      closed: { enum: ['a'] },
      nested: { type: 'object', properties: { inner: { type: 'number' } } },
      list: { type: 'array', items: { $ref: '#/$defs/item' } },
    },
    $defs: { item: { type: 'object', properties: { a: { type: 'string' } } } },
  }
  const value = {
    needed: null,
    absent: null,
    nullable: null,
    either: null,
    any: null,
    listed: null,
    closed: null,
    unknown: null,
  }
  expect(dropped(schema, { ...value, nested: { inner: null }, list: [{ a: null }, null] })).toEqual({
    needed: null,
    nullable: null,
    either: null,
    any: null,
    listed: null,
    unknown: null,
    nested: {},
    list: [{}, null],
  })
})

it('asks the alternative that was chosen, and all of them where the tag does not say', () => {
  const of = (tag: string, b: JsonObject) => ({
    type: 'object',
    properties: { tag: { type: 'string', const: tag }, b },
    required: ['tag'],
  })
  const schema = { anyOf: [of('x', { type: 'string' }), of('y', { type: ['string', 'null'] })] }
  expect(dropped(schema, { tag: 'x', b: null })).toEqual({ tag: 'x' })
  expect(dropped(schema, { tag: 'y', b: null })).toEqual({ tag: 'y', b: null })
  expect(dropped(schema, { b: null })).toEqual({ b: null })
})

it('ends on any schema and any value, and changes nothing but nulls', () => {
  fc.assert(
    fc.property(schemas, fc.jsonValue({ noUnicodeString: false }), (schema, value) => {
      const before = JSON.parse(JSON.stringify(value)) as JsonValue
      expect(withoutNulls(dropped(schema, JSON.parse(JSON.stringify(value))))).toEqual(withoutNulls(before))
    }),
  )
  const tree = { type: 'object', properties: { next: { $ref: '#' } } }
  const deep = JSON.parse(`${'{"next":'.repeat(500)}null${'}'.repeat(500)}`)
  expect(() => dropped(tree, deep)).not.toThrow()
  expect(dropped({ $ref: '#' }, { a: null })).toEqual({ a: null })
})

function withoutNulls(value: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(value, (_, item) => (item === null ? undefined : item)) ?? 'null')
}

it('does not multiply alternatives that lead back to themselves', () => {
  const branch = (name: string) => ({
    type: 'object',
    properties: { [name]: { type: 'string' }, kids: { type: 'array', items: { $ref: '#' } } },
  })
  const tree = {
    anyOf: [branch('a'), branch('b'), branch('c'), { $ref: '#' }, { anyOf: [{ $ref: '#' }, { $ref: '#' }] }],
  }
  const deep = (inner: string) => JSON.parse(`${'{"kids":['.repeat(100)}${inner}${']}'.repeat(100)}`)
  expect(dropped(tree, deep('{"a":null}'))).toEqual(deep('{}'))
})
