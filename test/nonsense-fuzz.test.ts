import { createParser } from 'eventsource-parser'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultConfig } from '../src/config.ts'
import { collect } from '../src/core/collect.ts'
import { type ClientDialect, clientDialects } from '../src/core/dialect.ts'
import type { JsonValue } from '../src/core/json.ts'
import { textOf } from '../src/core/message.ts'
import { noUsage } from '../src/core/usage.ts'
import { createSeam, type Seam } from '../src/create-seam.ts'
import { type ErrorCode, isInseamError } from '../src/errors/index.ts'
import { createMemoryCache, createMemoryEventSink } from '../src/stores/memory/index.ts'
import { codecs } from '../src/wire/codecs.ts'
import { readSse } from '../src/wire/sse.ts'
import {
  ask,
  chunk,
  frame,
  named,
  type Outcome,
  part,
  providersOf,
  replies,
  responded,
  streams,
  words,
} from './nonsense-samples.ts'
import { type NonsenseUpstream, response, startNonsenseUpstream } from './nonsense-upstream.ts'
import { alias, openStand, type Stand } from './stand.ts'

const begin = streams['anthropic-messages'][0] ?? ''

const look = {
  id: 'fc_1',
  type: 'function_call',
  status: 'completed',
  call_id: 'call_a',
  name: 'look',
  arguments: '{"a":1}',
}
const summary = (text: string) => ({ type: 'summary_text', text })

/** Streams with thinking, two tool calls and text between them. */
const toolStreams: Record<ClientDialect, readonly string[]> = {
  'openai-chat': [
    frame(chunk({ role: 'assistant', reasoning_content: 'Hm.' })),
    frame(chunk({ content: 'I look.' })),
    frame(chunk({ tool_calls: [{ index: 0, id: 'call_a', function: { name: 'look', arguments: '' } }] })),
    frame(chunk({ tool_calls: [{ index: 1, id: 'call_b', function: { name: 'see', arguments: '{"a":' } }] })),
    frame(chunk({ tool_calls: [{ index: 0, function: { arguments: '{}' } }] })),
    frame(chunk({ tool_calls: [{ index: 1, function: { arguments: '1}' } }] })),
    frame(chunk({}, 'tool_calls')),
    'data: [DONE]\n\n',
  ],
  'openai-responses': [
    streams['openai-responses'][0] ?? '',
    named('response.output_item.added', { output_index: 0, item: { id: 'rs_1', type: 'reasoning', summary: [] } }),
    named('response.reasoning_summary_part.added', { output_index: 0, summary_index: 0, part: summary('') }),
    named('response.reasoning_summary_text.delta', { output_index: 0, summary_index: 0, delta: 'Hm.' }),
    named('response.reasoning_summary_part.done', { output_index: 0, summary_index: 0, part: summary('Hm.') }),
    named('response.output_item.done', {
      output_index: 0,
      item: { id: 'rs_1', type: 'reasoning', summary: [summary('Hm.')], encrypted_content: 'c2ln' },
    }),
    named('response.output_item.added', { output_index: 1, item: { ...look, status: 'in_progress', arguments: '' } }),
    named('response.function_call_arguments.delta', { output_index: 1, delta: '{"a":' }),
    named('response.function_call_arguments.delta', { output_index: 1, delta: '1}' }),
    named('response.function_call_arguments.done', { output_index: 1, arguments: '{"a":1}' }),
    named('response.output_item.done', { output_index: 1, item: look }),
    named('response.output_item.added', { output_index: 2, item: { id: 'ws_1', type: 'web_search_call' } }),
    named('response.web_search_call.completed', { output_index: 2 }),
    named('response.output_item.done', { output_index: 2, item: { id: 'ws_1', type: 'web_search_call' } }),
    named('response.completed', { response: responded([look]) }),
  ],
  'anthropic-messages': [
    begin,
    named('content_block_start', { index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } }),
    named('content_block_delta', { index: 0, delta: { type: 'thinking_delta', thinking: 'Hm.' } }),
    named('content_block_delta', { index: 0, delta: { type: 'signature_delta', signature: 'c2ln' } }),
    named('content_block_stop', { index: 0 }),
    named('content_block_start', { index: 1, content_block: { type: 'text', text: '' } }),
    named('content_block_delta', { index: 1, delta: { type: 'text_delta', text: 'I look.' } }),
    named('content_block_stop', { index: 1 }),
    named('content_block_start', {
      index: 2,
      content_block: { type: 'tool_use', id: 'toolu_a', name: 'look', input: {} },
    }),
    named('content_block_delta', { index: 2, delta: { type: 'input_json_delta', partial_json: '{"a":1}' } }),
    named('content_block_stop', { index: 2 }),
    named('content_block_start', {
      index: 3,
      content_block: { type: 'server_tool_use', id: 'srv_b', name: 'web_search', input: {} },
    }),
    named('content_block_delta', { index: 3, delta: { type: 'input_json_delta', partial_json: '{"q":"x"}' } }),
    named('content_block_stop', { index: 3 }),
    named('message_delta', { delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 5 } }),
    named('message_stop'),
  ],
  gemini: [
    frame(part({ text: 'Hm.', thought: true })),
    frame(part({ text: 'I look.' })),
    frame(part({ functionCall: { name: 'look', args: { a: 1 } }, thoughtSignature: 'c2ln' })),
    frame(part({ functionCall: { name: 'see', willContinue: true } })),
    frame(part({ functionCall: { partialArgs: [{ jsonPath: '$.a[0].b', stringValue: 'x' }], willContinue: true } })),
    frame(part({ functionCall: {} })),
    frame(part({ executableCode: { language: 'PYTHON', code: '1' } })),
    frame(part({ text: '' }, 'STOP')),
  ],
}

