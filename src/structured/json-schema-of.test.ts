import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { StandardSchemaV1 } from '../core/standard-schema.ts'
import { jsonSchemaOf } from './json-schema-of.ts'

const silent: StandardSchemaV1<unknown> = {
  '~standard': { version: 1, vendor: 'silent', validate: (value) => ({ value }) },
}

describe('a schema as JSON Schema', () => {
  it('is what its author wrote by hand, even where its library says something else', () => {
    const byHand = { type: 'object', description: 'Mine.' }
    expect(jsonSchemaOf(z.object({ id: z.string() }), byHand)).toEqual({ type: 'said', schema: byHand })
    expect(jsonSchemaOf(silent, byHand)).toEqual({ type: 'said', schema: byHand })
  })

  it('is what the library says of its input, as JSON alone', () => {
    const said = jsonSchemaOf(z.object({ count: z.coerce.number<string>().default(1) }))
    expect(said).toMatchObject({ type: 'said', schema: { type: 'object', properties: { count: { default: 1 } } } })
    if (said.type === 'unsaid') return expect.unreachable()
    expect(said.schema).toEqual(JSON.parse(JSON.stringify(said.schema)))
    expect(said.schema).not.toHaveProperty('~standard')
  })

  it.each([undefined, { type: 'object' }, { parse: () => 1 }])(
    'needs a Standard Schema, which %j is none of',
    (schema) => {
      expect(jsonSchemaOf(schema as never, { type: 'object' })).toMatchObject({
        why: 'it is no Standard Schema',
        fix: expect.stringContaining('standardschema.dev'),
      })
    },
  )

  it.each([
    ['whose library says nothing', silent, 'silent does not say it as JSON Schema', true],
    ['that JSON has no word for', z.date(), /^zod cannot say it: Date/, true],
    ['that nothing satisfies', z.never(), 'nothing can satisfy it', false],
  ])('%s cannot be said', (_, schema, why, helpsByHand) => {
    const said = jsonSchemaOf(schema)
    expect(said).toMatchObject({ type: 'unsaid', why: expect.stringMatching(why) })
    expect('fix' in said).toBe(!helpsByHand)
  })
})
