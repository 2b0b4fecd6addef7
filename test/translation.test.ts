import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RawUpstream, startRawUpstream, withRawUpstream } from './raw-upstream.ts'
import { alias, openStand, type Stand } from './stand.ts'

// biome-ignore lint/suspicious/noExplicitAny: what goes over the wire is compared, not typed.
type Json = any

let upstream: RawUpstream
let stand: Stand
let whole: Json
let events: readonly Json[]

beforeAll(async () => {
  upstream = await startRawUpstream((response, { path, body }) => {
    const isStream = JSON.parse(body).stream === true
    response.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json')
    if (!isStream) return void response.end(JSON.stringify(whole))
    const frames = events.map(
      (event) => `${event.type ? `event: ${event.type}\n` : ''}data: ${JSON.stringify(event)}\n\n`,
    )
    response.end(frames.join('') + (path.endsWith('/chat/completions') ? 'data: [DONE]\n\n' : ''))
  })
  const once = { retry: { attempts: 1, baseMs: 1, capMs: 1 } }
  stand = await openStand({
    aliases: [
      alias('to-openai', ['raw-openai-chat/m'], once),
      alias('to-anthropic', ['raw-anthropic-messages/m'], once),
    ],
    config: withRawUpstream(upstream.url),
  })
})
afterAll(async () => {
  await stand[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const plainReply = {
  'to-openai': {
    id: 'chatcmpl-1',
    choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
  },
  'to-anthropic': { id: 'msg_1', type: 'message', content: [{ type: 'text', text: 'ok' }], stop_reason: 'end_turn' },
}

interface Exchanged {
  readonly status: number
  /** What the upstream received. */
  readonly sent: Json
  /** What the client received. */
  readonly got: Json
  readonly losses: readonly string[]
}

async function post(path: string, body: Json): Promise<Exchanged> {
  const before = upstream.received.length
  const response = await fetch(stand.gateway.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  const received = upstream.received[before]
  const sent = received && JSON.parse(received.body)
  const loss = response.headers.get('x-inseam-loss')
  const frames = () =>
    text
      .split('\n\n')
      .filter((frame) => frame.includes('data: {'))
      .map((frame) => JSON.parse(frame.slice(frame.indexOf('data: ') + 6)))
  return {
    status: response.status,
    sent,
    got: body.stream && response.ok ? frames() : JSON.parse(text),
    losses: loss === null ? [] : loss.split(', '),
  }
}

const hello = [{ role: 'user', content: 'Hello.' }]

/** A client of OpenAI's whose target is Anthropic. */
const fromOpenai = (fields: Json, answer: Json = plainReply['to-anthropic']) => {
  whole = answer
  return post('/v1/chat/completions', { model: 'to-anthropic', max_completion_tokens: 100, messages: hello, ...fields })
}
/** A client of Anthropic's whose target is OpenAI. */
const fromAnthropic = (fields: Json, answer: Json = plainReply['to-openai']) => {
  whole = answer
  return post('/v1/messages', { model: 'to-openai', max_tokens: 100, messages: hello, ...fields })
}
const openaiStream = (...said: readonly Json[]) => {
  events = said
  return fromAnthropic({ stream: true })
}
const anthropicStream = (...said: readonly Json[]) => {
  events = said
  return fromOpenai({ stream: true, stream_options: { include_usage: true } })
}

const chatReply = (message: Json, finish_reason = 'stop', more: Json = {}) => ({
  id: 'chatcmpl-1',
  model: 'told',
  choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason }],
  ...more,
})
const message = (content: Json, stop_reason = 'end_turn', more: Json = {}) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'told',
  content,
  stop_reason,
  stop_sequence: null,
  ...more,
})
const chunk = (delta: Json, finish_reason: string | null = null) => ({
  id: 'chatcmpl-1',
  choices: [{ index: 0, delta, finish_reason }],
})
const begin = (usage: Json = { input_tokens: 1, output_tokens: 1 }) => ({
  type: 'message_start',
  message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'told', content: [], stop_reason: null, usage },
})
const opens = (index: number, content_block: Json) => ({ type: 'content_block_start', index, content_block })
const delta = (index: number, said: Json) => ({ type: 'content_block_delta', index, delta: said })
const closes = (index: number) => ({ type: 'content_block_stop', index })
const stops = (stop_reason: string, more: Json = {}) => [
  { type: 'message_delta', delta: { stop_reason, stop_sequence: null, ...more }, usage: { output_tokens: 5 } },
  { type: 'message_stop' },
]

