import { describe, expect, it } from 'vitest'
import type { Block, Message } from '../../core/message.ts'
import type { Loss, ModelRequest } from '../../core/request.ts'
import type { Quirks } from '../codec.ts'
import { anthropicMessages } from './index.ts'
import { encodeRequest, passRequest } from './request.ts'

const dialect = 'anthropic-messages' as const
const text = (said: string): Block => ({ type: 'text', text: said })
const user: Message = { role: 'user', content: [text('Hi')] }
const ask = (fields: Partial<ModelRequest>): ModelRequest => ({
  messages: [user],
  maxOutputTokens: 10,
  stream: false,
  ...fields,
})
const encode = (fields: Partial<ModelRequest>, quirks: Quirks = {}) => encodeRequest(ask(fields), 'claude', quirks)
const lost = (losses: readonly Loss[]) => losses.map(({ path, effect }) => `${effect} ${path}`)
const content = (blocks: readonly Block[], role: 'user' | 'assistant' = 'user') => {
  const said: Message = { role, content: blocks }
  const { body, losses } = encode({ messages: role === 'user' ? [said, user] : [user, said, user] })
  const messages = body.messages as unknown as { role: string; content: unknown }[]
  return { content: messages.find((message) => message.role === role)?.content, losses: lost(losses) }
}

