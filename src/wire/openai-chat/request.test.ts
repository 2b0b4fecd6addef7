import fc from 'fast-check'
import type OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Block, Message } from '../../core/message.ts'
import type { ModelRequest } from '../../core/request.ts'
import { InvalidRequest } from '../../errors/index.ts'
import type { Quirks } from '../codec.ts'
import { modelRequest } from './arbitraries.suite.ts'
import { openaiChat } from './index.ts'

const { decodeRequest, encodeRequest, passRequest } = openaiChat
const user = (content: JsonValue): JsonObject => ({ role: 'user', content })
const ask = (messages: readonly JsonValue[], more: JsonObject = {}): ModelRequest =>
  decodeRequest({ model: 'm', messages, ...more })
const say = (messages: readonly Message[], more: Partial<ModelRequest> = {}, quirks: Quirks = {}) =>
  encodeRequest({ messages, stream: false, ...more }, 'm', quirks)
const hello: Message = { role: 'user', content: [{ type: 'text', text: 'hello' }] }
const cited = { dialect: 'anthropic-messages', fields: { citations: { enabled: true } } } as const

describe('a request', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(modelRequest, (request) => {
        const { body, losses } = encodeRequest(request, 'm', { promptCache: 'marked' })
        expect(losses).toEqual([])
        expect(decodeRequest(JSON.parse(JSON.stringify(body)))).toEqual(request)
      }),
      { numRuns: 500 },
    )
  })

  it('is written the same to the byte each time', () => {
    fc.assert(
      fc.property(modelRequest, (request) => {
        const once = JSON.stringify(encodeRequest(request, 'm', { promptCache: 'marked' }).body)
        expect(JSON.stringify(encodeRequest(structuredClone(request), 'm', { promptCache: 'marked' }).body)).toBe(once)
        expect(
          JSON.stringify(encodeRequest(decodeRequest(JSON.parse(once)), 'm', { promptCache: 'marked' }).body),
        ).toBe(once)
      }),
    )
  })

  it('is what the official SDK sends', () => {
    const sent: OpenAI.ChatCompletionCreateParams = {
      model: 'm',
      messages: [
        { role: 'developer', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'What is this?' }] },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'a cat' },
        { role: 'user', content: 'Sure?' },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'look', parameters: { type: 'object', properties: {} }, strict: true },
        },
      ],
      tool_choice: 'auto',
      response_format: { type: 'json_schema', json_schema: { name: 'a', schema: {}, strict: true } },
      reasoning_effort: 'low',
      max_completion_tokens: 10,
      stop: ['x'],
      stream: true,
      stream_options: { include_usage: true },
    }
    const quirks = { developerRole: true, maxTokensField: 'max_completion_tokens' } as const
    const { body } = encodeRequest(decodeRequest(JSON.parse(JSON.stringify(sent))), 'm', quirks)
    expect(body).toEqual({ ...sent, messages: sent.messages.with(1, { role: 'user', content: 'What is this?' }) })
  })
})