/** Tools of each dialect, so that calls have something to call. */
const openaiTools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } }]
const anthropicTools = [{ name: 'look', input_schema: { type: 'object', properties: {} } }]
const calls = (...ids: readonly string[]) =>
  ids.map((id) => ({ id, type: 'function', function: { name: 'look', arguments: `{"id":"${id}"}` } }))
const uses = (...ids: readonly string[]) => ids.map((id) => ({ type: 'tool_use', id, name: 'look', input: { id } }))

/** What a stream for Anthropic's clients consists of, in short; it must be well-formed to the letter. */
function outline(got: readonly Json[]): string[] {
  let open: number | undefined
  let next = 0
  return got.flatMap((event) => {
    if (event.type === 'content_block_start') {
      expect(open).toBeUndefined()
      expect(event.index).toBe(next++)
      open = event.index
      return [`${event.index} ${event.content_block.type}`]
    }
    if (event.type === 'content_block_delta') {
      expect(event.index).toBe(open)
      const { type: _, ...said } = event.delta
      return [`${event.index} ${JSON.stringify(Object.values(said)[0])}`]
    }
    if (event.type === 'content_block_stop') {
      expect(event.index).toBe(open)
      open = undefined
      return [`${event.index} end`]
    }
    if (event.type === 'message_delta') {
      expect(open).toBeUndefined()
      return [event.delta.stop_reason]
    }
    return event.type === 'message_start' ? [] : [event.type]
  })
}

describe('1. parallel tool calls', () => {
  it('become results in one user message, first in it and in order, with the words behind them', async () => {
    const { sent, losses } = await fromOpenai({
      tools: openaiTools,
      messages: [
        ...hello,
        { role: 'assistant', content: 'I look.', tool_calls: calls('a', 'b') },
        { role: 'tool', tool_call_id: 'a', content: 'A' },
        { role: 'tool', tool_call_id: 'b', content: 'B' },
        { role: 'user', content: 'Go on.' },
      ],
    })
    expect(sent.messages).toEqual([
      { role: 'user', content: 'Hello.' },
      { role: 'assistant', content: [{ type: 'text', text: 'I look.' }, ...uses('a', 'b')] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: 'A' },
          { type: 'tool_result', tool_use_id: 'b', content: 'B' },
          { type: 'text', text: 'Go on.' },
        ],
      },
    ])
    expect(losses).toEqual([])
  })

  it('become messages of the tool, ahead of the words beside them', async () => {
    const { sent, losses } = await fromAnthropic({
      tools: anthropicTools,
      messages: [
        ...hello,
        {
          role: 'assistant',
          content: [{ type: 'text', text: 'I ' }, { type: 'text', text: 'look.' }, ...uses('a', 'b')],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'b', content: 'B' },
            { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'A' }] },
            { type: 'text', text: 'Go on.' },
          ],
        },
      ],
    })
    expect(sent.messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'I ' },
          { type: 'text', text: 'look.' },
        ],
        tool_calls: calls('a', 'b'),
      },
      { role: 'tool', tool_call_id: 'b', content: 'B' },
      { role: 'tool', tool_call_id: 'a', content: 'A' },
      { role: 'user', content: 'Go on.' },
    ])
    expect(losses).toEqual([])
  })

  it('can be forbidden in either dialect', async () => {
    const one = await fromOpenai({ tools: openaiTools, parallel_tool_calls: false })
    expect(one.sent.tool_choice).toEqual({ type: 'auto', disable_parallel_tool_use: true })
    const two = await fromAnthropic({
      tools: anthropicTools,
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
    })
    expect(two.sent).toMatchObject({ tool_choice: 'required', parallel_tool_calls: false })
    expect([...one.losses, ...two.losses]).toEqual([])
  })
})

