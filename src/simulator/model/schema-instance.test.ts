import { Ajv2020 } from 'ajv/dist/2020.js'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../json.ts'
import { seededRandom } from '../seeded-random.ts'
import { schemaInstance } from './schema-instance.ts'

const ajv = new Ajv2020({ strict: false, validateFormats: false })
const text = 'Ann Miller ordered 3 lamps on 2026-11-02. Order A-4411 arrived late, please refund $39.50 to ann@acme.io.'

function instance(schema: JsonObject, seed = 1): unknown {
  return schemaInstance(schema, { text }, seededRandom(seed))
}

const schemas: Readonly<Record<string, JsonObject>> = {
  'bounds on numbers': {
    type: 'object',
    properties: {
      a: { type: 'integer', minimum: 7, maximum: 9 },
      b: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 0.5 },
      c: { type: 'integer', multipleOf: 5, minimum: 12 },
      d: { type: 'number', maximum: -3 },
    },
    required: ['a', 'b', 'c', 'd'],
  },
  'bounds on texts and lists': {
    type: 'object',
    properties: {
      short: { type: 'string', maxLength: 4 },
      long: { type: 'string', minLength: 80 },
      exact: { type: 'string', minLength: 5, maxLength: 5 },
      many: { type: 'array', items: { type: 'string' }, minItems: 3, maxItems: 4, uniqueItems: true },
      none: { type: 'array', items: { type: 'string' }, maxItems: 0 },
      pair: { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'boolean' }], minItems: 2, maxItems: 2 },
    },
    required: ['short', 'long', 'exact', 'many', 'none', 'pair'],
  },
  patterns: {
    type: 'object',
    properties: {
      sku: { type: 'string', pattern: '^[A-Z]{3}-\\d{4}$' },
      order: { type: 'string', pattern: '^[A-Z]-\\d+$' },
      either: { type: 'string', pattern: '^(?:foo|bar)[0-9a-f]+x?$' },
    },
    required: ['sku', 'order', 'either'],
  },
  'references, recursion and unions': {
    type: 'object',
    properties: {
      root: { $ref: '#/$defs/node' },
      shape: { anyOf: [{ $ref: '#/$defs/circle' }, { $ref: '#/$defs/square' }] },
    },
    required: ['root', 'shape'],
    $defs: {
      node: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          left: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] },
          children: { type: 'array', items: { $ref: '#/$defs/node' } },
        },
        required: ['name', 'left', 'children'],
        additionalProperties: false,
      },
      circle: {
        type: 'object',
        properties: { kind: { const: 'circle' }, radius: { type: 'number', minimum: 1 } },
        required: ['kind', 'radius'],
      },
      square: {
        type: 'object',
        properties: { kind: { const: 'square' }, side: { type: 'number', minimum: 1 } },
        required: ['kind', 'side'],
      },
    },
  },
  'parts that add up': {
    allOf: [
      { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
      { type: 'object', properties: { b: { enum: ['x', 'y', null] } }, required: ['b'] },
    ],
  },
  'open objects': {
    type: 'object',
    minProperties: 2,
    required: ['anything'],
    additionalProperties: { type: 'integer', minimum: 1 },
  },
  'a list at the root': { type: 'array', items: { type: ['string', 'null'] }, minItems: 2 },
}

for (const [name, schema] of Object.entries(schemas)) {
  test(`satisfies a schema with ${name}, whatever the seed`, () => {
    const validate = ajv.compile(schema)
    for (let seed = 0; seed < 50; seed++) {
      const value = instance(schema, seed)
      expect(validate(value), JSON.stringify([value, validate.errors])).toBe(true)
    }
  })
}

const leaf: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({ type: fc.constant('string') }),
  fc.record({ type: fc.constant('string'), minLength: fc.nat(10), maxLength: fc.integer({ min: 10, max: 40 }) }),
  fc.record({
    type: fc.constant('integer'),
    minimum: fc.integer({ min: -50, max: 0 }),
    maximum: fc.integer({ min: 0, max: 50 }),
  }),
  fc.record({ type: fc.constantFrom('number', 'boolean', 'null') }),
  fc.record({ enum: fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }) }),
  fc.record({ type: fc.constant(['string', 'null']) }),
)

/** `__proto__` has a test of its own: Ajv leaves a property of that name out of its checks, and calls it an additional one. */
const propertyName = fc.string({ minLength: 1, maxLength: 12 }).filter((name) => name !== '__proto__')

const anySchema = fc.letrec<{ schema: JsonObject }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc
      .uniqueArray(fc.tuple(propertyName, tie('schema')), {
        maxLength: 4,
        selector: ([key]) => key,
      })
      .chain((entries) =>
        fc.subarray(entries.map(([key]) => key)).map(
          (required): JsonObject => ({
            type: 'object',
            properties: JSON.parse(JSON.stringify(Object.fromEntries(entries))),
            required,
            additionalProperties: false,
          }),
        ),
      ),
    fc.record({
      type: fc.constant('array'),
      items: tie('schema'),
      minItems: fc.nat(2),
      maxItems: fc.integer({ min: 2, max: 3 }),
    }),
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
  ),
})).schema

test('satisfies any schema that is built of these parts, and always in the same way', () => {
  fc.assert(
    fc.property(anySchema, fc.nat(), fc.string(), (schema, seed, message) => {
      const validate = ajv.compile(schema)
      const value = schemaInstance(schema, { text: message }, seededRandom(seed))
      expect(validate(value), JSON.stringify([schema, value, validate.errors])).toBe(true)
      expect(schemaInstance(schema, { text: message }, seededRandom(seed))).toEqual(value)
    }),
    { numRuns: 300 },
  )
})

test('draws a property called __proto__ as any other', () => {
  const schema = JSON.parse('{"type":"object","properties":{"__proto__":{"const":1}},"required":["__proto__"]}')
  const value = instance(schema) as object
  expect(Object.entries(value)).toEqual([['__proto__', 1]])
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
})

test('takes from the text what the names ask for', () => {
  const schema = {
    type: 'object',
    properties: {
      customer_name: { type: 'string' },
      email: { type: 'string', format: 'email' },
      order_id: { type: 'string' },
      date: { type: 'string', format: 'date' },
      amount: { type: 'number' },
      lamps: { type: 'integer' },
      phone: { type: ['string', 'null'] },
    },
  }
  expect(instance(schema)).toEqual({
    customer_name: 'Ann Miller',
    email: 'ann@acme.io',
    order_id: 'A-4411',
    date: '2026-11-02',
    amount: 39.5,
    lamps: 3,
    phone: null,
  })
})