describe('decodeRequest', () => {
  it('merges results in a row, and the words after them, into one user message', () => {
    const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '' } })
    const { messages } = ask([
      user('go'),
      { role: 'assistant', content: null, tool_calls: [call('a'), call('b')] },
      { role: 'tool', tool_call_id: 'b', content: 'B' },
      { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'A' }] },
      user('and now?'),
    ])
    expect(messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'go' }] },
      {
        role: 'assistant',
        content: [
          { type: 'tool-call', id: 'a', name: 'f', input: '{}' },
          { type: 'tool-call', id: 'b', name: 'f', input: '{}' },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool-result', callId: 'b', content: [{ type: 'text', text: 'B' }], isError: false },
          { type: 'tool-result', callId: 'a', content: [{ type: 'text', text: 'A' }], isError: false },
          { type: 'text', text: 'and now?' },
        ],
      },
    ])
  })

  it('reads pictures, files and what it does not know', () => {
    const unknown = { type: 'hologram', url: 'x' }
    const { messages } = ask([
      user([
        { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=', detail: 'low' } },
        { type: 'image_url', image_url: { url: 'https://host.example/a.png' } },
        { type: 'image_url', image_url: { url: 'data:image/svg+xml,%3Csvg%3E' } },
        { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
        { type: 'file', file: { file_data: 'JVBERi0=' } },
        { type: 'file', file: { file_id: 'file-1' } },
        unknown,
      ]),
    ])
    const dialect = 'openai-chat'
    expect(messages[0]?.content).toEqual([
      {
        type: 'image',
        source: { type: 'base64', mediaType: 'image/png', data: 'aGk=' },
        extras: { dialect, fields: { detail: 'low' } },
      },
      { type: 'image', source: { type: 'url', url: 'https://host.example/a.png' } },
      { type: 'image', source: { type: 'url', url: 'data:image/svg+xml,%3Csvg%3E' } },
      { type: 'document', source: { type: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' }, title: 'a.pdf' },
      { type: 'document', source: { type: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' } },
      { type: 'document', source: { type: 'file', fileId: 'file-1', dialect } },
      { type: 'opaque', dialect, value: unknown },
    ])
  })

  it('keeps reasoning, refusals and custom calls of an assistant', () => {
    const custom = { id: 'x', type: 'custom', custom: { name: 'patch', input: '***' } }
    const { messages } = ask([
      user('go'),
      { role: 'assistant', reasoning_content: 'hm', content: 'so', refusal: 'no', tool_calls: [custom], audio: null },
      { role: 'assistant', reasoning: 'hm' },
    ])
    expect(messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'thinking', text: 'hm', dialect: 'openai-chat' },
          { type: 'text', text: 'so' },
          { type: 'refusal', text: 'no' },
          { type: 'opaque', dialect: 'openai-chat', value: custom },
        ],
        extras: { dialect: 'openai-chat', fields: { audio: null } },
      },
      {
        role: 'assistant',
        content: [
          {
            type: 'thinking',
            text: 'hm',
            dialect: 'openai-chat',
            extras: { dialect: 'openai-chat', fields: { field: 'reasoning' } },
          },
        ],
      },
    ])
  })

  it('keeps everything else under its own name', () => {
    const more = {
      n: 2,
      logit_bias: { 50256: -100 },
      tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } },
      stream_options: { include_usage: false },
      reasoning_effort: 'enormous',
      new_field: null,
    }
    expect(ask([user('a')], more).extensions).toEqual({ 'openai-chat': more })
    expect(encodeRequest(ask([user('a')], { ...more, stream: true }), 'm', {}).body).toEqual({
      model: 'm',
      messages: [user('a')],
      ...more,
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  it('carries the messages of the function era to hosts of its own dialect', () => {
    const messages = [
      user('go'),
      { role: 'assistant', content: '', function_call: { name: 'f', arguments: '{}' } },
      { role: 'function', name: 'f', content: '1' },
    ]
    expect(encodeRequest(ask(messages), 'm', {})).toEqual({ body: { model: 'm', messages }, losses: [] })
  })

  const call = { role: 'assistant', tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }] }
  const wrong: [string, JsonValue, string][] = [
    ['no object', [], ''],
    ['no messages', {}, 'messages'],
    ['empty messages', { messages: [] }, 'messages'],
    ['a message that is none', { messages: ['hi'] }, 'messages[0]'],
    ['an unknown role', { messages: [{ role: 'critic', content: 'no' }] }, 'messages[0].role'],
    ['content of a wrong type', { messages: [user(5)] }, 'messages[0].content'],
    ['absent content', { messages: [{ role: 'user' }] }, 'messages[0].content'],
    [
      'text of a wrong type',
      { messages: [user('a'), user([{ type: 'text', text: 5 }])] },
      'messages[1].content[0].text',
    ],
    ['a part without a type', { messages: [user([{ text: 'a' }])] }, 'messages[0].content[0].type'],
    [
      'an image without a url',
      { messages: [user([{ type: 'image_url', image_url: 5 }])] },
      'messages[0].content[0].image_url',
    ],
    [
      'an orphan result',
      { messages: [user('a'), { role: 'tool', tool_call_id: 'x', content: '' }] },
      'messages[1].tool_call_id',
    ],
    ['an id that comes twice', { messages: [user('a'), call, call] }, 'messages[2].tool_calls[0].id'],
    [
      'arguments of a wrong type',
      { messages: [{ role: 'assistant', tool_calls: [{ id: 'a', function: { name: 'f', arguments: {} } }] }] },
      'messages[0].tool_calls[0].function.arguments',
    ],
    [
      'a tool without a name',
      { messages: [user('a')], tools: [{ type: 'function', function: {} }] },
      'tools[0].function.name',
    ],
    ['a negative limit', { messages: [user('a')], max_tokens: -1 }, 'max_tokens'],
    ['a word for a number', { messages: [user('a')], temperature: 'hot' }, 'temperature'],
    ['a stop that is no text', { messages: [user('a')], stop: ['a', 1] }, 'stop[1]'],
    ['stream options that are none', { messages: [user('a')], stream_options: true }, 'stream_options'],
    [
      'a schema that is none',
      { messages: [user('a')], response_format: { type: 'json_schema' } },
      'response_format.json_schema',
    ],
  ]
  it.each(wrong)('names the field of %s', (_, body, path) => {
    let thrown: unknown
    try {
      decodeRequest(body)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(InvalidRequest)
    expect((thrown as InvalidRequest).path).toBe(path)
  })

  it('does not let a field named __proto__ change anything', () => {
    const request = decodeRequest(
      JSON.parse('{"messages":[{"role":"user","content":"a","__proto__":{"x":1}}],"__proto__":{"stream":true}}'),
    )
    expect(request.stream).toBe(false)
    expect(({} as { x?: number }).x).toBeUndefined()
    expect(JSON.stringify(encodeRequest(request, 'm', {}).body)).toContain('"__proto__":{"x":1}')
  })
})

describe('encodeRequest', () => {
  it('puts results ahead of the words beside them, and pictures in them after', () => {
    const result: Block = {
      type: 'tool-result',
      callId: 'a',
      isError: true,
      content: [
        { type: 'text', text: 'blurred' },
        { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'aGk=' } },
      ],
    }
    const { body, losses } = say([{ role: 'user', content: [result, { type: 'text', text: 'why?' }] }])
    expect(body.messages).toEqual([
      { role: 'tool', tool_call_id: 'a', content: 'Error: blurred' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'From the result of tool call a:' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } },
          { type: 'text', text: 'why?' },
        ],
      },
    ])
    expect(losses.map(({ path, effect }) => [path, effect])).toEqual([
      ['messages[0].content[0].content[1]', 'approximated'],
      ['messages[0].content[0].is_error', 'approximated'],
    ])
  })

  it('names each thing of another dialect that it cannot say, where that dialect said it', () => {
    const dialect = 'anthropic-messages'
    const { body, losses } = say(
      [
        { role: 'system', content: [{ type: 'text', text: 'S', extras: cited }] },
        { role: 'user', content: [{ type: 'text', text: 'U', extras: cited }] },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', text: 'hm', dialect, signature: 's' },
            { type: 'opaque', dialect, value: { type: 'server_tool_use' } },
            { type: 'tool-call', id: 'a', name: 'f', input: '{"x":1}' },
            { type: 'text', text: 'after' },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool-result', callId: 'a', content: [], isError: false },
            { type: 'document', source: { type: 'text', mediaType: 'text/plain', text: 'T' }, title: 'D' },
            { type: 'document', source: { type: 'url', url: 'https://host.example/d.pdf' } },
            { type: 'image', source: { type: 'file', fileId: 'f1', dialect } },
          ],
        },
      ],
      {
        topK: 5,
        reasoning: { budgetTokens: 10_000, mode: 'on' },
        tools: [{ name: 'f', inputSchema: {}, extras: cited }],
        providerTools: [{ dialect, value: { type: 'web_search_20260318', name: 'web_search' } }],
        extensions: { [dialect]: { container: 'c', service_tier: 'auto', inference_geo: null } },
      },
    )
    expect(body.messages).toEqual([
      { role: 'system', content: 'S' },
      { role: 'user', content: 'U' },
      {
        role: 'assistant',
        content: 'after',
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } }],
      },
      { role: 'tool', tool_call_id: 'a', content: '' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'D\n\nT' },
          { type: 'text', text: 'https://host.example/d.pdf' },
        ],
      },
    ])
    expect(body.reasoning_effort).toBe('medium')
    expect(losses.map(({ path, effect }) => `${effect} ${path}`)).toEqual([
      'dropped system[0].citations',
      'dropped messages[0].content[0].citations',
      'dropped messages[1].content[0]',
      'dropped messages[1].content[1]',
      'approximated messages[1].content[3]',
      'approximated messages[2].content[1]',
      'approximated messages[2].content[2]',
      'dropped messages[2].content[3]',
      'dropped tools[0].citations',
      'dropped tools[web_search]',
      'approximated thinking.budget_tokens',
      'dropped top_k',
      'dropped container',
    ])
  })

  it('leaves out a message of which nothing is left, and refuses a conversation of which nothing is', () => {
    const foreign: Block = { type: 'opaque', dialect: 'anthropic-messages', value: {} }
    const { body } = say([hello, { role: 'assistant', content: [foreign] }, hello])
    expect(body.messages).toHaveLength(2)
    expect(() => say([{ role: 'user', content: [foreign] }])).toThrow(InvalidRequest)
  })

  it('asks for JSON without a schema where none is given', () => {
    const { body, losses } = say([hello], { output: { type: 'json' } })
    expect(body.response_format).toEqual({ type: 'json_object' })
    expect(losses).toEqual([])
  })

  it('respects what a host is known for', () => {
    const request = { maxOutputTokens: 5, temperature: 1, topP: 0.5, stream: true }
    expect(say([hello], request, { maxTokensField: 'max_completion_tokens' }).body.max_completion_tokens).toBe(5)
    const plain = say([hello], request, { rejectsSampling: true, streamUsage: 'unasked' })
    expect(plain.body).toEqual({ model: 'm', messages: [user('hello')], max_tokens: 5, stream: true })
    expect(plain.losses.map(({ path }) => path)).toEqual(['temperature', 'top_p'])
    const developer: Message = {
      ...hello,
      role: 'system',
      extras: { dialect: 'openai-chat', fields: { role: 'developer' } },
    }
    const roleOf = (message: Message, quirks: Quirks) => say([message], {}, quirks).body.messages
    expect(roleOf(developer, {})).toEqual([{ role: 'system', content: 'hello' }])
    expect(roleOf({ ...hello, role: 'system' }, { developerRole: true })).toEqual([
      { role: 'developer', content: 'hello' },
    ])
  })

  it('puts together a custom call that came in pieces', () => {
    const streamed: Block = {
      type: 'opaque',
      dialect: 'openai-chat',
      value: { id: 'x', type: 'custom', custom: { name: 'patch', input: '' } },
      extras: { dialect: 'openai-chat', fields: { input: ['a', 'b'] } },
    }
    expect(say([hello, { role: 'assistant', content: [streamed] }]).body.messages).toEqual([
      user('hello'),
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'x', type: 'custom', custom: { name: 'patch', input: 'ab' } }],
      },
    ])
  })
})