describe('2. what a tool answered', () => {
  const asked = [...hello, { role: 'assistant', content: uses('a', 'b') }]
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } }

  it('keeps its pictures, its failure and the words beside it', async () => {
    const { sent, losses } = await fromAnthropic({
      tools: anthropicTools,
      messages: [
        ...asked,
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'A' }, image] },
            { type: 'tool_result', tool_use_id: 'b', is_error: true, content: 'broken' },
            { type: 'text', text: 'What now?' },
          ],
        },
      ],
    })
    expect(sent.messages.slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: 'A' },
      { role: 'tool', tool_call_id: 'b', content: 'Error: broken' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'From the result of tool call a:' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } },
          { type: 'text', text: 'What now?' },
        ],
      },
    ])
    expect(losses).toEqual([
      'messages[2].content[0].content[1];approximated',
      'messages[2].content[1].is_error;approximated',
    ])
  })

  it('may be nothing at all', async () => {
    const one = await fromAnthropic({
      tools: anthropicTools,
      messages: [
        ...asked,
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'a' },
            { type: 'tool_result', tool_use_id: 'b', content: [] },
          ],
        },
      ],
    })
    expect(one.sent.messages.slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: '' },
      { role: 'tool', tool_call_id: 'b', content: '' },
    ])
    const two = await fromOpenai({
      tools: openaiTools,
      messages: [
        ...hello,
        { role: 'assistant', tool_calls: calls('a') },
        { role: 'tool', tool_call_id: 'a', content: '' },
      ],
    })
    expect(two.sent.messages[2]).toEqual({ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a' }] })
    expect([...one.losses, ...two.losses]).toEqual([])
  })
})

