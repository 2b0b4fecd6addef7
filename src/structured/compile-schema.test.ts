import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dialects } from '../core/dialect.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { compileSchema } from './compile-schema.ts'
import { commonKeywords, schemaSubsets } from './schema-subset.ts'
import { schemas } from './schemas.suite.ts'

const compiled = (schema: JsonObject, dialect: (typeof dialects)[number] = 'openai-chat') => {
  const result = compileSchema(schema, dialect)
  if (result.type === 'unportable') throw new Error(result.because)
  return result
}
const because = (schema: JsonObject, dialect: (typeof dialects)[number] = 'openai-chat') => {
  const result = compileSchema(schema, dialect)
  return result.type === 'unportable' ? result.because : undefined
}
const object = (properties: JsonObject, required = Object.keys(properties)): JsonObject => ({
  type: 'object',
  properties,
  required,
})

/** Every schema within a compiled one. */
function* within(schema: JsonObject): Generator<JsonObject> {
  yield schema
  const nested = [schema.items, ...((schema.anyOf as JsonValue[] | undefined) ?? [])]
  for (const group of [schema.properties, schema.$defs])
    if (isJsonObject(group)) nested.push(...(Object.values(group) as JsonValue[]))
  for (const child of nested) if (isJsonObject(child)) yield* within(child)
}

describe.each(dialects)('the strict subset of %s', (dialect) => {
  const subset = schemaSubsets[dialect]
  const allowed = new Set([...commonKeywords, ...Object.values(subset.constraints).flat()])

  it('is never left, and everything that is left out is named', () => {
    let portable = 0
    fc.assert(
      fc.property(schemas, (schema) => {
        const result = compileSchema(schema, dialect)
        if (result.type === 'unportable') {
          expect(result.because).not.toBe('')
          return
        }
        portable++
        for (const part of within(result.schema)) {
          expect(Object.keys(part).filter((keyword) => !allowed.has(keyword))).toEqual([])
          if (part.type === 'object') {
            expect(part.additionalProperties).toBe(false)
            const names = Object.keys(part.properties as JsonObject)
            if (subset.isEveryPropertyRequired) expect(part.required).toEqual(names)
            else for (const required of part.required as string[]) expect(names).toContain(required)
          }
          if (part.type === 'array') expect(isJsonObject(part.items)).toBe(true)
          if (part.format !== undefined) expect(subset.formats).toContain(part.format)
        }
        for (const [keyword, count] of countKeywords(schema)) {
          if (allowed.has(keyword) && keyword !== 'format' && keyword !== 'pattern' && keyword !== 'minItems') continue
          const kept = countKeywords(result.schema).get(keyword) ?? 0
          const lost = result.losses.filter(({ path }) => path === keyword || path.endsWith(`.${keyword}`)).length
          // A list of types or of equal items says the same thing in several places.
          expect(kept + lost, keyword).toBeGreaterThanOrEqual(Math.min(count, 1))
        }
      }),
      { numRuns: 1_500 },
    )
    expect(portable).toBeGreaterThan(200)
  })
})

const constraints = [
  'minLength',
  'format',
  'pattern',
  'minimum',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
  'prefixItems',
  'minProperties',
]

function countKeywords(schema: JsonValue, counts = new Map<string, number>(), isSchema = true): Map<string, number> {
  if (Array.isArray(schema)) for (const item of schema) countKeywords(item, counts)
  if (!isJsonObject(schema)) return counts
  for (const [key, value] of Object.entries(schema)) {
    if (isSchema && constraints.includes(key) && value !== 0) counts.set(key, (counts.get(key) ?? 0) + 1)
    if (isSchema && (key === 'enum' || key === 'const' || key === 'default')) continue
    const holdsNames = isSchema && (key === 'properties' || key === '$defs')
    if (value !== undefined) countKeywords(value, counts, !holdsNames)
  }
  return counts
}