describe('encodeRequest', () => {
  it('writes the fields in one order', () => {
    const request: ModelRequest = {
      maxOutputTokens: 10,
      stream: true,
      endUser: 'u',
      output: { type: 'json', schema: { type: 'object' }, name: 'answer', strict: true },
      reasoning: { effort: 'high', mode: 'on', budgetTokens: 2000 },
      topK: 3,
      topP: 0.9,
      temperature: 0.5,
      stop: ['a'],
      toolChoice: { type: 'required' },
      parallelToolCalls: false,
      tools: [{ name: 'look', description: 'Looks.', inputSchema: {}, strict: true }],
      messages: [{ role: 'system', content: [text('Be brief.')] }, user],
      extensions: { [dialect]: { thinking: { display: 'omitted' }, service_tier: 'auto' } },
    }
    const { body, losses } = encodeRequest(request, 'claude', {}, dialect)
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({
        model: 'claude',
        max_tokens: 10,
        system: 'Be brief.',
        messages: [{ role: 'user', content: 'Hi' }],
        tools: [{ name: 'look', description: 'Looks.', input_schema: { type: 'object' }, strict: true }],
        tool_choice: { type: 'any', disable_parallel_tool_use: true },
        stop_sequences: ['a'],
        temperature: 0.5,
        top_p: 0.9,
        top_k: 3,
        thinking: { type: 'enabled', budget_tokens: 2000, display: 'omitted' },
        output_config: { effort: 'high', format: { type: 'json_schema', schema: { type: 'object' } } },
        metadata: { user_id: 'u' },
        stream: true,
        service_tier: 'auto',
      }),
    )
    expect(losses).toEqual([])
  })

  it('joins the tool results of parallel calls, and puts them before the words beside them', () => {
    const call = (id: string): Block => ({ type: 'tool-call', id, name: 'look', input: '' })
    const result = (callId: string): Block => ({ type: 'tool-result', callId, content: [text(callId)], isError: false })
    const { body, losses } = encode({
      messages: [
        user,
        { role: 'assistant', content: [text('So.'), call('a'), call('b')] },
        { role: 'system', content: [text('Mind the gap.')] },
        { role: 'user', content: [result('a')] },
        { role: 'user', content: [text('And?'), result('b')] },
      ],
    })
    expect(body.messages).toEqual([
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'So.' },
          { type: 'tool_use', id: 'a', name: 'look', input: {} },
          { type: 'tool_use', id: 'b', name: 'look', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: 'a' },
          { type: 'tool_result', tool_use_id: 'b', content: 'b' },
          { type: 'text', text: 'Mind the gap.' },
          { type: 'text', text: 'And?' },
        ],
      },
    ])
    expect(lost(losses)).toEqual(['approximated messages[2]'])
  })

  it('keeps leading system messages in order, with what they say beyond text', () => {
    const cached: Block = {
      type: 'text',
      text: 'One.',
      cache: {},
    }
    const { body } = encode({
      messages: [{ role: 'system', content: [cached] }, { role: 'system', content: [text('Two.')] }, user],
    })
    expect(body.system).toEqual([
      { type: 'text', text: 'One.', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: 'Two.' },
    ])
  })

  it('lets the user ask what only system messages ask', () => {
    const { body, losses } = encode({
      messages: [
        { role: 'system', content: [text('One.')] },
        { role: 'system', content: [text('Two.')] },
      ],
    })
    expect(body).toMatchObject({ system: 'One.', messages: [{ role: 'user', content: 'Two.' }] })
    expect(lost(losses)).toEqual(['approximated messages[1]'])
  })

  it("takes a developer's message for a system message, which it is", () => {
    const extras = { dialect: 'openai-chat' as const, fields: { role: 'developer', name: 'bob' } }
    const { body, losses } = encode({ messages: [{ role: 'system', content: [text('One.')], extras }, user] })
    expect(body.system).toBe('One.')
    expect(lost(losses)).toEqual(['dropped messages[0].name'])
  })

  it('leaves out empty text and messages that are left empty', () => {
    expect(content([text('')])).toEqual({ content: 'Hi', losses: [] })
    expect(content([text(' \n'), text('a')])).toEqual({
      content: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'Hi' },
      ],
      losses: ['dropped messages[0].content[0]'],
    })
    expect(() => encode({ messages: [{ role: 'user', content: [text('')] }] })).toThrow(/^messages: /)
  })

  it.each<[string, Block, unknown, string[]]>([
    ['refusals as text', { type: 'refusal', text: 'No.' }, 'No.', ['approximated messages[1].refusal']],
    [
      'images of the web as they are',
      { type: 'image', source: { type: 'url', url: 'https://example.com/a' } },
      [{ type: 'image', source: { type: 'url', url: 'https://example.com/a' } }],
      [],
    ],
    [
      'image detail as a loss',
      {
        type: 'image',
        source: { type: 'base64', mediaType: 'image/png', data: 'AA' },
        extras: { dialect: 'openai-chat', fields: { detail: 'high' } },
      },
      [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA' } }],
      ['dropped messages[1].content[0].detail'],
    ],
    [
      'detail "auto" as nothing said',
      {
        type: 'image',
        source: { type: 'file', fileId: 'file_1', dialect },
        extras: { dialect: 'openai-chat', fields: { detail: 'auto' } },
      },
      [{ type: 'image', source: { type: 'file', file_id: 'file_1' } }],
      [],
    ],
    [
      'files of other providers as losses',
      { type: 'document', source: { type: 'file', fileId: 'file-1', dialect: 'openai-chat' } },
      undefined,
      ['dropped messages[1].content[0]'],
    ],
    [
      'Markdown as plain text',
      { type: 'document', title: 'T', source: { type: 'text', mediaType: 'text/markdown', text: '# A' } },
      [{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: '# A' }, title: 'T' }],
      ['approximated messages[1].content[0].source'],
    ],
    [
      'thinking of other providers as losses',
      { type: 'thinking', text: 'hm', dialect: 'openai-chat', signature: 'x' },
      undefined,
      ['dropped messages[1].reasoning_content'],
    ],
    [
      'unsigned thinking as a loss',
      { type: 'thinking', text: 'hm', dialect, signature: '' },
      undefined,
      ['dropped messages[1].reasoning_content'],
    ],
    [
      'blocks of other providers as losses',
      { type: 'opaque', dialect: 'openai-chat', value: { type: 'input_audio' } },
      undefined,
      ['dropped messages[1].content[0]'],
    ],
    [
      'blocks of its own untouched',
      { type: 'opaque', dialect, value: { type: 'compaction', content: 'a' } },
      [{ type: 'compaction', content: 'a' }],
      [],
    ],
  ])('writes %s', (_, block, expected, losses) => {
    const written = content([block], 'assistant')
    expect(written.losses).toEqual(losses)
    expect(written.content).toEqual(expected)
  })

  it.each(['{"a":', '[1]', '"a"', 'null'])('refuses a tool call whose input is %s, and names it', (input) => {
    const call: Block = { type: 'tool-call', id: 'a', name: 'look', input }
    expect(() => content([text('a'), call], 'assistant')).toThrow(
      /^messages\[1\].tool_calls\[0\]\.function\.arguments: /,
    )
  })

  it('injects a limit where none is set, and says so', () => {
    const { body, losses } = encode({ maxOutputTokens: undefined })
    expect(body.max_tokens).toBe(4096)
    expect(lost(losses)).toEqual(['approximated max_tokens'])
    const thinking = encode({ maxOutputTokens: undefined, reasoning: { mode: 'on', budgetTokens: 5000 } })
    expect(thinking.body.max_tokens).toBe(9096)
  })

  const tools = [{ name: 'look', inputSchema: { type: 'object' } }]

  it.each<[Partial<ModelRequest>, object, string[]]>([
    [{ temperature: 1.5 }, { temperature: 1 }, ['approximated temperature']],
    [{ seed: 1, presencePenalty: 0, frequencyPenalty: 1 }, {}, ['dropped seed', 'dropped frequency_penalty']],
    [{ stop: ['\n', 'a'] }, { stop_sequences: ['a'] }, ['dropped stop[0]']],
    [{ reasoning: { effort: 'none' } }, { thinking: { type: 'disabled' } }, []],
    [{ reasoning: { effort: 'minimal' } }, { output_config: { effort: 'low' } }, ['approximated reasoning_effort']],
    [{ reasoning: { mode: 'on' } }, { thinking: { type: 'adaptive' } }, ['approximated thinking.type']],
    [
      { tools, toolChoice: { type: 'none' }, parallelToolCalls: false },
      { tools: [{}], tool_choice: { type: 'none' } },
      [],
    ],
    [
      { tools, parallelToolCalls: false },
      { tools: [{}], tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      [],
    ],
    [{ tools, parallelToolCalls: true }, { tools: [{}] }, []],
    [{ toolChoice: { type: 'none' } }, {}, []],
    [{ toolChoice: { type: 'required' } }, {}, ['dropped tool_choice']],
    [{ providerTools: [{ dialect: 'openai-chat', value: { type: 'custom' } }] }, {}, ['dropped tools[custom]']],
    [{ output: { type: 'json' } }, {}, ['dropped response_format']],
    [
      {
        extensions: {
          'openai-chat': {
            n: 1,
            stream_options: { include_usage: true },
            store: false,
            parallel_tool_calls: true,
            logit_bias: { 1: 2 },
            verbosity: 'low',
          },
        },
      },
      {},
      ['dropped logit_bias', 'dropped verbosity'],
    ],
  ])('writes %j as it can be said', (fields, expected, losses) => {
    const written = encode(fields)
    const { model: _, max_tokens, messages, ...rest } = written.body
    expect(rest).toMatchObject(expected)
    expect(Object.keys(rest)).toEqual(Object.keys(expected))
    expect(lost(written.losses)).toEqual(losses)
  })

  it('refuses more than one answer', () => {
    expect(() => encode({ extensions: { 'openai-chat': { n: 2 } } })).toThrow(/^n: /)
  })

  it('drops sampling parameters that the model rejects', () => {
    const { body, losses } = encode({ temperature: 0, topP: 1, topK: 1 }, { rejectsSampling: true })
    expect(Object.keys(body)).toEqual(['model', 'max_tokens', 'messages'])
    expect(lost(losses)).toEqual(['dropped temperature', 'dropped top_p', 'dropped top_k'])
  })
})

describe('passRequest', () => {
  it('changes the model and not another byte', () => {
    const body = '{ "model": "smart", "max_tokens":1,"messages" : [ ], "x": 1.0 }'
    expect(passRequest(body, 'claude')).toEqual({ body: body.replace('smart', 'claude'), withholdsUsage: false })
  })

  it('lets the headers of the dialect through', () => {
    expect(anthropicMessages).toMatchObject({
      dialect,
      path: '/messages',
      passedHeaders: ['anthropic-beta', 'anthropic-version'],
    })
  })
})