const toolReplies: Record<ClientDialect, string> = {
  'openai-chat': replies['openai-chat']({
    choices: [
      {
        index: 0,
        message: {
          content: null,
          tool_calls: [{ id: 'call_a', type: 'function', function: { name: 'look', arguments: '{}' } }],
        },
        finish_reason: 'tool_calls',
      },
    ],
  }),
  'openai-responses': replies['openai-responses']({
    output: [{ id: 'rs_1', type: 'reasoning', summary: [summary('Hm.')], encrypted_content: 'c2ln' }, look],
  }),
  'anthropic-messages': replies['anthropic-messages']({
    content: [
      { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
      { type: 'tool_use', id: 'toolu_a', name: 'look', input: {} },
    ],
    stop_reason: 'tool_use',
  }),
  gemini: replies.gemini(part({ functionCall: { name: 'look', args: {} }, thoughtSignature: 'c2ln' }, 'STOP')),
}

interface Mutation {
  readonly kind: 'delete' | 'duplicate' | 'swap' | 'truncate' | 'flip' | 'splice' | 'insert'
  readonly at: number
  readonly to: number
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('delete', 'duplicate', 'swap', 'truncate', 'flip', 'splice', 'insert'),
  at: fc.nat(),
  to: fc.nat(),
})

const strange = [
  'null',
  '{}',
  '[]',
  '""',
  '-1',
  '1e999',
  '"__proto__":{"a":1},',
  '\n\n',
  '\0',
  '\ufeff',
  '{"error":{}}',
  'data: ',
  '}',
]

/** Streams are mutated event by event, bodies piece by piece; bits flip in either. */
function mutate(pieces: readonly string[], mutations: readonly Mutation[]): Buffer {
  let parts = pieces.map((piece) => Buffer.from(piece))
  for (const { kind, at, to } of mutations) {
    const [i, j] = [at % Math.max(parts.length, 1), to % Math.max(parts.length, 1)]
    const bytes = Buffer.concat(parts)
    const place = at % (bytes.length + 1)
    if (kind === 'delete') parts = parts.toSpliced(i, 1)
    else if (kind === 'duplicate') parts = parts.toSpliced(j, 0, parts[i] ?? Buffer.of())
    else if (kind === 'swap')
      parts = parts.map((part, k) => (k === i ? (parts[j] ?? part) : k === j ? (parts[i] ?? part) : part))
    else if (kind === 'truncate') parts = [bytes.subarray(0, place)]
    else if (kind === 'splice') parts = [bytes.subarray(0, place), bytes.subarray(to % (bytes.length + 1))]
    else if (kind === 'insert')
      parts = [bytes.subarray(0, place), Buffer.from(strange[to % strange.length] ?? ''), bytes.subarray(place)]
    else {
      const flipped = Buffer.from(bytes)
      if (place < flipped.length) flipped[place] = (flipped[place] ?? 0) ^ (1 << (to % 8))
      parts = [flipped]
    }
  }
  return Buffer.concat(parts)
}

