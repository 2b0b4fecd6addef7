import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { StandardSchemaV1 } from '../core/standard-schema.ts'
import { tool } from './tool.ts'

const base = { name: 'find', description: 'Finds.', run: () => undefined }
const silent: StandardSchemaV1<unknown, string> = {
  '~standard': { version: 1, vendor: 'silent', validate: (value) => ({ value: String(value) }) },
}

describe('a tool', () => {
  it('is described by the schema of what goes in, plain, and always an object', () => {
    const input = z.object({ id: z.string().describe('Its number.'), count: z.number().default(1) })
    expect(tool({ ...base, input }).inputSchema).toEqual({
      type: 'object',
      properties: { id: { type: 'string', description: 'Its number.' }, count: { type: 'number', default: 1 } },
      required: ['id'],
    })
    const either = z.union([z.object({ a: z.string() }), z.object({ b: z.string() })])
    expect(tool({ ...base, input: either }).inputSchema).toMatchObject({ type: 'object', anyOf: [{}, {}] })
    const given = { type: 'object', properties: {} }
    expect(tool({ ...base, input: silent, inputJsonSchema: given }).inputSchema).toEqual(given)
  })

  it.each<[string, StandardSchemaV1<unknown, unknown>, RegExp]>([
    ['says no JSON Schema', silent, /silent does not say it as JSON Schema/],
    ['JSON cannot carry', z.object({ at: z.date() }), /zod cannot say it: Date/],
    ['is no object', z.string(), /described as "string"/],
  ])('refuses a schema that %s', (_, input, message) => {
    expect(() => tool({ ...base, input })).toThrow(
      expect.objectContaining({ code: 'feature-invalid', message: expect.stringMatching(message) }),
    )
  })

  it.each([{ timeoutMs: 0 }, { timeoutMs: Number.NaN }, { maxResultCharacters: -1 }])('refuses %o', (options) => {
    expect(() => tool({ ...base, ...options, input: z.object({}) })).toThrow(
      expect.objectContaining({ code: 'feature-invalid', message: expect.stringContaining(Object.keys(options)[0]!) }),
    )
  })

  it('reads arguments: as the schema gives them, with the path of each issue, or with what the schema threw', async () => {
    const input = z.object({ items: z.array(z.object({ amount: z.coerce.number() })) })
    const { read } = tool({ ...base, input })
    expect(await read({ items: [{ amount: '3' }] })).toEqual({ type: 'valid', value: { items: [{ amount: 3 }] } })
    expect(await read({ items: [{ amount: 1 }, { amount: 'x' }] })).toEqual({
      type: 'invalid',
      issues: [expect.stringMatching(/^items\[1\]\.amount: /)],
    })
    expect(await read('text')).toMatchObject({ type: 'invalid', issues: [expect.stringMatching(/expected object/)] })
    const cause = new Error('password=hunter2')
    const thrower = z.object({}).transform(() => {
      throw cause
    })
    expect(await tool({ ...base, input: thrower, inputJsonSchema: {} }).read({})).toEqual({ type: 'failed', cause })
  })

  it('names twenty issues at most', async () => {
    const { read } = tool({ ...base, input: z.object({ list: z.array(z.string()) }) })
    const found = await read({ list: Array(100).fill(1) })
    if (found.type !== 'invalid') return expect.unreachable()
    expect(found.issues).toHaveLength(21)
    expect(found.issues.at(-1)).toBe('and 80 more')
  })
})