describe('3. thinking', () => {
  const thought = { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' }

  it('is never sent to another vendor, and its loss is told', async () => {
    const { sent, losses } = await fromAnthropic({
      messages: [
        ...hello,
        {
          role: 'assistant',
          content: [thought, { type: 'redacted_thinking', data: 'secret' }, { type: 'text', text: 'Hi.' }],
        },
        ...hello,
      ],
    })
    expect(sent.messages[1]).toEqual({ role: 'assistant', content: 'Hi.' })
    expect(JSON.stringify(sent)).not.toMatch(/c2ln|secret|Hm/)
    expect(losses).toEqual(['messages[1].content[0];dropped', 'messages[1].content[1];dropped'])
  })

  it('of OpenAI hosts goes to no Anthropic, and is shown to its clients sealed, for they refuse what bears no signature', async () => {
    const { sent, losses } = await fromOpenai({
      messages: [...hello, { role: 'assistant', reasoning_content: 'Hm.', content: 'Hi.' }, ...hello],
    })
    expect(sent.messages[1]).toEqual({ role: 'assistant', content: 'Hi.' })
    expect(losses).toEqual(['messages[1].reasoning_content;dropped'])
    const { got } = await fromAnthropic({}, chatReply({ reasoning_content: 'Hm.', content: 'Hi.' }))
    expect(got.content).toEqual([
      { type: 'thinking', thinking: 'Hm.', signature: expect.stringMatching(/^aW5zZWFtLjEu/) },
      { type: 'text', text: 'Hi.' },
    ])
    const streamed = await openaiStream(
      chunk({ reasoning_content: 'Hm.' }),
      chunk({ content: 'Hi.' }),
      chunk({}, 'stop'),
    )
    expect(outline(streamed.got)).toEqual([
      '0 thinking',
      '0 "Hm."',
      expect.stringMatching(/^0 "aW5zZWFtLjEu/),
      '0 end',
      '1 text',
      '1 "Hi."',
      '1 end',
      'end_turn',
      'message_stop',
    ])
  })

  it('of Anthropic is shown to OpenAI clients without its signature', async () => {
    const { got, losses } = await fromOpenai({}, message([thought, { type: 'text', text: 'Hi.' }]))
    expect(got.choices[0].message).toMatchObject({ content: 'Hi.', reasoning_content: 'Hm.' })
    expect(JSON.stringify(got)).not.toContain('c2ln')
    expect(losses).toEqual(['content[0].signature;dropped', 'content[0];approximated'])
    const streamed = await anthropicStream(
      begin(),
      opens(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'Hm.' }),
      delta(0, { type: 'signature_delta', signature: 'c2ln' }),
      closes(0),
      opens(1, { type: 'text', text: '' }),
      delta(1, { type: 'text_delta', text: 'Hi.' }),
      closes(1),
      ...stops('end_turn'),
    )
    const said = streamed.got.flatMap(({ choices }: Json) => choices.map((choice: Json) => choice.delta))
    expect(said).toEqual([{ role: 'assistant', content: '' }, { reasoning_content: 'Hm.' }, { content: 'Hi.' }, {}])
  })

  it('is asked for by effort, by budget, or not at all', async () => {
    const asked = async (fields: Json) => (await fromAnthropic(fields)).sent.reasoning_effort
    expect(await asked({ thinking: { type: 'disabled' } })).toBe('none')
    expect(await asked({ output_config: { effort: 'xhigh' }, thinking: { type: 'adaptive' } })).toBe('xhigh')
    expect(await asked({ thinking: { type: 'enabled', budget_tokens: 20_000 }, max_tokens: 30_000 })).toBe('high')
    expect(await asked({})).toBeUndefined()
    const budget = await fromAnthropic({ thinking: { type: 'enabled', budget_tokens: 2_000 }, max_tokens: 3_000 })
    expect(budget.losses).toEqual(['thinking.budget_tokens;approximated'])
    expect((await fromOpenai({ reasoning_effort: 'high' })).sent.output_config).toEqual({ effort: 'high' })
    expect((await fromOpenai({ reasoning_effort: 'none' })).sent.thinking).toEqual({ type: 'disabled' })
  })
})

describe('4. cache marks', () => {
  const ask = (cache_control: object) =>
    fromAnthropic({
      system: [{ type: 'text', text: 'Be brief.', cache_control }],
      tools: [{ ...anthropicTools[0], cache_control }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello.', cache_control }] }],
    })

  it('are needless where prompts are kept without them: nothing is lost', async () => {
    const { sent, losses } = await ask({ type: 'ephemeral' })
    expect(sent.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello.' },
    ])
    expect(sent.tools).toEqual(openaiTools)
    expect(losses).toEqual([])
  })

  it('are told where they ask for a time that nobody promises', async () => {
    const { losses } = await ask({ type: 'ephemeral', ttl: '1h' })
    expect(losses).toEqual([
      'tools[0].cache_control;approximated',
      'system[0].cache_control;approximated',
      'messages[0].content[0].cache_control;approximated',
    ])
  })

  it('are worth something only where what they mark is stable: the same request is the same bytes', async () => {
    const at = upstream.received.length
    for (let i = 0; i < 2; i++)
      await fromOpenai({ tools: openaiTools, messages: [{ role: 'system', content: 'Be brief.' }, ...hello] })
    expect(upstream.received[at]?.body).toBe(upstream.received[at + 1]?.body)
  })
})

describe('6. system prompts', () => {
  it('stand at the top, all of them and in order; later ones stay where they stand', async () => {
    const { sent, losses } = await fromOpenai({
      messages: [
        { role: 'system', content: 'One.' },
        {
          role: 'developer',
          content: [
            { type: 'text', text: 'Two.' },
            { type: 'text', text: 'Three.' },
          ],
        },
        ...hello,
        { role: 'system', content: 'Four.' },
        ...hello,
      ],
    })
    expect(sent.system).toEqual(['One.', 'Two.', 'Three.'].map((text) => ({ type: 'text', text })))
    expect(sent.messages).toEqual([
      { role: 'user', content: ['Hello.', 'Four.', 'Hello.'].map((text) => ({ type: 'text', text })) },
    ])
    expect(losses).toEqual(['messages[3];approximated'])
  })

  it('become a system message, as text or as parts', async () => {
    const { sent } = await fromAnthropic({
      system: [
        { type: 'text', text: 'One.' },
        { type: 'text', text: 'Two.' },
      ],
    })
    expect(sent.messages[0]).toEqual({
      role: 'system',
      content: [
        { type: 'text', text: 'One.' },
        { type: 'text', text: 'Two.' },
      ],
    })
    const { sent: plain, losses } = await fromAnthropic({
      system: 'One.',
      messages: [...hello, { role: 'system', content: 'Two.' }],
    })
    expect(plain.messages).toEqual([{ role: 'system', content: 'One.' }, ...hello, { role: 'system', content: 'Two.' }])
    expect(losses).toEqual([])
  })
})

describe('10. structured output', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }

  it('is asked for by its schema', async () => {
    const json_schema = { name: 'thing', strict: true, schema }
    const one = await fromOpenai({ response_format: { type: 'json_schema', json_schema } })
    expect(one.sent.output_config).toEqual({ format: { type: 'json_schema', schema } })
    const two = await fromAnthropic({ output_config: { format: { type: 'json_schema', schema } } })
    expect(two.sent.response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'output', schema, strict: true },
    })
    expect([...one.losses, ...two.losses]).toEqual([])
  })

  it('is asked for in words where the dialect has no field, and says so', async () => {
    const { sent, losses } = await fromOpenai({ response_format: { type: 'json_object' } })
    expect(sent.system).toContain('JSON')
    expect(losses).toEqual(['response_format;approximated'])
  })
})