type Fields = Readonly<Record<string, unknown>>
const objectOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})
const parse = (text: string): Fields => {
  try {
    return objectOf(JSON.parse(text.trim()))
  } catch {
    return {}
  }
}
const isWord = (value: unknown) => typeof value === 'string' && value !== ''

/** Whether the bytes hold what the dialect ends an answer with, as somebody else's parser reads them. */
function hasTerminalSignal(dialect: ClientDialect, stream: boolean, bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes).toString('utf8')
  const firstChoice = ({ choices }: Fields) =>
    objectOf(Array.isArray(choices) ? choices.find((one) => objectOf(one).finish_reason) : undefined)
  const isBlocked = ({ promptFeedback }: Fields) => isWord(objectOf(promptFeedback).blockReason)
  const hasEnded = ({ candidates, ...rest }: Fields) =>
    isBlocked(rest) || (Array.isArray(candidates) && candidates.some((one) => isWord(objectOf(one).finishReason)))
  if (!stream) {
    const body = parse(text.replace(/^\ufeff/, ''))
    if (dialect === 'openai-responses') return body.status === 'completed' || body.status === 'incomplete'
    if (dialect === 'gemini') return hasEnded(body)
    return isWord(dialect === 'openai-chat' ? firstChoice(body).finish_reason : body.stop_reason)
  }
  const events: Fields[] = []
  const parser = createParser({ onEvent: ({ event, data }) => events.push({ type: event, ...parse(data) }) })
  parser.feed(text)
  if (dialect === 'gemini') return events.some(hasEnded)
  if (dialect === 'openai-chat') return events.some((event) => isWord(firstChoice(event).finish_reason))
  if (dialect === 'openai-responses') {
    return events.some(({ type }) => type === 'response.completed' || type === 'response.incomplete')
  }
  const hasReason = events.some(
    ({ delta, message }) => isWord(objectOf(delta).stop_reason) || isWord(objectOf(message).stop_reason),
  )
  return hasReason && events.some(({ type }) => type === 'message_stop')
}

/** What a provider's bytes may end in. `internal-error` is not among them. */
const providerCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'connection-failed',
  'server-error',
  'overloaded',
  'provider-timed-out',
  'conflict',
  'rate-limited',
  'quota-exhausted',
  'credential-rejected',
  'model-not-found',
  'reply-unreadable',
  'reply-too-large',
  'output-overrun',
  'stream-interrupted',
  'request-rejected',
  'request-too-large',
  'context-exceeded',
  'content-blocked',
])

function judge(outcome: Outcome, dialect: ClientDialect, stream: boolean, bytes: Uint8Array): void {
  if ('error' in outcome) {
    expect(providerCodes, outcome.error.message).toContain(outcome.error.code)
    return
  }
  const { reply, deltas } = outcome
  expect(hasTerminalSignal(dialect, stream, bytes), 'success without a terminal signal').toBe(true)
  if (!stream) return
  const collector = collect()
  for (const delta of deltas) collector.add(delta)
  expect(textOf(collector.content())).toBe(reply.text)
}

const bodies = (dialect: ClientDialect, stream: boolean): readonly (readonly string[])[] =>
  stream
    ? [streams[dialect], toolStreams[dialect]]
    : [replies[dialect](), toolReplies[dialect]].map((body) => body.split(/(?<=[,{}[\]])/))

const answer = { callId: 'call_1', model: 'fast', created: 0, includeUsage: true }

