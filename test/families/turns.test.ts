import { describe, expect, it } from 'vitest'
import { type ClientDialect, clientDialects } from '../../src/core/dialect.ts'
import { bedrockConverse } from '../../src/wire/bedrock-converse/index.ts'
import { codecs } from '../../src/wire/codecs.ts'
import { asks, type Json, refusedField, translate } from './translate.ts'

const others = clientDialects.filter((dialect) => dialect !== 'anthropic-messages')

/** A conversation in the words of a dialect. */
function conversation(dialect: ClientDialect, turns: readonly (readonly ['user' | 'assistant', string])[]): Json {
  if (dialect === 'gemini') {
    const contents = turns.map(([role, text]) => ({ role: role === 'user' ? 'user' : 'model', parts: [{ text }] }))
    return asks.gemini({ contents })
  }
  const messages = turns.map(([role, content]) => ({ role, content }))
  return asks[dialect]({ [dialect === 'openai-responses' ? 'input' : 'messages']: messages })
}

const listOf: Readonly<Record<ClientDialect, string>> = {
  'openai-chat': 'messages',
  'openai-responses': 'input',
  'anthropic-messages': 'messages',
  gemini: 'contents',
}

describe.each(others)('a conversation of %s', (from) => {
  const greeted = conversation(from, [
    ['assistant', 'Hello, how can I help?'],
    ['user', 'Hi'],
  ])
  const begun = conversation(from, [
    ['user', 'Name a colour.'],
    ['assistant', 'The colour is'],
  ])
  const route = (model: string) => ({ from, to: 'anthropic-messages', model }) as const

  it('that begins with the assistant is refused by name before Anthropic refuses it', () => {
    expect(refusedField(route('claude-opus-4-5'), greeted)).toBe(`${listOf[from]}[0]`)
    for (const to of others) expect(refusedField({ from, to }, greeted)).toBeUndefined()
  })

  it.each(['claude-opus-4-6', 'claude-sonnet-4-6-20260101', 'claude-opus-5', 'claude-haiku-5-1'])(
    'that ends with the assistant is refused by name for %s, which does not go on from it',
    (model) => {
      expect(refusedField(route(model), begun)).toBe(`${listOf[from]}[1]`)
    },
  )

  it.each([
    'claude-opus-4-5-20251101',
    'claude-sonnet-4-20250514',
    'claude-opus-4@20250514',
    'claude-3-5-haiku-latest',
  ])('that ends with the assistant goes to %s, which goes on from it', (model) => {
    const { sent, losses } = translate(route(model), begun)
    expect(sent.messages.at(-1)).toEqual({ role: 'assistant', content: 'The colour is' })
    expect(losses).toEqual([])
  })

  it('is counted however it ends', () => {
    const [count] = codecs['anthropic-messages'].operations
    const request = { ...codecs[from].decodeRequest(begun), operation: 'count-tokens' } as const
    expect(count?.encodeRequest(request, 'claude-opus-5', {}, from).body.messages).toHaveLength(2)
  })

  it('that ends with the assistant is refused for Claude at Bedrock, and goes to other models', () => {
    const request = codecs[from].decodeRequest(begun)
    expect(() => bedrockConverse.encodeRequest(request, 'us.anthropic.claude-opus-4-6-v1', {}, from)).toThrow(
      `${listOf[from]}[1]: `,
    )
    const { body } = bedrockConverse.encodeRequest(request, 'amazon.nova-pro-v1:0', {}, from)
    expect(body.messages).toHaveLength(2)
  })
})

describe('names of tools', () => {
  const named: Readonly<Record<ClientDialect, (name: string) => Json>> = {
    'openai-chat': (name) => asks['openai-chat']({ tools: [{ type: 'function', function: { name } }] }),
    'openai-responses': (name) =>
      asks['openai-responses']({ tools: [{ type: 'function', name, parameters: { type: 'object', properties: {} } }] }),
    'anthropic-messages': (name) =>
      asks['anthropic-messages']({ tools: [{ name, input_schema: { type: 'object', properties: {} } }] }),
    gemini: (name) => asks.gemini({ tools: [{ functionDeclarations: [{ name }] }] }),
  }
  const field = (from: ClientDialect) => (from === 'openai-chat' ? 'tools[0].function.name' : 'tools[0].name')
  const quirks = { maxTokensField: 'max_completion_tokens' } as const
  const takes = (to: ClientDialect, name: string): boolean =>
    to === 'gemini'
      ? /^[a-z_][\w.:-]{0,127}$/i.test(name)
      : new RegExp(`^[\\w-]{1,${to === 'openai-chat' ? 64 : 128}}$`).test(name)
  const pairs = clientDialects.flatMap((from) =>
    clientDialects.filter((to) => to !== from).map((to) => [from, to] as const),
  )

  it.each(pairs)('that %s may say and %s would refuse are refused by name, and no others', (from, to) => {
    for (const name of ['look', 'a.b', 'a:b', 'a b', '1st', '-x', 'ü', '', 'x'.repeat(65), 'x'.repeat(129)]) {
      const refused = refusedField({ from, to, quirks }, named[from](name))
      expect([name, refused]).toEqual([name, takes(to, name) ? undefined : field(from)])
    }
  })

  it('are taken as they are by hosts of Chat Completions other than OpenAI, for they know no such rule', () => {
    const { sent } = translate({ from: 'gemini', to: 'openai-chat' }, named.gemini('github.search'))
    expect(sent.tools[0].function.name).toBe('github.search')
  })

  it('are held to the same rule where a tool of before was called', () => {
    const parts = [{ functionCall: { id: 'a', name: 'a.b', args: {} } }]
    const answer = [{ functionResponse: { id: 'a', name: 'a.b', response: {} } }]
    const contents = [
      { role: 'user', parts: [{ text: 'Hi' }] },
      { role: 'model', parts },
      { role: 'user', parts: answer },
    ]
    expect(refusedField({ from: 'gemini', to: 'anthropic-messages' }, asks.gemini({ contents }))).toBe(
      'contents[1].parts[0].name',
    )
  })
})

it.each(clientDialects)('the format of an answer under its beta name reaches %s', (to) => {
  const output_format = { type: 'json_schema', schema: { type: 'object', properties: {} } }
  const route = { from: 'anthropic-messages', to } as const
  const old = translate(route, asks['anthropic-messages']({ output_format }))
  const current = translate(route, asks['anthropic-messages']({ output_config: { format: output_format } }))
  expect(old).toEqual(current)
  expect(JSON.stringify(old.sent)).toMatch(/json_?schema/i)
})

it('thinking that nobody signed is left out of what Anthropic counts, as of what it answers', () => {
  const [count] = codecs['anthropic-messages'].operations
  const body = JSON.stringify({
    model: 'alias',
    messages: [
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'h', signature: '' },
          { type: 'text', text: 'x' },
        ],
      },
      { role: 'user', content: 'go' },
    ],
  })
  const request = count!.decodeRequest(JSON.parse(body))
  expect(JSON.parse(count!.passRequest(body, 'm', request)).messages[1].content).toEqual([{ type: 'text', text: 'x' }])
})