describe('12. pictures and files', () => {
  it('are kept, by URL and by bytes', async () => {
    const { sent, losses } = await fromOpenai({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'high' } },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,aGk=' } },
            { type: 'file', file: { file_id: 'file-1' } },
          ],
        },
      ],
    })
    expect(sent.messages[0].content).toEqual([
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } },
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'aGk=' }, title: 'a.pdf' },
    ])
    expect(losses).toEqual(['messages[0].content[0].detail;dropped', 'messages[0].content[3];dropped'])
  })

  it('are kept the other way, documents as text too', async () => {
    const { sent, losses } = await fromAnthropic({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } },
            {
              type: 'document',
              source: { type: 'base64', media_type: 'application/pdf', data: 'aGk=' },
              title: 'a.pdf',
            },
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Words.' } },
            { type: 'search_result', source: 'x', title: 'y', content: [] },
          ],
        },
      ],
    })
    expect(sent.messages[0].content).toEqual([
      { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,aGk=' } },
      { type: 'text', text: 'Words.' },
    ])
    expect(losses).toEqual(['messages[0].content[3];approximated', 'messages[0].content[4];dropped'])
  })
})

describe('13. errors', () => {
  it('keep their meaning in the envelope of the client', async () => {
    const before = upstream.respond
    try {
      upstream.respond = (response) => {
        response.writeHead(529)
        response.end('{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}')
      }
      const one = await fromOpenai({})
      expect(one.status).toBe(503)
      expect(one.got.error).toMatchObject({ code: 'overloaded', message: expect.stringContaining('Overloaded') })
      upstream.respond = (response) => {
        response.writeHead(429)
        response.end('{"error":{"message":"Slow down","type":"rate_limit_error","code":"rate_limit_exceeded"}}')
      }
      const two = await fromAnthropic({})
      expect(two.status).toBe(429)
      expect(two.got).toMatchObject({
        type: 'error',
        error: { type: 'rate_limit_error', message: expect.stringContaining('Slow down') },
      })
    } finally {
      upstream.respond = before
    }
  })

  it('within a stream are told in band, and nothing after them could be taken for success', async () => {
    const one = await anthropicStream(
      begin(),
      opens(0, { type: 'text', text: 'Hi' }),
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      closes(0),
      ...stops('end_turn'),
    )
    expect(one.got.at(-1).error).toMatchObject({ code: 'overloaded' })
    expect(JSON.stringify(one.got)).not.toContain('"finish_reason":"')
    const two = await openaiStream(
      chunk({ content: 'Hi' }),
      { error: { message: 'it broke', type: 'server_error' } },
      chunk({}, 'stop'),
    )
    expect(two.got.at(-1)).toMatchObject({ type: 'error', error: { type: 'api_error' } })
    expect(outline(two.got)).not.toContain('message_stop')
  })
})