describe('bytes that nobody meant', () => {
  for (const dialect of clientDialects) {
    for (const stream of [true, false]) {
      it(`make a reply or an error, and nothing else: ${dialect}, ${stream ? 'streamed' : 'whole'}`, () => {
        const context = { target: 'lab/model', quirks: {} }
        const decode = (bytes: Buffer, size: number): Outcome => {
          try {
            if (!stream) {
              const { content = [], ...reply } = codecs[dialect].decodeReply(
                JSON.parse(bytes.toString('utf8')),
                context,
              )
              return { reply: { ...reply, content, text: textOf(content) } as never, deltas: [] }
            }
            const sse = readSse('lab/model')
            const decoder = codecs[dialect].decodeStream(context)
            const collector = collect()
            const deltas = []
            const encoders = clientDialects.map((other) => codecs[other].encodeStream(answer))
            for (let at = 0; at < bytes.length && !decoder.closed; at += size) {
              for (const event of sse.push(bytes.subarray(at, at + size))) {
                const spelt = decoder.push(event)
                for (const delta of spelt) collector.add(delta)
                for (const delta of spelt) for (const encoder of encoders) encoder.push(delta)
                deltas.push(...spelt)
              }
            }
            const content = collector.content()
            return { reply: { ...decoder.finish(), content, text: textOf(content) } as never, deltas }
          } catch (thrown) {
            if (isInseamError(thrown)) return { error: thrown }
            if (!stream && thrown instanceof SyntaxError) return { error: { code: 'reply-unreadable' } as never }
            throw thrown
          }
        }
        fc.assert(
          fc.property(
            fc.constantFrom(...bodies(dialect, stream)),
            fc.array(mutation, { minLength: 1, maxLength: 4 }),
            fc.integer({ min: 1, max: 300 }),
            (pieces, mutations, size) => {
              const bytes = mutate(pieces, mutations)
              const outcome = decode(bytes, size)
              judge(outcome, dialect, stream, bytes)
              if ('error' in outcome) return
              const reply = { ...outcome.reply, usage: outcome.reply.usage ?? noUsage }
              for (const other of clientDialects) JSON.stringify(codecs[other].encodeReply(reply, answer).body)
            },
          ),
          { numRuns: 3_000 },
        )
      })
    }
  }

  it('make the same reply wherever a stream is split', () => {
    for (const dialect of clientDialects) {
      for (const events of bodies(dialect, true)) {
        const bytes = Buffer.from(events.join(''))
        const read = (cuts: readonly number[]) => {
          const sse = readSse('lab/model')
          const decoder = codecs[dialect].decodeStream({ target: 'lab/model', quirks: {} })
          const collector = collect()
          for (const [i, from] of [0, ...cuts].entries()) {
            for (const event of sse.push(bytes.subarray(from, cuts[i] ?? bytes.length))) {
              for (const delta of decoder.push(event)) collector.add(delta)
            }
          }
          return { reply: decoder.finish(), content: collector.content() }
        }
        const expected = read([])
        for (let cut = 1; cut < bytes.length; cut++) expect(read([cut])).toEqual(expected)
        expect(read(Array.from({ length: bytes.length - 1 }, (_, at) => at + 1))).toEqual(expected)
      }
    }
  })

  it('are read in linear time: ten megabytes in small pieces, whatever they spell', () => {
    const endless: readonly (readonly [ClientDialect, string, (i: number) => string])[] = [
      ['openai-chat', '', (i) => frame(chunk({ content: `${i} ` }))],
      [
        'openai-chat',
        '',
        (i) => frame(chunk({ tool_calls: [{ index: i, function: { name: 'f', arguments: '{}' } }] })),
      ],
      [
        'openai-chat',
        '',
        (i) => frame(chunk({ tool_calls: [{ index: 0, custom: { name: i === 0 ? 'f' : '', input: 'a' } }] })),
      ],
      ['openai-chat', '', () => frame(chunk({ content: 'a', annotations: [{ type: 'url_citation' }] }))],
      ['openai-chat', '', () => ':\n\n'],
      ['gemini', '', (i) => frame(part({ text: `${i} ` }))],
      ['gemini', '', (i) => frame(part({ functionCall: { name: 'f', args: { i } } }))],
      [
        'gemini',
        frame(part({ functionCall: { name: 'f', willContinue: true } })),
        () =>
          frame(part({ functionCall: { partialArgs: [{ jsonPath: '$.a', stringValue: 'b' }], willContinue: true } })),
      ],
      [
        'openai-responses',
        '',
        (i) => named('response.output_item.done', { output_index: i, item: { type: 'web_search_call', id: `${i}` } }),
      ],
      [
        'openai-responses',
        named('response.output_item.added', { output_index: 0, item: { type: 'message', content: [] } }),
        () => named('response.output_text.annotation.added', { output_index: 0, content_index: 0, annotation: {} }),
      ],
      [
        'anthropic-messages',
        begin,
        (i) => named('content_block_start', { index: i, content_block: { type: 'text', text: 'a' } }),
      ],
      ...['text', 'strange'].map((type): readonly [ClientDialect, string, () => string] => [
        'anthropic-messages',
        begin + named('content_block_start', { index: 0, content_block: { type, text: '' } }),
        () => named('content_block_delta', { index: 0, delta: { type: 'citations_delta', citation: { a: 1 } } }),
      ]),
    ]
    for (const [dialect, head, next] of endless) {
      const sse = readSse('lab/model')
      const decoder = codecs[dialect].decodeStream({ target: 'lab/model', quirks: {} })
      const collector = collect()
      let text = head
      for (let i = 0; text.length < 10_000_000 / endless.length; i++) text += next(i)
      const bytes = Buffer.from(text)
      for (let at = 0; at < bytes.length; at += 61) {
        for (const event of sse.push(bytes.subarray(at, at + 61))) {
          for (const delta of decoder.push(event)) collector.add(delta)
        }
      }
      collector.content()
    }
  })
})

