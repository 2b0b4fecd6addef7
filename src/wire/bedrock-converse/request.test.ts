import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClientDialect } from '../../core/dialect.ts'
import type { Block, Message } from '../../core/message.ts'
import type { ModelRequest } from '../../core/request.ts'
import { InseamError } from '../../errors/index.ts'
import { requests } from '../anthropic-messages/arbitraries.suite.ts'
import type { Quirks } from '../codec.ts'
import { spellLosses } from '../spell-losses.ts'
import { bedrockConverse as codec } from './index.ts'

const claude = 'us.anthropic.claude-sonnet-4-6'
const nova = 'amazon.nova-2-lite-v1:0'
const text = (words: string, more: object = {}): Block => ({ type: 'text', text: words, ...more })
const user = (...content: Block[]): Message => ({ role: 'user', content })
const assistant = (...content: Block[]): Message => ({ role: 'assistant', content })
const hi = user(text('Hi'))
const call = (id: string, name = 'look_up'): Block => ({ type: 'tool-call', id, name, input: '{"a":1}' })
const result = (callId: string, content: readonly Block[] = [text('fine')], isError = false): Block => ({
  type: 'tool-result',
  callId,
  content,
  isError,
})
interface Asked extends Partial<ModelRequest> {
  readonly model?: string
  readonly spoken?: ClientDialect
  readonly quirks?: Quirks
}
const encode = ({ model = claude, spoken, quirks = {}, ...request }: Asked) => {
  const { body, losses } = codec.encodeRequest({ messages: [hi], stream: false, ...request }, model, quirks, spoken)
  return { body, losses: spellLosses(losses, spoken ?? 'openai-chat') }
}
const paths = (asked: Asked) => encode(asked).losses.map(({ effect, path }) => `${effect} ${path}`)

it('says what every model knows in the words of Converse', () => {
  const { body, losses } = encode({
    messages: [{ role: 'system', content: [text('Be brief.')] }, hi],
    maxOutputTokens: 100,
    temperature: 0.5,
    topK: 40,
    stop: ['END'],
  })
  expect(losses).toEqual([])
  expect(body).toEqual({
    system: [{ text: 'Be brief.' }],
    messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
    inferenceConfig: { maxTokens: 100, temperature: 0.5, stopSequences: ['END'] },
    additionalModelRequestFields: { top_k: 40 },
    additionalModelResponseFieldPaths: ['/stop_sequence', '/delta/stop_sequence'],
  })
})

it('writes the same bytes for the same request, and no request of another dialect breaks it', () => {
  fc.assert(
    fc.property(requests, fc.constantFrom(claude, nova, 'meta.llama4-x'), (request, model) => {
      const write = () => {
        try {
          return JSON.stringify(codec.encodeRequest(structuredClone(request), model, {}, 'anthropic-messages'))
        } catch (error) {
          expect(error).toBeInstanceOf(InseamError)
          return (error as Error).message
        }
      }
      expect(write()).toBe(write())
    }),
    { numRuns: 300 },
  )
})

describe('turns', () => {
  it('alternate, with tool results first, whatever came between', () => {
    const { messages } = encode({
      messages: [hi, assistant(call('a'), call('b')), user(result('a'), text('and')), user(result('b', [], true))],
    }).body
    expect(messages).toEqual([
      { role: 'user', content: [{ text: 'Hi' }] },
      {
        role: 'assistant',
        content: [
          { toolUse: { toolUseId: 'a', name: 'look_up', input: { a: 1 } } },
          { toolUse: { toolUseId: 'b', name: 'look_up', input: { a: 1 } } },
        ],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'a', content: [{ text: 'fine' }] } },
          { toolResult: { toolUseId: 'b', content: [], status: 'error' } },
          { text: 'and' },
        ],
      },
    ])
  })

  it('take a system message within the conversation as the user', () => {
    const asked = { messages: [hi, { role: 'system', content: [text('Now in French.')] } satisfies Message] }
    expect(encode(asked).body.messages).toEqual([
      { role: 'user', content: [{ text: 'Hi' }, { text: 'Now in French.' }] },
    ])
    expect(paths(asked)).toEqual(['approximated messages[1]'])
  })

  it('are refused where the assistant speaks first, and where nothing is left', () => {
    expect(() => encode({ messages: [assistant(text('Hello')), hi] })).toThrow('begins with the user')
    expect(() => encode({ messages: [user(text(''))] })).toThrow('no message has content')
  })

  it('never hold blank text', () => {
    const asked = { messages: [user(text(''), text(' \n'), text('Hi'))] }
    expect(encode(asked).body.messages).toEqual([{ role: 'user', content: [{ text: 'Hi' }] }])
    expect(paths(asked)).toEqual(['dropped messages[0].content[1]'])
  })

  it('give ids that Bedrock does not take another one, the same for the call and its result', () => {
    const id = 'call:1/é'
    const { messages } = encode({ messages: [hi, assistant(call(id)), user(result(id))] }).body
    const [, called, answered] = messages as unknown as { content: Record<string, { toolUseId: string }>[] }[]
    expect(called?.content[0]?.toolUse?.toolUseId).toMatch(/^[\w-]{1,64}$/)
    expect(answered?.content[0]?.toolResult?.toolUseId).toBe(called?.content[0]?.toolUse?.toolUseId)
  })

  it('refuse a call whose input is no object', () => {
    const broken: Block = { type: 'tool-call', id: 'a', name: 'f', input: '{"a":' }
    expect(() => encode({ messages: [hi, assistant(broken)] })).toThrow(
      expect.objectContaining({ code: 'invalid-request' }),
    )
  })
})

