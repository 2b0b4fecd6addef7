import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { InvalidRequest } from '../../errors/index.ts'
import { decodeRequest } from './decode-request.ts'

const dialect = 'anthropic-messages'
const ask = (fields: JsonObject): JsonObject => ({
  model: 'claude-opus-5-5',
  max_tokens: 10,
  messages: [{ role: 'user', content: 'Hi' }],
  ...fields,
})
const said = (content: JsonValue, role = 'user') => ask({ messages: [{ role, content }] })
const use = (id: string) => ({ type: 'tool_use', id, name: 'look', input: { a: 1 } })
const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: 'seen' })

describe('decodeRequest', () => {
  it('reads the shortest request', () => {
    expect(decodeRequest(ask({}))).toEqual({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      maxOutputTokens: 10,
      stream: false,
    })
  })

  it('reads the system prompt as a leading message and marks system messages that stand within the conversation', () => {
    const { messages } = decodeRequest(
      ask({
        system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'system', content: 'Now be long.', x_new: 1 },
        ],
      }),
    )
    expect(messages).toEqual([
      {
        role: 'system',
        content: [{ type: 'text', text: 'Be brief.', cache: {} }],
      },
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      {
        role: 'system',
        content: [{ type: 'text', text: 'Now be long.' }],
        extras: { dialect, fields: { role: 'system', x_new: 1 } },
      },
    ])
  })

  it('reads every kind of block', () => {
    const opaque = [
      { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
      { type: 'search_result', source: 'a', title: 'b', content: [] },
      { type: 'document', source: { type: 'content', content: 'a' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA', x_new: true } },
      { type: 'from_the_future', of: { course: [1] } },
    ]
    const { messages } = decodeRequest(
      said(
        [
          { type: 'text', text: 'a', citations: null },
          { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          { type: 'image', source: { type: 'file', file_id: 'file_1' } },
          { type: 'document', title: 'T', source: { type: 'text', media_type: 'text/plain', data: 'words' } },
          { type: 'thinking', thinking: 'hm', signature: 'sig' },
          { type: 'thinking', thinking: 'hm', signature: '' },
          { type: 'redacted_thinking', data: 'xyz' },
          { ...use('t1'), caller: { type: 'direct' } },
          { ...use('t2'), caller: { type: 'code_execution_20260120', tool_id: 's' } },
          ...opaque,
        ],
        'assistant',
      ),
    )
    expect(messages[0]?.content).toEqual([
      { type: 'text', text: 'a' },
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
      { type: 'image', source: { type: 'file', fileId: 'file_1', dialect } },
      { type: 'document', title: 'T', source: { type: 'text', mediaType: 'text/plain', text: 'words' } },
      { type: 'thinking', text: 'hm', dialect, signature: 'sig' },
      { type: 'thinking', text: 'hm', dialect },
      { type: 'thinking', text: '', dialect, redacted: 'xyz' },
      { type: 'tool-call', id: 't1', name: 'look', input: '{"a":1}' },
      {
        type: 'tool-call',
        id: 't2',
        name: 'look',
        input: '{"a":1}',
        extras: { dialect, fields: { caller: { type: 'code_execution_20260120', tool_id: 's' } } },
      },
      ...opaque.map((value) => ({ type: 'opaque', dialect, value })),
    ])
  })

  it('keeps images, errors and emptiness of tool results', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA' } }
    const { messages } = decodeRequest(
      ask({
        messages: [
          { role: 'assistant', content: [use('t1'), use('t2')] },
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 't1', is_error: true, content: [image] },
              { type: 'tool_result', tool_use_id: 't2' },
            ],
          },
        ],
      }),
    )
    expect(messages[1]?.content).toEqual([
      {
        type: 'tool-result',
        callId: 't1',
        isError: true,
        content: [{ type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AA' } }],
      },
      { type: 'tool-result', callId: 't2', isError: false, content: [] },
    ])
  })

  it('reads tools, the choice of one, and tools of the provider', () => {
    const search = { type: 'web_search_20260318', name: 'web_search', max_uses: 2 }
    const request = decodeRequest(
      ask({
        tools: [
          { name: 'a', input_schema: { type: 'object' }, strict: true, cache_control: { type: 'ephemeral' } },
          { type: 'custom', name: 'b', description: 'B', input_schema: { type: 'object' } },
          search,
        ],
        tool_choice: { type: 'any', disable_parallel_tool_use: true },
      }),
    )
    expect(request).toMatchObject({
      tools: [
        { name: 'a', inputSchema: { type: 'object' }, strict: true, cache: {} },
        { name: 'b', description: 'B', inputSchema: { type: 'object' } },
      ],
      providerTools: [{ dialect, value: search }],
      toolChoice: { type: 'required' },
      parallelToolCalls: false,
    })
  })

  it.each<[JsonObject, object]>([
    [{ thinking: { type: 'adaptive' } }, { reasoning: { mode: 'adaptive' } }],
    [{ thinking: { type: 'enabled', budget_tokens: 2048 } }, { reasoning: { mode: 'on', budgetTokens: 2048 } }],
    [{ thinking: { type: 'disabled' } }, { reasoning: { mode: 'off' } }],
    [{ thinking: { type: 'between_tools' } }, { extensions: { [dialect]: { thinking: { type: 'between_tools' } } } }],
    [{ output_config: { effort: 'xhigh' } }, { reasoning: { effort: 'xhigh' } }],
    [{ output_config: { effort: 'beyond' } }, { extensions: { [dialect]: { output_config: { effort: 'beyond' } } } }],
    [
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
      { output: { type: 'json', schema: { type: 'object' } } },
    ],
    [{ metadata: { user_id: 'u', x: 1 } }, { endUser: 'u', extensions: { [dialect]: { metadata: { x: 1 } } } }],
    [{ service_tier: 'auto', container: null }, { extensions: { [dialect]: { service_tier: 'auto' } } }],
    [{ thinking: { type: 'adaptive', display: 'omitted' } }, { reasoning: { mode: 'adaptive', show: 'none' } }],
    [
      { thinking: { type: 'adaptive', display: 'beyond' } },
      { reasoning: { mode: 'adaptive' }, extensions: { [dialect]: { thinking: { display: 'beyond' } } } },
    ],
    [
      { temperature: 0.5, top_p: 0.9, top_k: 5 },
      { temperature: 0.5, topP: 0.9, topK: 5 },
    ],
    [
      { stop_sequences: ['a'], stream: true },
      { stop: ['a'], stream: true },
    ],
    [{ max_tokens: 0 }, { maxOutputTokens: 0 }],
  ])('reads %j', (fields, expected) => {
    const { messages: _, ...request } = decodeRequest(ask(fields))
    expect(request).toEqual({ maxOutputTokens: 10, stream: false, ...expected })
  })

  it.each<[string, JsonValue]>([
    ['', 'text'],
    ['max_tokens', { messages: [] }],
    ['max_tokens', ask({ max_tokens: 1.5 })],
    ['model', ask({ model: 1 })],
    ['messages', ask({ messages: [] })],
    ['messages', ask({ messages: 'Hi' })],
    ['messages[0]', ask({ messages: ['Hi'] })],
    ['messages[0].role', ask({ messages: [{ role: 'tool', content: 'Hi' }] })],
    ['messages[0].content', said(1)],
    ['messages[0].content[1]', said([{ type: 'text', text: 'a' }, 'b'])],
    ['messages[0].content[0].type', said([{ text: 'a' }])],
    ['messages[0].content[0].text', said([{ type: 'text', text: 1 }])],
    ['messages[0].content[0].source', said([{ type: 'image' }])],
    ['messages[0].content[0].source.url', said([{ type: 'image', source: { type: 'url', url: 1 } }])],
    ['messages[0].content[0].input', said([{ ...use('a'), input: 'text' }], 'assistant')],
    ['system[0].text', ask({ system: [{ type: 'text' }] })],
    ['tools[0].input_schema', ask({ tools: [{ name: 'a' }] })],
    ['tool_choice.name', ask({ tool_choice: { type: 'tool' } })],
    ['thinking.budget_tokens', ask({ thinking: { type: 'enabled' } })],
    ['output_config.format.schema', ask({ output_config: { format: { type: 'json_schema' } } })],
    ['stop_sequences[1]', ask({ stop_sequences: ['a', 1] })],
    ['stream', ask({ stream: 'yes' })],
    ['metadata.user_id', ask({ metadata: { user_id: 1 } })],
    ['messages[0].content[0].type', said([use('a')])],
    [
      'messages[1].content[0].tool_use_id',
      ask({
        messages: [
          { role: 'assistant', content: 'a' },
          { role: 'user', content: [result('t')] },
        ],
      }),
    ],
    [
      'messages[3].content[0].tool_use_id',
      ask({
        messages: [
          { role: 'assistant', content: [use('t')] },
          { role: 'user', content: [result('t')] },
          { role: 'assistant', content: 'so' },
          { role: 'user', content: [result('t')] },
        ],
      }),
    ],
    ['messages[0].content[1].id', said([use('t'), use('t')], 'assistant')],
  ])('refuses what is wrong at "%s" and says where', (path, body) => {
    const read = () => decodeRequest(body)
    expect(read).toThrow(InvalidRequest)
    expect(read).toThrow(expect.objectContaining({ path }))
  })

  it('takes the messages of one speaker as one turn, a system message between them included', () => {
    const body = ask({
      messages: [
        { role: 'assistant', content: [use('a')] },
        { role: 'assistant', content: [use('b')] },
        { role: 'system', content: 'Mind the gap.' },
        { role: 'user', content: [result('b')] },
        { role: 'user', content: [result('a')] },
      ],
    })
    expect(decodeRequest(body).messages).toHaveLength(5)
  })

  it('leaves to the provider what answers a thread that lies with it', () => {
    const body = { ...said([result('t')]), thread: { type: 'continue', previous_message_id: 'msg_1' } }
    expect(decodeRequest(body).messages).toHaveLength(1)
  })

  it('is not misled by a field named like the prototype', () => {
    const request = decodeRequest(JSON.parse(JSON.stringify(ask({})).replace('{', '{"__proto__":{"stream":true},')))
    expect(request.stream).toBe(false)
    expect(Object.getPrototypeOf(request.extensions?.[dialect])).toBe(Object.prototype)
    expect(Object.keys(request.extensions?.[dialect] ?? {})).toEqual(['__proto__'])
  })
})