describe('14. roles and settings', () => {
  it('merge turns of one speaker, leave out empty text, and name what cannot be said', async () => {
    const { sent, losses } = await fromOpenai({
      messages: [
        ...hello,
        { role: 'user', content: '' },
        { role: 'user', content: 'Still there?' },
        { role: 'assistant', content: 'Yes, ' },
      ],
      temperature: 1.5,
      top_p: 0.9,
      seed: 7,
      stop: 'END',
      logprobs: true,
      logit_bias: { 5: 1 },
      presence_penalty: 0.5,
      user: 'u-1',
    })
    expect(sent.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Hello.' },
          { type: 'text', text: 'Still there?' },
        ],
      },
      { role: 'assistant', content: 'Yes,' },
    ])
    expect(sent).toMatchObject({
      top_p: 0.9,
      stop_sequences: ['END'],
      metadata: { user_id: 'u-1' },
      max_tokens: 100,
    })
    expect(losses.toSorted()).toEqual([
      'logit_bias;dropped',
      'logprobs;dropped',
      'messages[3];approximated',
      'presence_penalty;dropped',
      'seed;dropped',
      'temperature;approximated',
    ])
  })

  it('carry settings the other way', async () => {
    const { sent, losses } = await fromAnthropic({
      top_k: 5,
      temperature: 0.5,
      stop_sequences: ['A', 'B'],
      metadata: { user_id: 'u-1' },
    })
    expect(sent).toMatchObject({ temperature: 0.5, stop: ['A', 'B'], user: 'u-1', max_tokens: 100 })
    expect(losses).toEqual(['top_k;dropped'])
  })

  it.for([
    [{ type: 'any' }, 'required'],
    [{ type: 'none' }, 'none'],
    [{ type: 'auto' }, 'auto'],
    [
      { type: 'tool', name: 'look' },
      { type: 'function', function: { name: 'look' } },
    ],
  ] as const)('say the choice of tools: %j', async ([choice, said], { expect }) => {
    expect((await fromAnthropic({ tools: anthropicTools, tool_choice: choice })).sent.tool_choice).toEqual(said)
    expect((await fromOpenai({ tools: openaiTools, tool_choice: said })).sent.tool_choice).toEqual(choice)
  })

  it('refuse a result that answers no call, and more than one answer', async () => {
    const orphan = await fromOpenai({ messages: [...hello, { role: 'tool', tool_call_id: 'x', content: 'X' }] })
    expect(orphan).toMatchObject({ status: 400, sent: undefined })
    expect(orphan.got.error.message).toContain('messages[1].tool_call_id')
    const many = await fromOpenai({ n: 2 })
    expect(many).toMatchObject({ status: 400, sent: undefined })
    const broken = await fromOpenai({
      messages: [
        ...hello,
        {
          role: 'assistant',
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'look', arguments: `{"a":${'['.repeat(1e5)}` } }],
        },
      ],
    })
    expect(broken).toMatchObject({ status: 400, sent: undefined })
    expect(broken.got.error).toMatchObject({
      code: 'invalid-request',
      param: 'messages[1].tool_calls[0].function.arguments',
    })
  })

  it('set the limit that Anthropic wants where the client set none, and say so', async () => {
    const { sent, losses } = await fromOpenai({ max_completion_tokens: undefined })
    expect(sent.max_tokens).toBe(4096)
    expect(losses).toEqual(['max_tokens;approximated'])
  })
})

