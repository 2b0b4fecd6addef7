import { describe, expect, it } from 'vitest'
import type { ClientDialect } from '../../src/core/dialect.ts'
import { pairs } from './streams.ts'
import { asks, type Json, translate } from './translate.ts'

type PerDialect<Value> = Readonly<Record<ClientDialect, Value>>

/** The messages of a request as `role: text`, system prompts first, wherever the dialect puts them. */
const turns: PerDialect<(body: Json) => string[]> = {
  'openai-chat': ({ messages }) => messages.map(turn),
  'openai-responses': ({ instructions, input }) => [
    ...(instructions === undefined ? [] : [`system: ${instructions}`]),
    ...input.map(turn),
  ],
  'anthropic-messages': ({ system, messages }) => [`system: ${textIn(system)}`, ...messages.map(turn)],
  gemini: ({ systemInstruction, contents }) => [
    `system: ${textIn(systemInstruction.parts)}`,
    ...contents.map(({ role, parts }: Json) => `${role === 'model' ? 'assistant' : role}: ${textIn(parts)}`),
  ],
}
const turn = ({ role, content }: Json) => `${role}: ${textIn(content)}`
const textIn = (content: Json): string =>
  typeof content === 'string' ? content : content.map(({ text }: Json) => text).join(' ')

describe('system prompts', () => {
  const two = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'Yes' },
    { role: 'system', content: 'Three.' },
    { role: 'user', content: 'Go' },
  ]
  const asked: PerDialect<Json> = {
    'openai-chat': { messages: [{ role: 'system', content: 'One.' }, { role: 'developer', content: 'Two.' }, ...two] },
    'openai-responses': { instructions: 'One.', input: [{ role: 'developer', content: 'Two.' }, ...two] },
    'anthropic-messages': {
      system: [
        { type: 'text', text: 'One.' },
        { type: 'text', text: 'Two.' },
      ],
      messages: two,
    },
    gemini: {
      systemInstruction: { parts: [{ text: 'One.' }, { text: 'Two.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ text: 'Yes' }] },
        { role: 'user', parts: [{ text: 'Go' }] },
      ],
    },
  }
  const places: PerDialect<string> = {
    'openai-chat': 'messages[4]',
    'openai-responses': 'input[3]',
    'anthropic-messages': 'messages[2]',
    gemini: '',
  }
  const hasRoleAnywhere = (dialect: ClientDialect) => dialect === 'openai-chat' || dialect === 'openai-responses'

  it.each(pairs)('of %s keep their order at %s, and the one amid the conversation its place', (from, to) => {
    const { sent, losses } = translate({ from, to }, asks[from](asked[from]))
    const said = turns[to](sent)
    const amid = from === 'gemini' ? 'user: Go' : hasRoleAnywhere(to) ? 'system: Three.|user: Go' : 'user: Three. Go'
    expect(said.join('|').replace('system: One.|system: Two.', 'system: One. Two.')).toBe(
      `system: One. Two.|user: Hi|assistant: Yes|${amid}`,
    )
    const isMoved = from !== 'gemini' && !hasRoleAnywhere(to)
    expect(losses).toEqual(isMoved ? [`${places[from]};approximated`] : [])
  })
})

describe('a schema for the answer', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }
  const asked: PerDialect<Json> = {
    'openai-chat': { response_format: { type: 'json_schema', json_schema: { name: 'n', strict: true, schema } } },
    'openai-responses': { text: { format: { type: 'json_schema', name: 'n', strict: true, schema } } },
    'anthropic-messages': { output_config: { format: { type: 'json_schema', schema } } },
    gemini: { generationConfig: { responseMimeType: 'application/json', responseJsonSchema: schema } },
  }
  const schemaIn: PerDialect<(body: Json) => Json> = {
    'openai-chat': ({ response_format }) => response_format.json_schema.schema,
    'openai-responses': ({ text }) => text.format.schema,
    'anthropic-messages': ({ output_config }) => output_config.format.schema,
    gemini: ({ generationConfig }) => generationConfig.responseJsonSchema,
  }

  it.each(pairs)('of %s reaches %s as it is, with a name where one is wanted', (from, to) => {
    const { sent, losses } = translate({ from, to }, asks[from](asked[from]))
    expect(schemaIn[to](sent)).toEqual(schema)
    if (to === 'openai-chat') expect(sent.response_format.json_schema.name).toMatch(/^(n|output)$/)
    if (to === 'openai-responses') expect(sent.text.format.name).toMatch(/^(n|output)$/)
    expect(losses).toEqual([])
  })
})

describe('what nobody knows yet', () => {
  const novel = { novelty: { a: 1 } }
  const parts = (text: object) => [
    { ...text, novel: 1 },
    { type: 'hologram', x: 1 },
  ]
  const asked: PerDialect<Json> = {
    'openai-chat': { ...novel, messages: [{ role: 'user', content: parts({ type: 'text', text: 'Hi' }) }] },
    'openai-responses': {
      ...novel,
      input: [
        { role: 'user', content: parts({ type: 'input_text', text: 'Hi' }) },
        { type: 'novel_item', x: 1 },
      ],
    },
    'anthropic-messages': { ...novel, messages: [{ role: 'user', content: parts({ type: 'text', text: 'Hi' }) }] },
    gemini: { ...novel, contents: [{ role: 'user', parts: [{ text: 'Hi', novel: 1 }, { hologram: { x: 1 } }] }] },
  }
  const lost: PerDialect<readonly string[]> = {
    'openai-chat': ['messages[0].content[0].novel', 'messages[0].content[1]', 'novelty'],
    'openai-responses': ['input[0].content[0].novel', 'input[0].content[1]', 'input[1]', 'novelty'],
    'anthropic-messages': ['messages[0].content[0].novel', 'messages[0].content[1]', 'novelty'],
    gemini: ['contents[0].parts[0].novel', 'contents[0].parts[1]', 'novelty'],
  }

  it.each(pairs)('of %s is left out for %s, and named, each field and block of it', (from, to) => {
    const { sent, losses } = translate({ from, to }, asks[from](asked[from]))
    expect(losses).toEqual(lost[from].map((path) => `${path};dropped`))
    expect(sent).toEqual(translate({ from, to }, asks[from]()).sent)
  })
})

describe("tools of the provider's own", () => {
  const asked: PerDialect<readonly [Json, lost: string]> = {
    'openai-chat': [{ web_search_options: {} }, 'web_search_options'],
    'openai-responses': [{ tools: [{ type: 'web_search' }] }, 'tools[web_search]'],
    'anthropic-messages': [{ tools: [{ type: 'web_search_20260318', name: 'web_search' }] }, 'tools[web_search]'],
    gemini: [{ tools: [{ googleSearch: {} }] }, 'tools[googleSearch]'],
  }

  it.each(pairs)('of %s are left out for %s, and named', (from, to) => {
    const [fields, path] = asked[from]
    const { sent, losses } = translate({ from, to }, asks[from](fields))
    expect(sent).toEqual(translate({ from, to }, asks[from]()).sent)
    expect(losses).toEqual([`${path};dropped`])
  })
})