describe('passRequest', () => {
  const pass = (body: string, quirks: Quirks = {}, more: Partial<ModelRequest> = {}) =>
    passRequest(body, 'real', { ...decodeRequest(JSON.parse(body)), ...more }, quirks)

  it('sets the model and leaves every other byte', () => {
    const body = '{ "model":"fast" , "messages":[{"role":"user","content":"\\u0041"}], "new": 1.0 }'
    expect(pass(body)).toEqual({ body: body.replace('fast', 'real'), withholdsUsage: false })
  })

  it('asks for usage where the client did not, and says that it is to be withheld', () => {
    const body =
      '{"model":"a","stream":true,"stream_options":{"include_obfuscation":false},"messages":[{"role":"user","content":"a"}]}'
    const passed = pass(body)
    expect(passed.withholdsUsage).toBe(true)
    expect(JSON.parse(passed.body).stream_options).toEqual({ include_obfuscation: false, include_usage: true })
    expect(pass(body, { streamUsage: 'unasked' })).toEqual({
      body: body.replace('"a"', '"real"'),
      withholdsUsage: false,
    })
    const asks = body.replace('"include_obfuscation":false', '"include_usage":true')
    expect(pass(asks)).toEqual({ body: asks.replace('"a"', '"real"'), withholdsUsage: false })
  })

  it("sets an output limit that is not the client's own", () => {
    const messages = '"messages":[{"role":"user","content":"\\"max_tokens\\": 5"}]'
    const limitOf = (body: string, maxOutputTokens: number) => {
      const { max_tokens, max_completion_tokens } = JSON.parse(pass(body, {}, { maxOutputTokens }).body)
      return { max_tokens, max_completion_tokens }
    }
    expect(limitOf(`{"model":"a",${messages}}`, 9)).toEqual({ max_tokens: 9 })
    expect(limitOf(`{"model":"a","max_tokens":5,${messages}}`, 5)).toEqual({ max_tokens: 5 })
    expect(limitOf(`{"model":"a","max_tokens":50,${messages}}`, 9)).toEqual({ max_tokens: 9 })
    expect(limitOf(`{"model":"a","metadata":{"max_tokens":"5"},${messages}}`, 9)).toEqual({ max_tokens: 9 })
  })
})

it('says in one message what an assistant called in several, as other dialects allow', () => {
  const call = (id: string): Message => ({
    role: 'assistant',
    content: [{ type: 'tool-call', id, name: 'look', input: '{}' }],
  })
  const result = (callId: string): Block => ({
    type: 'tool-result',
    callId,
    content: [{ type: 'text', text: callId }],
    isError: false,
  })
  const more: Message = { role: 'assistant', content: [{ type: 'text', text: 'Looking.' }] }
  const messages = [hello, call('a'), call('b'), more, { role: 'user' as const, content: [result('a'), result('b')] }]
  const { body, losses } = encodeRequest({ messages, stream: false }, 'm', {}, 'gemini')
  expect(body.messages).toMatchObject([
    { role: 'user' },
    { role: 'assistant', content: 'Looking.', tool_calls: [{ id: 'a' }, { id: 'b' }] },
    { role: 'tool', tool_call_id: 'a' },
    { role: 'tool', tool_call_id: 'b' },
  ])
  expect(losses).toEqual([
    { path: 'contents[3].parts[0]', effect: 'approximated', detail: 'it stood after a tool call.' },
  ])
})