describe("15. a provider's own tools", () => {
  it('are named as lost, and so are the blocks that they leave', async () => {
    const one = await fromAnthropic({ tools: [...anthropicTools, { type: 'web_search_20250305', name: 'web_search' }] })
    expect(one.sent.tools).toEqual(openaiTools)
    expect(one.losses).toEqual(['tools[web_search];dropped'])
    const two = await fromOpenai({ tools: [{ type: 'custom', custom: { name: 'shell' } }, ...openaiTools] })
    expect(two.sent.tools).toEqual(anthropicTools)
    expect(two.losses).toEqual(['tools[shell];dropped'])
    const searched = [
      { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: { query: 'x' } },
      { type: 'web_search_tool_result', tool_use_id: 'srv_1', content: [] },
      { type: 'text', text: 'Found.', citations: [{ type: 'web_search_result_location', url: 'https://example.com' }] },
    ]
    const usage = { input_tokens: 1, output_tokens: 1, server_tool_use: { web_search_requests: 1 } }
    const three = await fromOpenai({}, message(searched, 'end_turn', { usage }))
    expect(three.got.choices[0].message.content).toBe('Found.')
    expect(three.losses).toEqual(['content[0];dropped', 'content[1];dropped', 'usage.server_tool_use;dropped'])
  })
})

describe('16. fields that nobody knows', () => {
  it('are dropped loudly, never silently', async () => {
    const one = await fromOpenai({
      future_field: { a: 1 },
      messages: [{ role: 'user', content: 'Hello.', mood: 'good' }],
    })
    expect(one.losses.toSorted()).toEqual(['future_field;dropped', 'messages[0].mood;dropped'])
    const two = await fromAnthropic({
      future_field: { a: 1 },
      messages: [{ role: 'user', content: 'Hello.', mood: 'good' }],
    })
    expect(two.losses.toSorted()).toEqual(['future_field;dropped', 'messages[0].mood;dropped'])
    expect(JSON.stringify([one.sent, two.sent])).not.toMatch(/future|mood/)
  })

  it('stand in the event as well, with what became of them', async () => {
    await fromOpenai({ future_field: 1 })
    const event = stand.calls().at(-1)
    expect(event?.losses).toEqual([{ path: 'future_field', effect: 'dropped', detail: expect.any(String) }])
    expect(event).toMatchObject({ dialectIn: 'openai-chat', dialectOut: 'anthropic-messages' })
  })
})

/** A client of OpenAI's Responses whose target speaks another dialect, and others whose target speaks Responses. */
const fromResponses = (model: string, body: Json) => {
  whole = plainReply[model as 'to-openai']
  return post('/v1/responses', { model, input: 'Hello.', ...body })
}
const toResponses = (path: string, body: Json) => {
  whole = {
    id: 'resp_1',
    status: 'completed',
    output: [{ type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'ok' }] }],
  }
  return post(path, { model: 'raw-openai-responses/m', messages: hello, ...body })
}

