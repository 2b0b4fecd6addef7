import type { MessageCountTokensParams, MessageTokensCount } from '@anthropic-ai/sdk/resources/messages'
import type { CountTokensResponse } from '@google/genai'
import fc from 'fast-check'
import type { InputTokenCountParams, InputTokenCountResponse } from 'openai/resources/responses/input-tokens'
import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../core/json.ts'
import type { Reply } from '../core/reply.ts'
import type { ModelRequest } from '../core/request.ts'
import { noUsage } from '../core/usage.ts'
import { countTokens as byAnthropic } from './anthropic-messages/count-tokens.ts'
import type { ClientOperation } from './codec.ts'
import { countTokens as byGoogle } from './gemini/count-tokens.ts'
import { loadCodec } from './load-codec.ts'
import { countTokens as byOpenai } from './openai-responses/count-tokens.ts'

const operations = { Anthropic: byAnthropic, OpenAI: byOpenai, Google: byGoogle }
const each = Object.entries(operations)
const context = { target: 'somebody/some-model', quirks: {} }
const answer = { callId: 'call_1', model: 'fast', created: 0, includeUsage: false }

const words = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme-ascii' }).filter((text) => text.trim() !== '')
const request: fc.Arbitrary<ModelRequest> = fc
  .record({
    system: fc.option(words, { nil: undefined }),
    turns: fc.array(words, { minLength: 1, maxLength: 3 }),
    tool: fc.option(fc.stringMatching(/^[a-z]{1,10}$/), { nil: undefined }),
  })
  .map(({ system, turns, tool }) => ({
    operation: 'count-tokens' as const,
    messages: [
      ...(system === undefined
        ? []
        : [{ role: 'system' as const, content: [{ type: 'text' as const, text: system }] }]),
      ...turns.flatMap((text) => [
        { role: 'user' as const, content: [{ type: 'text' as const, text }] },
        { role: 'assistant' as const, content: [{ type: 'text' as const, text: `${text}!` }] },
      ]),
      { role: 'user' as const, content: [{ type: 'text' as const, text: 'And?' }] },
    ],
    ...(tool !== undefined && { tools: [{ name: tool, inputSchema: { type: 'object', properties: {} } }] }),
    stream: false,
  }))

const reply = (countedTokens: number): Reply => ({
  id: '',
  callId: 'call_1',
  model: 'm',
  content: [],
  text: '',
  ending: { type: 'completed', by: 'end' },
  rawStop: 'counted',
  usage: noUsage,
  source: 'provider',
  cost: { nanoUsd: 0, status: 'priced' },
  losses: [],
  countedTokens,
})

describe.each(each)("a count in the words of %s's", (_, operation: ClientOperation) => {
  it('is read as what was written', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const { body, losses } = operation.encodeRequest(asked, 'some-model', {})
        expect(losses).toEqual([])
        const { messages, tools, operation: read, stream } = operation.decodeRequest(body)
        expect({ messages, read, stream }).toEqual({ messages: asked.messages, read: 'count-tokens', stream: false })
        expect(tools?.map(({ name }) => name)).toEqual(asked.tools?.map(({ name }) => name))
      }),
    )
  })

  it('says nothing of limits and sampling, and loses nothing by it', () => {
    fc.assert(
      fc.property(request, fc.nat(), fc.double({ min: 0, max: 3, noNaN: true }), (asked, limit, temperature) => {
        const limited = { ...asked, maxOutputTokens: limit, temperature, topK: 3, seed: 1, stop: [' '], stream: true }
        const plain = operation.encodeRequest(asked, 'some-model', {})
        expect(operation.encodeRequest(limited, 'some-model', { rejectsSampling: true })).toEqual(plain)
      }),
    )
  })

  it('comes back as the number that it is, and as nothing else', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 24), (count) => {
        const { body } = operation.encodeReply(reply(count), answer, { messages: [], stream: false })
        const read = operation.decodeReply(body, context, { messages: [], stream: false })
        expect(read).toMatchObject({ countedTokens: count, usage: noUsage, model: 'some-model', content: [] })
      }),
    )
    for (const wrong of [
      {},
      [],
      null,
      'x',
      { input_tokens: -1 },
      { input_tokens: '7' },
      { totalTokens: 1.5 },
    ] as JsonValue[]) {
      expect(() => operation.decodeReply(wrong, context, { messages: [], stream: false })).toThrow('count of tokens')
    }
  })

  it('is passed on with nothing but its model changed', () => {
    fc.assert(
      fc.property(request, fc.constantFrom(0, 2), (asked, indent) => {
        const said = JSON.stringify(operation.encodeRequest(asked, 'their-name', {}).body, undefined, indent)
        const expected = said.replace(/(?<=")((?:models\/)?)their-name(?=")/, '$1ours')
        expect(operation.passRequest(said, 'ours')).toBe(expected)
      }),
    )
  })
})

it('the answers are those of the SDKs', () => {
  const [anthropic, openai, google] = Object.values(operations).map(
    (one) => one.encodeReply(reply(7), answer, { messages: [], stream: false }).body as unknown,
  )
  expect(anthropic).toEqual({ input_tokens: 7 } satisfies MessageTokensCount)
  expect(openai).toEqual({ object: 'response.input_tokens', input_tokens: 7 } satisfies InputTokenCountResponse)
  expect(google).toEqual({ totalTokens: 7 } satisfies Partial<CountTokensResponse>)
})

it('no field is sent that the SDKs do not have', () => {
  const asked: ModelRequest = {
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi.' }] }],
    tools: [{ name: 'a', inputSchema: { type: 'object' } }],
    toolChoice: { type: 'required' },
    output: { type: 'json', schema: { type: 'object' } },
    reasoning: { effort: 'high' },
    endUser: 'ada',
    stream: false,
    extensions: { 'anthropic-messages': { service_tier: 'auto' }, 'openai-responses': { metadata: { a: 'b' } } },
  }
  const anthropic: readonly (keyof MessageCountTokensParams)[] = [
    'model',
    'messages',
    'tools',
    'tool_choice',
    'output_config',
  ]
  expect(Object.keys(byAnthropic.encodeRequest(asked, 'm', {}).body).sort()).toEqual([...anthropic].sort())
  const openai: readonly (keyof InputTokenCountParams)[] = [
    'model',
    'input',
    'tools',
    'tool_choice',
    'text',
    'reasoning',
  ]
  expect(Object.keys(byOpenai.encodeRequest(asked, 'm', {}).body).sort()).toEqual([...openai].sort())
})

it('Chat Completions alone, of the dialects that clients speak, has no word for a count', async () => {
  for (const dialect of ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const) {
    const { operations } = await loadCodec(dialect)
    expect(operations.some(({ operation }) => operation === 'count-tokens')).toBe(dialect !== 'openai-chat')
  }
})