/** A request of each dialect that says a good part of what the dialect can say. */
const requests: Record<ClientDialect, JsonValue> = {
  'openai-chat': {
    model: 'm',
    max_tokens: 10,
    stream: true,
    stream_options: { include_usage: true },
    messages: [
      { role: 'developer', content: 'Be brief.' },
      {
        role: 'user',
        name: 'a',
        content: [
          { type: 'text', text: 'Hello.' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=', detail: 'high' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'JVBERi0=' } },
        ],
      },
      {
        role: 'assistant',
        content: 'I look.',
        reasoning_content: 'Hm.',
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'look', arguments: '{"a":[1]}' } }],
      },
      { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'A' }] },
      { role: 'user', content: 'Go on.' },
      { role: 'assistant', refusal: 'No.', content: null },
    ],
    tools: [
      { type: 'function', function: { name: 'look', description: 'b', parameters: { type: 'object' }, strict: true } },
    ],
    tool_choice: { type: 'function', function: { name: 'look' } },
    response_format: { type: 'json_schema', json_schema: { name: 'c', schema: { type: 'object' } } },
    reasoning_effort: 'low',
    temperature: 1.5,
    stop: ['a'],
    seed: 1,
    n: 1,
    user: 'u',
  },
  'openai-responses': {
    model: 'm',
    instructions: 'Be brief.',
    max_output_tokens: 50,
    stream: true,
    input: [
      { role: 'developer', content: 'Be kind.' },
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'Hello.' },
          { type: 'input_image', image_url: 'data:image/png;base64,aGk=', detail: 'high' },
          { type: 'input_file', filename: 'a.pdf', file_data: 'JVBERi0=' },
        ],
      },
      { type: 'reasoning', id: 'rs_1', summary: [summary('Hm.')], encrypted_content: 'c2ln' },
      { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'I look.' }] },
      { type: 'function_call', id: 'fc_1', call_id: 'a', name: 'look', arguments: '{"a":[1]}' },
      { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      { type: 'function_call_output', call_id: 'a', output: [{ type: 'input_text', text: 'A' }] },
      { role: 'user', content: 'Go on.' },
    ],
    tools: [
      { type: 'function', name: 'look', description: 'b', parameters: { type: 'object' }, strict: true },
      { type: 'web_search' },
    ],
    tool_choice: { type: 'function', name: 'look' },
    text: { format: { type: 'json_schema', name: 'c', schema: { type: 'object' } }, verbosity: 'low' },
    reasoning: { effort: 'low', summary: 'auto' },
    temperature: 1.5,
    store: false,
    user: 'u',
  },
  'anthropic-messages': {
    model: 'm',
    max_tokens: 10,
    system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Hello.' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'x' }, title: 'y' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
          { type: 'tool_use', id: 'a', name: 'look', input: { a: [1] } },
        ],
      },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'a', is_error: true, content: [{ type: 'text', text: 'A' }] }],
      },
      { role: 'system', content: 'Now.' },
    ],
    tools: [
      { name: 'look', input_schema: { type: 'object' } },
      { type: 'web_search_20250305', name: 'web_search' },
    ],
    tool_choice: { type: 'any', disable_parallel_tool_use: true },
    thinking: { type: 'enabled', budget_tokens: 1024 },
    output_config: { effort: 'low', format: { type: 'json_schema', schema: { type: 'object' } } },
    stop_sequences: ['a'],
    metadata: { user_id: 'u' },
    stream: false,
  },
  gemini: {
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    contents: [
      {
        role: 'user',
        parts: [
          { text: 'Hello.' },
          { inlineData: { mimeType: 'image/png', data: 'aGk=' } },
          { fileData: { mimeType: 'application/pdf', fileUri: 'https://example.com/a.pdf' } },
        ],
      },
      {
        role: 'model',
        parts: [
          { text: 'Hm.', thought: true, thoughtSignature: 'c2ln' },
          { functionCall: { name: 'look', args: { a: [1] } }, thoughtSignature: 'c2ln' },
        ],
      },
      { role: 'user', parts: [{ functionResponse: { name: 'look', response: { output: 'A' } } }] },
    ],
    tools: [
      {
        functionDeclarations: [{ name: 'look', parameters: { type: 'OBJECT', properties: { a: { type: 'STRING' } } } }],
      },
      { googleSearch: {} },
    ],
    toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['look'] } },
    generationConfig: {
      maxOutputTokens: 10,
      temperature: 1.5,
      stopSequences: ['a'],
      responseMimeType: 'application/json',
      responseSchema: {
        type: 'OBJECT',
        nullable: true,
        properties: { b: { type: 'ARRAY', items: { type: 'STRING' } } },
      },
      thinkingConfig: { thinkingBudget: 100, includeThoughts: true },
    },
    safetySettings: [{ category: 'a', threshold: 'b' }],
  },
}