describe('OpenAI Responses among the others', () => {
  const item = { id: 'msg_0', type: 'message', role: 'assistant', status: 'completed' }
  const conversation = [
    { role: 'user', content: [{ type: 'input_text', text: 'Look.' }] },
    { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'c2ln' },
    { ...item, content: [{ type: 'output_text', text: 'I look.', annotations: [] }] },
    { type: 'function_call', id: 'fc_1', call_id: 'a', name: 'look', arguments: '{}', status: 'completed' },
    { type: 'function_call', id: 'fc_2', call_id: 'b', name: 'look', arguments: '{}', status: 'completed' },
    { type: 'web_search_call', id: 'ws_1', status: 'completed' },
    { type: 'function_call_output', call_id: 'a', output: 'A cat.' },
    {
      type: 'function_call_output',
      call_id: 'b',
      output: [{ type: 'input_image', image_url: 'data:image/png;base64,aGk=', detail: 'auto' }],
    },
    { role: 'user', content: 'Well?' },
  ]

  it('puts parallel calls into one message and their results behind it, and names what stays behind', async () => {
    const chat = await fromResponses('to-openai', { instructions: 'Be brief.', input: conversation, store: false })
    expect(chat.sent.messages.map(({ role }: Json) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'tool',
      'user',
    ])
    expect(chat.sent.messages[2].tool_calls.map(({ id }: Json) => id)).toEqual(['a', 'b'])
    expect(chat.losses.toSorted()).toEqual(['input[1];dropped', 'input[5];dropped', 'input[7].content[0];approximated'])
    const claude = await fromResponses('to-anthropic', { input: conversation, max_output_tokens: 50 })
    expect(claude.sent.messages.map(({ role }: Json) => role)).toEqual(['user', 'assistant', 'user'])
    expect(claude.sent.messages[2].content.map(({ type }: Json) => type)).toEqual([
      'tool_result',
      'tool_result',
      'text',
    ])
    expect(claude.sent.messages[2].content[1].content[0].type).toBe('image')
    expect(claude.losses.toSorted()).toEqual(['input[1];dropped', 'input[5];dropped'])
  })

  it('names each field that the other dialect has no word for', async () => {
    const { losses, got } = await fromResponses('to-anthropic', {
      max_output_tokens: 50,
      background: true,
      include: ['reasoning.encrypted_content'],
      reasoning: { effort: 'low', summary: 'auto' },
      store: true,
      text: { verbosity: 'low' },
      tools: [{ type: 'web_search' }],
      truncation: 'auto',
    })
    expect(losses.toSorted()).toEqual([
      'background;dropped',
      'include;dropped',
      'store;dropped',
      'text.verbosity;dropped',
      'tools[web_search];dropped',
      'truncation;dropped',
    ])
    expect(got).toMatchObject({ object: 'response', status: 'completed', output: [{ content: [{ text: 'ok' }] }] })
  })

  it.each(['previous_response_id', 'conversation', 'prompt'])(
    'refuses %s where nobody holds what was said before, and spends nothing',
    async (field) => {
      const { status, sent, got } = await fromResponses('to-openai', {
        [field]: field === 'prompt' ? { id: 'p' } : 'x',
      })
      expect(status).toBe(400)
      expect(sent).toBeUndefined()
      expect(got.error.message).toContain(field)
    },
  )

  it('is asked to store nothing, and for reasoning that can go back', async () => {
    const { sent, losses, got } = await toResponses('/v1/chat/completions', {
      reasoning_effort: 'low',
      stop: ['x'],
      seed: 1,
      max_completion_tokens: 5,
    })
    expect(sent).toEqual({
      model: 'm',
      input: [{ role: 'user', content: 'Hello.' }],
      reasoning: { effort: 'low' },
      max_output_tokens: 16,
      store: false,
      include: ['reasoning.encrypted_content'],
    })
    expect(losses.toSorted()).toEqual(['max_tokens;approximated', 'seed;dropped', 'stop;dropped'])
    expect(got.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'ok' } })
  })

  it('keeps images in the results of tools, and marks a failed one', async () => {
    const { sent, losses } = await toResponses('/v1/messages', {
      max_tokens: 50,
      messages: [
        ...hello,
        { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'look', input: {} }] },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'a',
              is_error: true,
              content: [
                { type: 'text', text: 'Too dark.' },
                { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } },
              ],
            },
          ],
        },
      ],
    })
    expect(sent.input[2]).toEqual({
      type: 'function_call_output',
      call_id: 'a',
      output: [
        { type: 'input_text', text: 'Error: Too dark.' },
        { type: 'input_image', image_url: 'data:image/png;base64,aGk=', detail: 'auto' },
      ],
    })
    expect(losses).toEqual(['messages[2].content[0].is_error;approximated'])
  })
})