describe('media', () => {
  const base64 = (mediaType: string) => ({ type: 'base64', mediaType, data: 'AAAA' }) as const
  const image = (mediaType: string): Block => ({ type: 'image', source: base64(mediaType) })
  const document = (title?: string, mediaType = 'application/pdf'): Block => ({
    type: 'document',
    source: base64(mediaType),
    ...(title !== undefined && { title }),
  })

  it('are pictures of four formats, also in what a tool answered', () => {
    const asked = {
      messages: [user(text('See'), image('image/jpg')), assistant(call('a')), user(result('a', [image('image/webp')]))],
    }
    expect(encode(asked).body.messages).toMatchObject([
      { content: [{}, { image: { format: 'jpeg', source: { bytes: 'AAAA' } } }] },
      {},
      { content: [{ toolResult: { content: [{ image: { format: 'webp' } }] } }] },
    ])
    expect(paths({ messages: [user(text('See'), image('image/heic'))] })).toEqual(['dropped messages[0].content[1]'])
  })

  it('are nothing on the web, and what lies in S3', () => {
    const linked = (url: string): Block => ({ type: 'image', source: { type: 'url', url } })
    expect(paths({ messages: [user(text('See'), linked('https://example.com/a.png'))] })).toEqual([
      'dropped messages[0].content[1]',
    ])
    expect(encode({ messages: [user(text('See'), linked('s3://bucket/a.png'))] }).body.messages).toMatchObject([
      { content: [{}, { image: { format: 'png', source: { s3Location: { uri: 's3://bucket/a.png' } } } }] },
    ])
  })

  it('are documents with names that Bedrock allows, each once', () => {
    const asked = { messages: [user(document('Q3 report.pdf'), document('Q3 report.pdf'), document(), text('Sum up'))] }
    const { body, losses } = encode(asked)
    const [{ content }] = body.messages as unknown as [{ content: { document?: { name: string; format: string } }[] }]
    expect(content.slice(0, 3).map((block) => block.document?.name)).toEqual([
      'Q3 report-pdf',
      'Q3 report-pdf (2)',
      'document',
    ])
    expect(losses.map(({ path }) => path)).toEqual(['messages[0].content[0].title', 'messages[0].content[1].title'])
  })

  it('are documents of plain text as bytes, beside words', () => {
    const source = { type: 'text', mediaType: 'text/plain', text: 'Hello' } as const
    const asked = { messages: [user({ type: 'document', source, title: 'Note' })] }
    expect(encode(asked).body.messages).toEqual([
      {
        role: 'user',
        content: [{ document: { format: 'txt', name: 'Note', source: { bytes: 'SGVsbG8=' } } }, { text: 'Note' }],
      },
    ])
    expect(paths(asked)).toEqual(['approximated messages[0]'])
  })

  it('come from the user only', () => {
    expect(paths({ messages: [hi, assistant(text('See'), image('image/png')), hi] })).toEqual([
      'dropped messages[1].content[1]',
    ])
  })
})