describe('compileSchema', () => {
  const optional = object({ a: { type: 'string' }, b: { type: 'integer' } }, ['a'])

  it('makes what is optional nullable where every property must be there', () => {
    expect(compiled(optional)).toMatchObject({
      schema: {
        type: 'object',
        properties: { a: { type: 'string' }, b: { anyOf: [{ type: 'integer' }, { type: 'null' }] } },
        required: ['a', 'b'],
        additionalProperties: false,
      },
      hasNullsForAbsent: true,
      losses: [],
    })
    expect(compiled(optional, 'anthropic-messages')).toMatchObject({
      schema: { properties: { b: { type: 'integer' } }, required: ['a'], additionalProperties: false },
      hasNullsForAbsent: false,
    })
  })

  it('tells the model what the provider will not enforce, and names it', () => {
    const { schema, losses } = compiled(
      object({ age: { type: 'number', description: 'Years.', minimum: 0 } }),
      'anthropic-messages',
    )
    expect(schema.properties).toEqual({ age: { type: 'number', description: 'Years.\n(minimum: 0)' } })
    expect(losses).toEqual([{ path: 'properties.age.minimum', effect: 'dropped', detail: expect.any(String) }])
  })

  it('says nothing of bounds that are those of every integer', () => {
    const age = { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }
    expect(compiled(object({ age }), 'anthropic-messages')).toMatchObject({
      schema: { properties: { age: { type: 'integer' } } },
      losses: [],
    })
  })

  it('makes any of what was one of, one of the parts that all were, and items of a tuple', () => {
    const tagged = (tag: string) => object({ tag: { type: 'string', const: tag } })
    const pair = { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false }
    const both = { allOf: [object({ a: { type: 'string' } }), object({ b: { type: 'string' } })] }
    const { schema, losses } = compiled(object({ either: { oneOf: [tagged('x'), tagged('y')] }, pair, both }))
    expect(schema.properties).toMatchObject({
      either: { anyOf: [{ properties: { tag: { const: 'x' } } }, { properties: { tag: { const: 'y' } } }] },
      pair: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'number' }] } },
      both: { type: 'object', required: ['a', 'b'], additionalProperties: false },
    })
    expect(losses.map(({ effect, path }) => `${effect} ${path}`)).toEqual([
      'approximated properties.either.oneOf',
      'approximated properties.pair.prefixItems',
    ])
  })

  it.each<[JsonObject, string]>([
    [{ type: 'array', items: { type: 'string' } }, 'its root is not an object'],
    [
      object({ map: { type: 'object', additionalProperties: { type: 'number' } } }),
      'the keys of "properties.map" are not listed',
    ],
    [object({ any: {} }), '"properties.any" may be anything'],
    [object({ none: false as unknown as JsonObject }), '"properties.none" may be nothing'],
    [object({ list: { type: 'array' } }), '"properties.list.items" may be anything'],
    [
      { type: 'object', properties: { a: { type: 'string' } }, required: ['b'] },
      '"b" is required, and may be anything',
    ],
    [object({ a: { enum: [{ b: 1 }] } }), '"properties.a" lists something other than texts, numbers and truth values'],
    [object({ a: { $ref: 'https://host.example/a.json' } }), '"https://host.example/a.json" cannot be referred to'],
    [
      object({ a: { enum: Array.from({ length: 1_001 }, (_, index) => index) } }),
      'it has 1001 enumerated values; 1000 are allowed',
    ],
    [
      object({ a: { type: 'string', description: 'x'.repeat(120_000) } }),
      'it has 120117 characters; 120000 are allowed',
    ],
  ])('does not make %.60j strict', (schema, reason) => {
    expect(because(schema)).toBe(reason)
  })

  it('keeps to the limits of each provider', () => {
    const many = object(
      Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`p${index}`, { type: 'string' }])),
      [],
    )
    expect(because(many)).toBeUndefined()
    expect(because(many, 'anthropic-messages')).toBe('it has 25 optional properties; 24 are allowed')
    const deep = Array.from({ length: 11 }).reduce<JsonObject>((inner) => object({ inner }), { type: 'string' })
    expect(because(deep)).toBe('it is nested deeper than 10 levels')
    const unions = Array.from({ length: 5_000 }).reduce<JsonObject>((inner) => ({ anyOf: [inner] }), { type: 'string' })
    expect(because(object({ unions }))).toBe('it is nested too deeply')
  })

  it('refers to itself only where that is allowed', () => {
    const tree = object({ children: { type: 'array', items: { $ref: '#' } } })
    expect(compiled(tree).schema).toMatchObject({ properties: { children: { items: { $ref: '#' } } } })
    expect(because(tree, 'anthropic-messages')).toBe('it refers to itself')
    const ring = {
      ...object({ a: { $ref: '#/$defs/a' } }),
      $defs: { a: object({ b: { $ref: '#/$defs/b' } }), b: object({ a: { $ref: '#/$defs/a' } }) },
    }
    expect(because(ring, 'anthropic-messages')).toBe('it refers to itself')
    const shared = {
      ...object({ a: { $ref: '#/definitions/a' }, b: { $ref: '#/definitions/a' } }),
      definitions: { a: { type: 'string' } },
    }
    expect(compiled(shared, 'anthropic-messages').schema).toMatchObject({
      properties: { a: { $ref: '#/$defs/a' } },
      $defs: { a: { type: 'string' } },
    })
  })

  it('gives up on parts that double with every level before they fill the memory', () => {
    const levels = 30
    const below = (level: number) => ({ allOf: [{ $ref: `#/$defs/x${level + 1}` }] })
    const $defs = Object.fromEntries(
      Array.from({ length: levels }, (_, level) => [`x${level}`, object({ a: below(level), b: below(level) })]),
    )
    const schema = {
      ...object({ a: below(-1) }),
      $defs: { ...$defs, [`x${levels}`]: object({ a: { type: 'string' } }) },
    }
    expect(because(schema, 'anthropic-messages')).toBe('it is too large once its shared parts are written out')
  })

  it('compiles a schema once for a dialect', () => {
    expect(compileSchema(optional, 'openai-chat')).toBe(compileSchema(optional, 'openai-chat'))
    expect(compileSchema(optional, 'openai-chat')).not.toBe(compileSchema(optional, 'anthropic-messages'))
  })
})
