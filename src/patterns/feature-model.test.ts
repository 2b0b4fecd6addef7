import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { StandardSchemaV1 } from '../core/standard-schema.ts'
import { feature } from './feature.ts'
import { featureNameIn, modelNameOf, readModelInput } from './feature-model.ts'
import { prompt } from './prompt.ts'

// biome-ignore lint/suspicious/noExplicitAny: a schema of whatever
const read = (input: StandardSchemaV1<unknown, any> | undefined, text: string) =>
  readModelInput(feature({ name: 'triage', model: 'fast', prompt: () => prompt`x`, ...(input && { input }) }), text)

const one = z.object({ ticket: z.string() })
const two = z.object({ ticket: z.string(), language: z.string(), urgent: z.boolean().optional() })

it('a feature is named as a model, and found again by it', () => {
  expect(modelNameOf({ name: 'triage' })).toBe('feature/triage')
  expect(featureNameIn('feature/triage')).toBe('triage')
  expect(featureNameIn('openai/gpt')).toBeUndefined()
})

describe('the input that a text stands for', () => {
  it.each([
    [
      'a JSON object where the schema has it',
      two,
      ' {"ticket":"a","language":"en"}\n',
      { ticket: 'a', language: 'en' },
    ],
    ['a JSON object with the one text', one, '{"ticket":"a"}', { ticket: 'a' }],
    ['the one text', one, 'My parcel is late.', { ticket: 'My parcel is late.' }],
    ['nothing at all, too', one, '', { ticket: '' }],
    ['the one text, where it looks like JSON', one, '{"order": 7}', { ticket: '{"order": 7}' }],
    ['the one text, where it is broken JSON', one, '{"ticket":', { ticket: '{"ticket":' }],
    ['the one text, where it is JSON but no object', one, '[1]', { ticket: '[1]' }],
    [
      'the one text that is needed, whatever else may be there',
      z.object({ question: z.string(), limit: z.number().optional(), language: z.string().default('en') }),
      'Why?',
      { question: 'Why?' },
    ],
    ['the one text, though it is not needed', z.object({ note: z.string().optional() }), 'Hm.', { note: 'Hm.' }],
    ['text, where the schema is text', z.string(), '{"a":1}', '{"a":1}'],
    [
      'text under the name of text, where there is no schema',
      undefined,
      '{"trusted":"x"}',
      { text: '{"trusted":"x"}' },
    ],
    ['a JSON object, for a library that cannot say its schema', v.object({ a: v.string() }), '{"a":"b"}', { a: 'b' }],
    ['the one text of another library', type({ ticket: 'string' }), 'Late.', { ticket: 'Late.' }],
  ])('%s', (_what, schema, text, input) => {
    expect(read(schema, text)).toEqual(input)
  })

  it('says what the schema wants where a text cannot be it', () => {
    expect(() => read(two, 'My parcel is late.')).toThrow(
      expect.objectContaining({
        code: 'invalid-request',
        message: 'messages: "triage" takes a JSON object, and the last message is none.',
        fix: 'Send the input as a JSON object with ticket (string), language (string), urgent? (boolean) in the last message.',
      }),
    )
    expect(() => read(z.object({ count: z.number() }), '7')).toThrow(/takes a JSON object/)
    expect(() => read(v.object({ a: v.string() }), 'plain')).toThrow(/takes a JSON object/)
  })

  it('is read from JSON that is nested deep as text only', () => {
    const deep = `{"ticket":${'['.repeat(10_000)}${']'.repeat(10_000)}}`
    expect(read(one, deep)).toEqual({ ticket: deep })
    expect(() => read(two, deep)).toThrow(/takes a JSON object/)
  })

  it('has no other prototype by its names', () => {
    const input = read(z.object({ a: z.string(), b: z.string() }), '{"__proto__":{"a":"x"},"b":"y"}')
    expect(Object.getPrototypeOf(input)).toBe(Object.prototype)
  })
})