describe('thinking', () => {
  const own = (more: object): Block => ({ type: 'thinking', text: 'Hm', dialect: 'bedrock-converse', ...more })

  it('goes back with its signature, or as ciphertext, to this dialect only', () => {
    const asked = {
      messages: [
        hi,
        assistant(
          own({ signature: 'sig' }),
          own({ redacted: 'AAAA' }),
          { type: 'thinking', text: 'x', dialect: 'anthropic-messages', signature: 'other' },
          text('So'),
        ),
        hi,
      ],
    }
    expect(encode(asked).body.messages).toMatchObject([
      {},
      {
        content: [
          { reasoningContent: { reasoningText: { text: 'Hm', signature: 'sig' } } },
          { reasoningContent: { redactedContent: 'AAAA' } },
          { text: 'So' },
        ],
      },
      {},
    ])
    expect(paths(asked)).toEqual(['dropped messages[1].reasoning_content'])
  })

  it.each<[string, string, ModelRequest['reasoning'], object, string[]]>([
    [
      'a budget',
      claude,
      { mode: 'on', budgetTokens: 2000 },
      { additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2000 } } },
      [],
    ],
    [
      'as it sees fit',
      claude,
      { mode: 'adaptive', effort: 'max' },
      { additionalModelRequestFields: { thinking: { type: 'adaptive' } }, outputConfig: { effort: 'max' } },
      [],
    ],
    ['effort', claude, { effort: 'high' }, { outputConfig: { effort: 'high' } }, []],
    ['hardly', claude, { effort: 'minimal' }, { outputConfig: { effort: 'low' } }, ['approximated reasoning_effort']],
    [
      'not at all',
      claude,
      { effort: 'none' },
      { additionalModelRequestFields: { thinking: { type: 'disabled' } } },
      [],
    ],
    [
      'effort, where it is counted',
      'anthropic.claude-haiku-4-5-20251001-v1:0',
      { effort: 'medium' },
      { additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 4096 } } },
      ['approximated reasoning_effort'],
    ],
    [
      'effort of Nova',
      nova,
      { effort: 'xhigh' },
      { additionalModelRequestFields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } } },
      ['approximated reasoning_effort'],
    ],
    [
      'effort of gpt-oss',
      'openai.gpt-oss-120b-1:0',
      { effort: 'low' },
      { additionalModelRequestFields: { reasoning_effort: 'low' } },
      [],
    ],
    ['elsewhere', 'meta.llama4-x', { effort: 'low' }, {}, ['dropped reasoning_effort']],
    [
      'to be seen',
      claude,
      { show: 'detailed' },
      { additionalModelRequestFields: { thinking: { type: 'adaptive', display: 'summarized' } } },
      ['approximated thinking.display'],
    ],
    [
      'not to be seen',
      claude,
      { mode: 'adaptive', show: 'none' },
      { additionalModelRequestFields: { thinking: { type: 'adaptive', display: 'omitted' } } },
      [],
    ],
    ['to be seen of Nova', nova, { show: 'summary' }, {}, ['dropped thinking.display']],
    ['to be seen elsewhere', 'meta.llama4-x', { show: 'summary' }, {}, ['dropped thinking.display']],
  ])('is asked for in the words of the model: %s', (_, model, reasoning, said, losses) => {
    const { messages: __, ...body } = encode({ model, reasoning }).body
    expect(body).toEqual(said)
    expect(paths({ model, reasoning })).toEqual(losses)
  })

  it('is not asked for where the calls that it led to came without it', () => {
    const reasoning = { mode: 'on', budgetTokens: 2000 } as const
    const turns = (...thoughts: Block[]) => [hi, assistant(...thoughts, call('a')), user(result('a'))]
    const kept = encode({ messages: turns(own({ signature: 'sig' })), reasoning })
    expect(kept.body.additionalModelRequestFields).toBeDefined()
    const lost = encode({ messages: turns(), reasoning, tools: [{ name: 'look_up', inputSchema: {} }] })
    expect(lost.body.additionalModelRequestFields).toBeUndefined()
    expect(lost.losses).toMatchObject([{ path: 'thinking.type', effect: 'dropped' }])
  })
})

