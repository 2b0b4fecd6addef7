import fc from 'fast-check'
import type { JsonObject } from '../core/json.ts'

const name = fc.oneof(
  fc.constantFrom('id', 'total', 'tags', 'kind', '__proto__', 'a.b'),
  fc.string({ minLength: 1, maxLength: 6 }),
)
const text = fc.record(
  {
    type: fc.constant('string'),
    description: fc.string(),
    minLength: fc.nat(9),
    maxLength: fc.integer({ min: 10, max: 20 }),
    pattern: fc.constantFrom('^[a-z]+$', '^(?!x).*$'),
    format: fc.constantFrom('email', 'uri', 'date-time', 'credit-card'),
    default: fc.string(),
  },
  { requiredKeys: ['type'] },
)
const number = fc.record(
  {
    type: fc.constantFrom('number', 'integer'),
    minimum: fc.integer(),
    exclusiveMaximum: fc.integer(),
    multipleOf: fc.integer({ min: 1, max: 9 }),
  },
  { requiredKeys: ['type'] },
)
const literal = fc.oneof(
  fc.record({ enum: fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { minLength: 1, maxLength: 4 }) }),
  fc.record({ type: fc.constant('string'), const: fc.string() }),
)
const odd = fc.constantFrom<JsonObject>(
  {},
  { not: {} },
  { type: ['string', 'null'] },
  { type: ['object', 'string'], properties: { a: { type: 'string' } } },
  { $ref: '#' },
  { $ref: '#/$defs/shared', description: 'one of those' },
  { $ref: '#/nowhere' },
  { type: 'object', additionalProperties: { type: 'number' } },
  { type: 'object', patternProperties: { '^x': {} } },
  { type: 'array' },
)

/** Schemas as libraries and people write them: what strict modes take, what they take in part, and what none takes. */
export const schemas: fc.Arbitrary<JsonObject> = fc
  .letrec<{ schema: JsonObject; object: JsonObject }>((tie) => {
    const some = fc.array(tie('schema'), { minLength: 1, maxLength: 3 })
    const object = fc
      .record(
        {
          properties: fc.dictionary(name, tie('schema'), { maxKeys: 4 }),
          isStrict: fc.boolean(),
          minProperties: fc.nat(2),
          needed: fc.nat(),
        },
        { requiredKeys: ['properties', 'isStrict', 'needed'] },
      )
      .map(
        ({ properties, isStrict, needed, ...rest }): JsonObject => ({
          type: 'object',
          properties,
          required: Object.keys(properties).filter((_, index) => (needed >> index) % 2 === 0),
          ...(isStrict && { additionalProperties: false }),
          ...rest,
        }),
      )
    const array = fc.record(
      {
        type: fc.constant('array'),
        items: tie('schema'),
        minItems: fc.nat(3),
        maxItems: fc.integer({ min: 3, max: 9 }),
        uniqueItems: fc.constant(true),
      },
      { requiredKeys: ['type', 'items'] },
    )
    const tuple = fc.record({ type: fc.constant('array'), prefixItems: some, items: fc.constant(false) })
    const union = fc.oneof(fc.record({ anyOf: some }), fc.record({ oneOf: some }), fc.record({ allOf: some }))
    return {
      object: object as fc.Arbitrary<JsonObject>,
      schema: fc.oneof(
        { maxDepth: 4 },
        { weight: 4, arbitrary: text as fc.Arbitrary<JsonObject> },
        { weight: 2, arbitrary: number as fc.Arbitrary<JsonObject> },
        { weight: 2, arbitrary: literal as fc.Arbitrary<JsonObject> },
        { weight: 4, arbitrary: object as fc.Arbitrary<JsonObject> },
        { weight: 2, arbitrary: array as fc.Arbitrary<JsonObject> },
        { weight: 1, arbitrary: tuple as fc.Arbitrary<JsonObject> },
        { weight: 1, arbitrary: union as fc.Arbitrary<JsonObject> },
        { weight: 1, arbitrary: odd },
      ),
    }
  })
  .object.map((schema) => ({ ...schema, $defs: { shared: { type: 'string', minLength: 3 } } }))