const strangeValue: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom<JsonValue>(
    null,
    '',
    0,
    -1,
    1e300,
    true,
    [],
    {},
    [[]],
    { toString: 1 },
    '[['.repeat(500),
    'constructor',
    '\ud800',
  ),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>,
)

/** The value with one place in it changed, which `path` picks. */
function change(value: JsonValue, path: readonly number[], strange: JsonValue): JsonValue {
  const [at, ...rest] = path
  if (at === undefined || typeof value !== 'object' || value === null) return strange
  const entries = Object.entries(value)
  const key = entries[at % (entries.length + 1)]?.[0] ?? '__proto__'
  const changed = new Map([
    ...entries,
    [key, change(entries.find(([name]) => name === key)?.[1] ?? null, rest, strange)],
  ])
  return Array.isArray(value) ? ([...changed.values()] as JsonValue[]) : (Object.fromEntries(changed) as JsonValue)
}

describe('requests that nobody meant', () => {
  const quirks = [
    {},
    { structuredOutput: 'none', rejectsSampling: true, developerRole: true, streamUsage: 'unasked' },
  ] as const
  for (const dialect of clientDialects) {
    it(`are sent on or refused as invalid: ${dialect}`, () => {
      const mutations = fc.array(fc.tuple(fc.array(fc.nat(12), { minLength: 1, maxLength: 6 }), strangeValue), {
        minLength: 1,
        maxLength: 3,
      })
      fc.assert(
        fc.property(mutations, (changes) => {
          const asked = changes.reduce((value, [path, strange]) => change(value, path, strange), requests[dialect])
          try {
            const request = codecs[dialect].decodeRequest(asked)
            JSON.parse(codecs[dialect].passRequest(JSON.stringify(asked), 'm', request, {}).body)
            for (const other of clientDialects) {
              for (const quirk of quirks) JSON.stringify(codecs[other].encodeRequest(request, 'm', quirk).body)
            }
          } catch (thrown) {
            if (!isInseamError(thrown)) throw thrown
            expect(thrown.code).toBe('invalid-request')
          }
        }),
        { numRuns: 3_000 },
      )
    })
  }
})

const once = { retry: { attempts: 1, baseMs: 1, capMs: 1 } }