describe('tools', () => {
  const tools = [{ name: 'look_up', description: 'Looks up', inputSchema: { properties: { a: {} } }, strict: true }]
  const toolSpec = {
    name: 'look_up',
    description: 'Looks up',
    inputSchema: { json: { type: 'object', properties: { a: {} } } },
    strict: true,
  }

  it.each([
    ['auto', { auto: {} }],
    ['required', { any: {} }],
  ] as const)('may be chosen: %s', (type, toolChoice) => {
    expect(encode({ tools, toolChoice: { type } }).body.toolConfig).toEqual({ tools: [{ toolSpec }], toolChoice })
  })

  it('may be chosen by name', () => {
    const { toolConfig } = encode({ tools, toolChoice: { type: 'tool', name: 'look_up' } }).body
    expect(toolConfig).toMatchObject({ toolChoice: { tool: { name: 'look_up' } } })
  })

  it('are left out where none may be used, but not where the conversation has calls of them', () => {
    const toolChoice = { type: 'none' } as const
    expect(encode({ tools, toolChoice }).body.toolConfig).toBeUndefined()
    expect(paths({ tools, toolChoice })).toEqual(['approximated tool_choice'])
    const messages = [hi, assistant(call('a')), user(result('a'))]
    expect(encode({ tools, toolChoice, messages }).body.toolConfig).toEqual({ tools: [{ toolSpec }] })
    expect(paths({ tools, toolChoice, messages })).toEqual(['dropped tool_choice'])
  })

  it('are declared by their names where the conversation calls them and the request does not', () => {
    const messages = [hi, assistant(call('a'), call('b')), user(result('a'), result('b'))]
    expect(encode({ messages }).body.toolConfig).toEqual({
      tools: [{ toolSpec: { name: 'look_up', inputSchema: { json: { type: 'object' } } } }],
    })
    expect(paths({ messages })).toEqual(['approximated tools'])
  })

  it('are called one at a time where Claude may choose; nobody else can be told', () => {
    const parallelToolCalls = false
    expect(encode({ tools, parallelToolCalls, toolChoice: { type: 'auto' } }).body).toMatchObject({
      toolConfig: { tools: [{ toolSpec }] },
      additionalModelRequestFields: { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
    })
    expect(paths({ tools, parallelToolCalls, toolChoice: { type: 'required' } })).toEqual([
      'dropped parallel_tool_calls',
    ])
    expect(paths({ tools, parallelToolCalls, model: nova, spoken: 'anthropic-messages' })).toEqual([
      'dropped tool_choice.disable_parallel_tool_use',
    ])
  })
})

describe('cache points', () => {
  const cache = {}
  const point = { cachePoint: { type: 'default' } }

  it('stand after what is marked: tools, system, messages', () => {
    const { body, losses } = encode({
      tools: [{ name: 'f', inputSchema: {}, cache: { ttl: '1h' } }],
      messages: [
        { role: 'system', content: [text('Long', { cache: { ttl: '1h' } })] },
        user(text('Hi', { cache: { ttl: '5m' } }), text('there')),
      ],
    })
    expect(losses).toEqual([])
    expect(body).toMatchObject({
      toolConfig: { tools: [{ toolSpec: {} }, { cachePoint: { type: 'default', ttl: '1h' } }] },
      system: [{ text: 'Long' }, { cachePoint: { type: 'default', ttl: '1h' } }],
      messages: [{ content: [{ text: 'Hi' }, point, { text: 'there' }] }],
    })
  })

  it('are four at most, the last ones, and none stands on empty text: it goes to what is before', () => {
    const asked = { messages: [user(...['a', 'b', '', 'c', 'd', 'e'].map((words) => text(words, { cache })))] }
    expect(encode(asked).body.messages).toEqual([
      {
        role: 'user',
        content: [
          { text: 'a' },
          { text: 'b' },
          point,
          { text: 'c' },
          point,
          { text: 'd' },
          point,
          { text: 'e' },
          point,
        ],
      },
    ])
    expect(paths(asked)).toEqual(['dropped messages[0].content[0].prompt_cache_breakpoint'])
  })

  it('keep the end of tools and system prompt before what comes later', () => {
    const asked = {
      tools: [{ name: 'f', inputSchema: {}, cache }],
      messages: [user(...['a', 'b', 'c', 'd'].map((words) => text(words, { cache })))],
    }
    const { body } = encode(asked)
    expect(body.toolConfig).toMatchObject({ tools: [{ toolSpec: {} }, point] })
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [{ text: 'a' }, { text: 'b' }, point, { text: 'c' }, point, { text: 'd' }, point],
      },
    ])
  })

  it('stand at the end where the whole prompt is marked', () => {
    const whole = { cache: { ttl: '1h' as const }, messages: [user(text('a')), assistant(text('b')), user(text('c'))] }
    expect(encode(whole).body.messages).toMatchObject([
      { content: [{ text: 'a' }] },
      { content: [{ text: 'b' }] },
      { content: [{ text: 'c' }, { cachePoint: { type: 'default', ttl: '1h' } }] },
    ])
    const both = { ...whole, messages: [user(text('c', { cache }))] }
    expect(encode(both).body.messages).toEqual([{ role: 'user', content: [{ text: 'c' }, point] }])
    expect(paths({ ...whole, model: 'meta.llama4-x' })).toEqual(['dropped prompt_cache_breakpoint'])
  })

  it('live as long as the nearest lifetime that costs no more, which is told', () => {
    const asked = {
      messages: [user(text('a', { cache: { ttl: '12h' } }), text('b', { cache: { ttl: '30m' } }), text('c'))],
    }
    const hour = { cachePoint: { type: 'default', ttl: '1h' } }
    expect(encode(asked).body.messages).toMatchObject([
      { content: [{ text: 'a' }, hour, { text: 'b' }, point, { text: 'c' }] },
    ])
    expect(paths(asked)).toEqual([
      'approximated messages[0].content[0].prompt_cache_breakpoint',
      'approximated messages[0].content[1].prompt_cache_breakpoint',
    ])
    const nova = { ...asked, model: 'amazon.nova-pro-v1:0' }
    expect(encode(nova).body.messages).toMatchObject([
      { content: [{ text: 'a' }, point, { text: 'b' }, point, { text: 'c' }] },
    ])
    expect(paths(nova)).toHaveLength(2)
  })

  it('stand after a tool result, and not within', () => {
    const messages = [hi, assistant(call('a')), user(result('a', [text('fine', { cache })]))]
    expect(encode({ messages }).body.messages).toMatchObject([{}, {}, { content: [{ toolResult: {} }, point] }])
  })

  it('are left out where the model has none', () => {
    const asked = { tools: [{ name: 'f', inputSchema: {}, cache }], messages: [user(text('Hi', { cache }))] }
    expect(paths({ ...asked, model: nova })).toEqual(['dropped tools[0].prompt_cache_breakpoint'])
    expect(paths({ ...asked, model: 'meta.llama4-x' })).toHaveLength(2)
  })
})

