import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import type { ModelRequest } from '../../core/request.ts'
import { InvalidRequest } from '../../errors/index.ts'
import { gemini as codec } from './index.ts'

const contents = [{ role: 'user', parts: [{ text: 'Hello.' }] }]
const decode = (fields: object) => codec.decodeRequest({ contents, ...fields } as JsonValue)
const hello = { role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello.' }] }
const encode = (request: Partial<ModelRequest>, model = 'gemini-3.8-flash') =>
  codec.encodeRequest({ messages: [hello], stream: false, ...request }, model, {})

describe('decodeRequest', () => {
  it('takes the names that protobuf gives its fields, and leaves those of the caller as they are', () => {
    const request = decode({
      system_instruction: { parts: [{ text: 'Be brief.' }] },
      generation_config: { max_output_tokens: 5, stop_sequences: ['x'], thinking_config: { thinking_budget: 0 } },
      tools: [{ function_declarations: [{ name: 'a_b', parameters: { properties: { c_d: { type: 'STRING' } } } }] }],
      tool_config: { function_calling_config: { mode: 'ANY', allowed_function_names: ['a_b'] } },
    })
    expect(request).toMatchObject({
      messages: [{ role: 'system', content: [{ text: 'Be brief.' }] }, hello],
      maxOutputTokens: 5,
      stop: ['x'],
      reasoning: { mode: 'off' },
      tools: [{ name: 'a_b', inputSchema: { type: 'object', properties: { c_d: { type: 'string' } } } }],
      toolChoice: { type: 'tool', name: 'a_b' },
    })
    expect(request.extensions).toBeUndefined()
  })

  it('reads schemas in their spelling of OpenAPI as JSON Schema', () => {
    const responseSchema = {
      type: 'OBJECT',
      nullable: true,
      properties: {
        type: { type: 'STRING', enum: ['a'], nullable: true },
        list: { type: 'ARRAY', items: { anyOf: [{ type: 'INTEGER' }, { type: 'STRING' }] }, maxItems: '3' },
      },
      propertyOrdering: ['type', 'list'],
    }
    const { output } = decode({ generationConfig: { responseMimeType: 'application/json', responseSchema } })
    expect(output?.schema).toEqual({
      type: ['object', 'null'],
      properties: {
        type: { type: ['string', 'null'], enum: ['a', null] },
        list: { type: 'array', items: { anyOf: [{ type: 'integer' }, { type: 'string' }] }, maxItems: 3 },
      },
    })
  })

  it('makes ids for calls that have none, and matches their responses by order and name', () => {
    const call = (name: string, id?: string) => ({ functionCall: { name, ...(id && { id }) } })
    const answer = (name: string, output: string, id?: string) => ({
      functionResponse: { name, response: { output }, ...(id && { id }) },
    })
    const { messages } = decode({
      contents: [
        ...contents,
        { role: 'model', parts: [call('a'), call('b'), call('a'), call('c', 'own')] },
        { role: 'user', parts: [answer('c', '4', 'own'), answer('a', '1'), answer('a', '3'), answer('b', '2')] },
      ],
    })
    const results = messages[2]?.content.filter((block) => block.type === 'tool-result') ?? []
    expect(results.map(({ callId, content }) => [callId, (content[0] as { text: string }).text])).toEqual([
      ['own', '4'],
      ['call_gemini_0', '1'],
      ['call_gemini_2', '3'],
      ['call_gemini_1', '2'],
    ])
  })

  it.each([
    ['contents', { contents: [] }],
    ['contents[0].role', { contents: [{ role: 'assistant', parts: [] }] }],
    ['contents[0].parts[0].text', { contents: [{ parts: [{ text: 7 }] }] }],
    ['contents[0].parts[0]', { contents: [{ parts: [{ functionCall: { name: 'a' } }] }] }],
    [
      'contents[0].parts[0].functionResponse',
      { contents: [{ parts: [{ functionResponse: { name: 'a', response: {} } }] }] },
    ],
    ['generationConfig.temperature', { generationConfig: { temperature: 'hot' } }],
    ['generationConfig.maxOutputTokens', { generationConfig: { maxOutputTokens: -1 } }],
    ['tools[0].functionDeclarations[0].name', { tools: [{ functionDeclarations: [{}] }] }],
  ])('refuses what is wrong at %s', (path, fields) => {
    const thrown = (() => {
      try {
        return decode(fields)
      } catch (error) {
        return error
      }
    })()
    expect(thrown).toBeInstanceOf(InvalidRequest)
    expect((thrown as InvalidRequest).path).toBe(path)
  })
})

describe('a turn of the model in several contents', () => {
  it('is one turn, whose calls are answered together', () => {
    const call = (id: string) => ({ role: 'model', parts: [{ functionCall: { id, name: 'look', args: {} } }] })
    const answer = (id: string) => ({ functionResponse: { id, name: 'look', response: { output: id } } })
    const contents = [{ parts: [{ text: 'Look.' }] }, call('a'), call('b'), { parts: [answer('a'), answer('b')] }]
    const { messages } = codec.decodeRequest({ contents })
    expect(messages.at(-1)?.content).toMatchObject([{ callId: 'a' }, { callId: 'b' }])
    const again = [...contents, call('c'), { parts: [answer('a')] }]
    expect(() => codec.decodeRequest({ contents: again })).toThrow('no unanswered function call')
  })
})

describe('encodeRequest', () => {
  it('names what the dialect cannot say', () => {
    const tool = { name: 'f', inputSchema: {}, strict: true }
    const { losses } = encode({
      tools: [tool],
      providerTools: [{ dialect: 'anthropic-messages', value: { type: 'web_search_20260318', name: 'web_search' } }],
      parallelToolCalls: false,
      endUser: 'u',
      reasoning: { effort: 'max' },
      extensions: { 'openai-chat': { logit_bias: { 5: 1 }, n: 1, store: false } },
    })
    expect(losses.map(({ path, effect }) => `${path};${effect}`)).toEqual([
      'tools[0].strict;dropped',
      'tools[web_search];dropped',
      'parallel_tool_calls;dropped',
      'reasoning_effort;approximated',
      'user;dropped',
      'logit_bias;dropped',
    ])
  })

  it.each([
    [{ effort: 'low' }, 'gemini-3.8-flash', { thinkingLevel: 'LOW' }],
    [{ effort: 'low' }, 'gemini-2.5-flash', { thinkingBudget: 1024 }],
    [{ effort: 'none' }, 'gemini-2.5-flash', { thinkingBudget: 0 }],
    [{ mode: 'adaptive' }, 'gemini-3.8-flash', { thinkingBudget: -1, includeThoughts: true }],
    [{ mode: 'on', budgetTokens: 500 }, 'gemini-3.8-flash', { thinkingBudget: 500, includeThoughts: true }],
  ] as const)('asks for %j of %s as %j', (reasoning, model, thinkingConfig) => {
    expect(encode({ reasoning }, model).body.generationConfig).toEqual({ thinkingConfig })
  })

  it('sends nobody else’s thoughts, and shows Google’s own as they came', () => {
    const thinking = (dialect: 'gemini' | 'anthropic-messages'): Block => ({
      type: 'thinking',
      text: 'Hm.',
      dialect,
      signature: 'c2ln',
    })
    const content: Block[] = [thinking('gemini'), thinking('anthropic-messages'), { type: 'text', text: 'So.' }]
    const { body, losses } = encode({ messages: [hello, { role: 'assistant', content }, hello] })
    expect((body.contents as JsonValue[])[1]).toEqual({
      role: 'model',
      parts: [{ text: 'Hm.', thought: true, thoughtSignature: 'c2ln' }, { text: 'So.' }],
    })
    expect(losses).toMatchObject([{ path: 'messages[1].content[1]', effect: 'dropped' }])
  })

  it('refuses more than one answer, and a result whose call is not there', () => {
    expect(() => encode({ extensions: { 'openai-chat': { n: 2 } } })).toThrow(InvalidRequest)
    const content: Block[] = [{ type: 'tool-result', callId: 'a', content: [], isError: false }]
    expect(() => encode({ messages: [{ role: 'user', content }] })).toThrow(/answers no tool call/)
  })

  it('says that a tool failed, and sends the pictures of its result beside it', () => {
    const source = { type: 'base64' as const, mediaType: 'image/png', data: 'aGk=' }
    const result: Block = {
      type: 'tool-result',
      callId: 'toolu_1',
      content: [
        { type: 'text', text: 'No such order.' },
        { type: 'image', source },
      ],
      isError: true,
    }
    const call: Block = { type: 'tool-call', id: 'toolu_1', name: 'find', input: '{}' }
    const { body } = encode({
      messages: [hello, { role: 'assistant', content: [call] }, { role: 'user', content: [result] }],
    })
    expect((body.contents as JsonValue[])[2]).toEqual({
      role: 'user',
      parts: [
        {
          functionResponse: {
            id: 'toolu_1',
            name: 'find',
            response: { error: 'No such order.' },
            parts: [{ inlineData: { mimeType: 'image/png', data: 'aGk=' } }],
          },
        },
      ],
    })
  })
})