describe('bytes that nobody meant, on a socket', () => {
  const runs = 150
  let upstream: NonsenseUpstream
  let seam: Seam
  let next = 0
  const models = Array.from({ length: 8 * runs * 2 }, (_, i) => `run-${i}`)

  beforeAll(async () => {
    upstream = await startNonsenseUpstream()
    const named = [...models, 'endless line', 'endless event', 'endless body', 'endless error']
    seam = createSeam({
      config: {
        ...defaultConfig({}),
        providers: providersOf(upstream.url),
        aliases: clientDialects.flatMap((dialect) =>
          named.map((model) => alias(`${dialect} ${model}`, [`${dialect}/${model}`], once)),
        ),
      },
      events: createMemoryEventSink(),
      cache: createMemoryCache(),
    })
  })
  afterAll(async () => {
    await seam.close()
    await upstream.idle()
    await upstream[Symbol.asyncDispose]()
  })

  for (const dialect of clientDialects) {
    for (const stream of [true, false]) {
      it(`make a reply or an error, and leave no socket: ${dialect}, ${stream ? 'streamed' : 'whole'}`, async () => {
        await fc.assert(
          fc.asyncProperty(
            fc.constantFrom(...bodies(dialect, stream)),
            fc.array(mutation, { minLength: 1, maxLength: 4 }),
            fc.boolean(),
            async (pieces, mutations, passes) => {
              const bytes = mutate(pieces, mutations)
              const model = models[next++] ?? ''
              upstream.answers.set(
                model,
                response(bytes, { type: stream ? 'text/event-stream' : 'application/json', length: null }),
              )
              judge(await ask(seam, `${dialect} ${model}`, dialect, stream, passes), dialect, stream, bytes)
            },
          ),
          { numRuns: runs, endOnFailure: true },
        )
      })
    }
  }

  const filler = Buffer.alloc(64 * 1024, 'a')
  const endless = [
    ['endless line', 'text/event-stream', 200, 'data: '],
    ['endless event', 'text/event-stream', 200, 'data: a\n'],
    ['endless body', 'application/json', 200, '{"a":"'],
    ['endless error', 'application/json', 500, '{"error":{"message":"'],
  ] as const
  for (const [model, type, status, start] of endless) {
    it.for(clientDialects)(`are not taken without bound: ${model}, %s`, async (dialect, { expect }) => {
      let sent = 0
      upstream.answers.set(model, (socket) => {
        const piece = model === 'endless event' ? Buffer.from(start.repeat(8_192)) : filler
        const pour = () => {
          while (!socket.destroyed && sent < 200e6) {
            sent += piece.length
            if (!socket.write(piece)) return void socket.once('drain', pour)
          }
        }
        socket.write(response(start, { type, status, length: null }))
        pour()
      })
      const outcome = await ask(seam, `${dialect} ${model}`, dialect, type === 'text/event-stream', true)
      expect('error' in outcome && outcome.error.code).toBe(status === 200 ? 'reply-too-large' : 'server-error')
      expect(sent).toBeLessThan(80e6)
    })
  }
})

describe('a stream that is cut anywhere, at the official clients', () => {
  let upstream: NonsenseUpstream
  let stand: Stand
  const cuts = clientDialects.flatMap((dialect) => {
    const bytes = Buffer.from(streams[dialect].join(''))
    const places = Array.from({ length: Math.ceil(bytes.length / 13) }, (_, i) => 13 * i)
    return [...places, bytes.length].map((place) => ({
      dialect,
      bytes: bytes.subarray(0, place),
      model: `cut-${dialect}-${place}`,
    }))
  })

  beforeAll(async () => {
    upstream = await startNonsenseUpstream()
    for (const { bytes, model } of cuts)
      upstream.answers.set(model, response(bytes, { type: 'text/event-stream', length: null }))
    stand = await openStand({
      aliases: cuts.map(({ dialect, model }) => alias(model, [`${dialect}/${model}`], once)),
      config: (config) => ({ ...config, providers: [...config.providers, ...providersOf(upstream.url)] }),
    })
  })
  afterAll(async () => {
    await stand[Symbol.asyncDispose]()
    await upstream[Symbol.asyncDispose]()
  })

  const messages = [{ role: 'user' as const, content: 'Say hello.' }]
  const clients = {
    openai: async (model: string) => {
      let text = ''
      for await (const { choices } of await stand.openai.chat.completions.create({ model, messages, stream: true })) {
        text += choices[0]?.delta.content ?? ''
      }
      return text
    },
    responses: async (model: string) => {
      const input = 'Say hello.'
      return (await stand.openai.responses.stream({ model, input }).finalResponse()).output_text
    },
    anthropic: async (model: string) => {
      const message = await stand.anthropic.messages.stream({ model, messages, max_tokens: 100 }).finalMessage()
      return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
    },
  }

  for (const client of ['openai', 'responses', 'anthropic'] as const) {
    it.each(clientDialects)(`succeeds only where it is complete: ${client}, %s`, async (spoken) => {
      await Promise.all(
        cuts
          .filter(({ dialect }) => dialect === spoken)
          .map(async ({ dialect, bytes, model }) => {
            const text = await clients[client](model).catch(() => undefined)
            expect(text, `${model} at ${client}`).toBe(hasTerminalSignal(dialect, true, bytes) ? words : undefined)
          }),
      )
    })
  }
})