it('asks for a shape with its schema as text', () => {
  const schema = { type: 'object', properties: {} }
  expect(encode({ output: { type: 'json', schema, name: 'answer', description: 'All' } }).body.outputConfig).toEqual({
    textFormat: {
      type: 'json_schema',
      structure: { jsonSchema: { schema: JSON.stringify(schema), name: 'answer', description: 'All' } },
    },
  })
  const losses = (spoken: ClientDialect) => paths({ output: { type: 'json' }, spoken })
  expect(losses('openai-chat')).toEqual(['dropped response_format'])
  expect(losses('openai-responses')).toEqual(['dropped text.format'])
})

it("names what it cannot say in the caller's words", () => {
  const asked = { seed: 1, presencePenalty: 1, endUser: 'u', temperature: 1.5, stop: [' '] }
  expect(paths({ ...asked, extensions: { 'openai-chat': { logprobs: true, n: 1 } } })).toEqual([
    'dropped stop[0]',
    'approximated temperature',
    'dropped seed',
    'dropped presence_penalty',
    'dropped user',
    'dropped logprobs',
  ])
  expect(paths({ endUser: 'u', stop: [' '], spoken: 'anthropic-messages' })).toEqual([
    'dropped stop_sequences[0]',
    'dropped metadata.user_id',
  ])
  expect(paths({ temperature: 1, topK: 3, quirks: { rejectsSampling: true } })).toEqual([
    'dropped temperature',
    'dropped top_k',
  ])
  expect(() => encode({ extensions: { 'openai-chat': { n: 2 } } })).toThrow(expect.objectContaining({ path: 'n' }))
})

it('sends what is said in its own words beside what it knows', () => {
  const extensions = {
    'bedrock-converse': { guardrailConfig: { guardrailIdentifier: 'g' }, inferenceConfig: { maxTokens: 1, extra: 2 } },
  }
  expect(encode({ maxOutputTokens: 9, extensions }).body).toMatchObject({
    inferenceConfig: { maxTokens: 9, extra: 2 },
    guardrailConfig: { guardrailIdentifier: 'g' },
  })
})

it('puts the model into the path, encoded once', () => {
  const arn = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6'
  expect(codec.address?.write('anthropic.claude-haiku-4-5-20251001-v1:0', false)).toBe(
    '/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/converse',
  )
  const path = codec.address?.write(arn, true) ?? ''
  expect(path).toBe(`/model/${encodeURIComponent(arn)}/converse-stream`)
  expect(codec.address?.read(path)).toEqual({ model: arn, stream: true })
  expect(codec.address?.read('/model/x/invoke')).toBeUndefined()
  expect(() => codec.address?.write('..', false)).toThrow('cannot stand in a path')
})

it('never passes bytes on', () => {
  expect(() => codec.passRequest('{}', 'm', { messages: [], stream: false }, {})).toThrow(
    expect.objectContaining({ code: 'internal-error' }),
  )
})
