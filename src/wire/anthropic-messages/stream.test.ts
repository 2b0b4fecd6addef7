import { describe, expect, it } from 'vitest'
import { collect } from '../../core/collect.ts'
import type { Delta } from '../../core/delta.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import type { Reply } from '../../core/reply.ts'
import { noUsage } from '../../core/usage.ts'
import { InseamError, ProviderFailed, ReplyUnreadable, StreamInterrupted } from '../../errors/index.ts'
import type { StreamEncoder } from '../codec.ts'
import { readSse } from '../sse.ts'
import { decodeStream, encodeStream } from './stream.ts'

const context = { target: 'anthropic/claude', quirks: {} }
const sse = (event: string, data: string) => ({ event, data, raw: new Uint8Array() })
const start = (fields: JsonObject = {}): JsonObject => ({
  type: 'message_start',
  message: { id: 'msg_1', model: 'claude', content: [], usage: { input_tokens: 3, output_tokens: 1 }, ...fields },
})
const open = (index: number, content_block: JsonObject): JsonObject => ({
  type: 'content_block_start',
  index,
  content_block,
})
const delta = (index: number, fields: JsonObject): JsonObject => ({ type: 'content_block_delta', index, delta: fields })
const close = (index: number): JsonObject => ({ type: 'content_block_stop', index })
const end = (stop_reason: string | null = 'end_turn', fields: JsonObject = {}): JsonObject => ({
  type: 'message_delta',
  delta: { stop_reason, ...fields },
  usage: { output_tokens: 9 },
})
const stop: JsonObject = { type: 'message_stop' }
const text = { type: 'text', text: '' }
const tool = { type: 'tool_use', id: 'a', name: 'look', input: {} }

function read(events: readonly JsonObject[]) {
  const decoder = decodeStream(context)
  const collector = collect()
  const deltas: Delta[] = []
  for (const event of events) {
    for (const one of decoder.push(sse('message', JSON.stringify(event)))) {
      deltas.push(one)
      collector.add(one)
    }
  }
  return { decoder, deltas, content: collector.content() }
}

describe('decodeStream', () => {
  it.each([{ model: null }, { model: '' }])('names the model that was asked where the message says %j', (fields) => {
    const { decoder } = read([start(fields), end(), stop])
    expect(decoder.finish().model).toBe('claude')
  })

  it('numbers blocks from 0 without gaps and collects the last usage', () => {
    const { decoder, deltas } = read([
      start(),
      { type: 'ping' },
      open(4, text),
      delta(4, { type: 'text_delta', text: 'Hi' }),
      delta(4, { type: 'text_delta', text: '' }),
      close(4),
      open(7, tool),
      delta(7, { type: 'input_json_delta', partial_json: '{}' }),
      close(7),
      { type: 'from_the_future' },
      end('tool_use'),
      stop,
    ])
    expect(deltas).toEqual([
      { type: 'block-start', index: 0, block: text },
      { type: 'text-delta', index: 0, text: 'Hi' },
      { type: 'block-end', index: 0 },
      { type: 'block-start', index: 1, block: { type: 'tool-call', id: 'a', name: 'look', input: '' } },
      { type: 'tool-input-delta', index: 1, json: '{}' },
      { type: 'block-end', index: 1 },
    ])
    expect(decoder).toMatchObject({ complete: true, closed: true, usageOnly: false })
    expect(decoder.finish()).toMatchObject({
      id: 'msg_1',
      model: 'claude',
      ending: { type: 'completed', by: 'tool-calls' },
      rawStop: 'tool_use',
      usage: { inputUncached: 3, outputText: 9 },
    })
  })

  it('reads thinking, its signature and what is redacted', () => {
    const { content } = read([
      start(),
      open(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'hm' }),
      delta(0, { type: 'signature_delta', signature: 'sig' }),
      close(0),
      open(1, { type: 'redacted_thinking', data: 'xyz' }),
      close(1),
    ])
    expect(content).toEqual([
      { type: 'thinking', text: 'hm', dialect: 'anthropic-messages', signature: 'sig' },
      { type: 'thinking', text: '', dialect: 'anthropic-messages', redacted: 'xyz' },
    ])
  })

  it.each([
    ['an empty object for no input', tool, [''], '{}'],
    ['the input of the start', { ...tool, input: { b: 1 } }, [], '{"b":1}'],
    ['the deltas rather than the start', { ...tool, input: { b: 1 } }, ['{"b"', ':2}'], '{"b":2}'],
  ])('gives a tool call %s', (_, block, parts, input) => {
    const deltas = parts.map((partial_json) => delta(0, { type: 'input_json_delta', partial_json }))
    expect(read([start(), open(0, block), ...deltas, close(0)]).content).toMatchObject([{ input }])
  })

  it('does not complete the input of a tool call that was cut', () => {
    expect(read([start(), open(0, tool)]).content).toMatchObject([{ input: '' }])
  })

  it('holds a block that it does not know until it is whole', () => {
    const server = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }
    const { deltas, content } = read([
      start(),
      open(0, server),
      delta(0, { type: 'input_json_delta', partial_json: '{"query":' }),
      delta(0, { type: 'input_json_delta', partial_json: '"a"}' }),
      close(0),
      open(1, { type: 'compaction', content: null }),
      delta(1, { type: 'compaction_delta', content: 'so ' }),
      delta(1, { type: 'compaction_delta', content: 'far' }),
      close(1),
      open(2, server),
      delta(2, { type: 'input_json_delta', partial_json: '{"que' }),
      close(2),
    ])
    expect(deltas.map(({ type }) => type)).toEqual(Array(3).fill(['block-start', 'block-end']).flat())
    expect(content).toMatchObject([
      { type: 'opaque', value: { ...server, input: { query: 'a' } } },
      { type: 'opaque', value: { type: 'compaction', content: 'so far' } },
      { type: 'opaque', value: { ...server, input: '{"que' } },
    ])
  })

  it('keeps citations beside their text', () => {
    const { content } = read([
      start(),
      open(0, { ...text, citations: [] }),
      delta(0, { type: 'citations_delta', citation: { a: 1 } }),
      delta(0, { type: 'text_delta', text: 'Hi' }),
      delta(0, { type: 'citations_delta', citation: { a: 2 } }),
      close(0),
    ])
    expect(content).toEqual([
      {
        type: 'text',
        text: 'Hi',
        extras: { dialect: 'anthropic-messages', fields: { citations: [{ a: 1 }, { a: 2 }] } },
      },
    ])
  })

  it.each<[string, JsonObject[]]>([
    ['a delta for a block that was not started', [start(), delta(0, { type: 'text_delta', text: 'a' })]],
    ['a stop for a block that was not started', [start(), close(0)]],
    ['a second start of an open block', [start(), open(0, text), open(0, text)]],
    ['a start of a block that was closed', [start(), open(0, text), close(0), open(0, text)]],
    ['a start of a block before the last', [start(), open(1, text), open(0, text)]],
    ['the start of another message', [start(), start({ id: 'msg_2' })]],
    ['an index that is no number', [start(), open({ toString: 1 } as never, text)]],
    ['a delta for an index that is no number', [start(), delta({ toString: 1 } as never, {})]],
    ['an end within a block', [start(), open(0, text), end(), stop]],
    ['a block before the message', [open(0, text)]],
    ['an end before the message', [stop]],
    ['text for a tool', [start(), open(0, tool), delta(0, { type: 'text_delta', text: 'a' })]],
    ['a delta without its text', [start(), open(0, text), delta(0, { type: 'text_delta' })]],
    ['a block without a type', [start(), open(0, {})]],
    ['an unknown stop reason', [start(), end('bored')]],
  ])('refuses %s', (_, events) => {
    expect(() => read(events)).toThrow(ReplyUnreadable)
  })

  it.each(['{', '[]', 'null', '<html>', '['.repeat(100)])('refuses the data %j', (data) => {
    expect(() => decodeStream(context).push(sse('message_start', data))).toThrow(ReplyUnreadable)
    expect(() => decodeStream(context).push(sse('message', data))).toThrow(ReplyUnreadable)
    expect(() => decodeStream(context).push(sse('error', data))).toThrow(ProviderFailed)
  })

  it('ignores empty data, and events of other names that hold no object', () => {
    const { push } = decodeStream(context)
    expect(push(sse('message_start', ''))).toEqual([])
    expect(push(sse('vendor.thing', 'not JSON'))).toEqual([])
    expect(push(sse('vendor.thing', '[]'))).toEqual([])
  })

  it('takes the output that was counted before the end for no count of it', () => {
    const uncounted = { type: 'message_delta', delta: { stop_reason: 'end_turn' } }
    expect(read([start(), uncounted, stop]).decoder.finish().usage).toBeNull()
    expect(read([start({ stop_reason: 'end_turn' }), stop]).decoder.finish().usage).toMatchObject({ outputText: 1 })
  })

  it.each<[string, JsonObject, string]>([
    ['error', { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 'overloaded'],
    ['error', { type: 'error', error: { type: 'rate_limit_error', message: 'slow' } }, 'rate-limited'],
    ['error', { type: 'error', error: { type: 'timeout_error', message: 'late' } }, 'provider-timed-out'],
    ['error', { type: 'error', error: { type: 'from_the_future', message: '?' } }, 'server-error'],
    ['error', { message: 'no envelope' }, 'server-error'],
    ['message', { error: { message: 'no type' } }, 'server-error'],
  ])('takes an %s event %j for a failure', (event, data, code) => {
    const push = () => decodeStream(context).push(sse(event, JSON.stringify(data)))
    expect(push).toThrow(ProviderFailed)
    expect(push).toThrow(expect.objectContaining({ code }))
  })

  it('is no success without its last event, nor without a stop reason', () => {
    const cut = read([start(), open(0, text), close(0), end()]).decoder
    expect(cut).toMatchObject({ complete: false, closed: false })
    expect(() => cut.finish()).toThrow(StreamInterrupted)
    const unexplained = read([start(), end(null), stop]).decoder
    expect(unexplained).toMatchObject({ complete: false, closed: true })
    expect(() => unexplained.finish()).toThrow(StreamInterrupted)
    expect(() => decodeStream(context).finish()).toThrow(StreamInterrupted)
  })

  it('says nothing after its last event', () => {
    const { decoder } = read([start(), end(), stop])
    expect(decoder.push(sse('message', '[DONE]'))).toEqual([])
    expect(decoder.push(sse('error', JSON.stringify({ type: 'error' })))).toEqual([])
  })
})

const reply = (fields: Partial<Reply>): Reply => ({
  id: 'x',
  model: 'gpt-6-sol',
  content: [],
  text: '',
  ending: { type: 'completed', by: 'end' },
  rawStop: 'stop',
  usage: { ...noUsage, inputUncached: 5, cacheRead: 2, outputText: 3 },
  source: 'provider',
  cost: { nanoUsd: 0, status: 'priced' },
  callId: 'call_01abc',
  losses: [],
  ...fields,
})

const answer = { callId: 'call_01abc', model: 'fast', created: 0, includeUsage: false }

function write(deltas: readonly Delta[], ended: Reply | InseamError) {
  const encoder: StreamEncoder = encodeStream(answer)
  let written = deltas.map((one) => encoder.push(one)).join('')
  written += ended instanceof InseamError ? encoder.fail(ended) : encoder.end(ended)
  const events = readSse('gateway').push(new TextEncoder().encode(written))
  for (const { event, data } of events) expect(JSON.parse(data!).type).toBe(event)
  return { events: events.map(({ data }): JsonObject => JSON.parse(data!)), losses: encoder.losses }
}

const begin = (index: number, block: Block): Delta => ({ type: 'block-start', index, block })
const finish = (index: number): Delta => ({ type: 'block-end', index })
const toolCall = (id: string): Block => ({ type: 'tool-call', id, name: 'look', input: '' })
const outline = (events: readonly JsonObject[]) =>
  events.map(({ type, index }) => (index === undefined ? type : `${type} ${index}`))

describe('encodeStream', () => {
  it('opens no text block for tool calls alone, and numbers without gaps', () => {
    const { events } = write(
      [
        begin(0, { type: 'text', text: '' }),
        { type: 'text-delta', index: 0, text: '' },
        finish(0),
        begin(1, { type: 'opaque', dialect: 'openai-chat', value: {} }),
        finish(1),
        begin(2, toolCall('a')),
        { type: 'tool-input-delta', index: 2, json: '{"a":1}' },
        finish(2),
      ],
      reply({ ending: { type: 'completed', by: 'tool-calls' } }),
    )
    expect(outline(events)).toEqual([
      'message_start',
      'content_block_start 0',
      'content_block_delta 0',
      'content_block_stop 0',
      'message_delta',
      'message_stop',
    ])
    expect(events[0]).toMatchObject({ message: { id: 'msg_01abc', model: 'fast', content: [], stop_reason: null } })
    expect(events[4]).toMatchObject({
      delta: { stop_reason: 'tool_use', stop_sequence: null },
      usage: { input_tokens: 5, cache_read_input_tokens: 2, output_tokens: 3 },
    })
  })

  it('lets no two blocks overlap, and closes those that nobody ended', () => {
    const { events } = write(
      [
        begin(0, toolCall('a')),
        begin(1, toolCall('b')),
        { type: 'tool-input-delta', index: 1, json: '{"b":' },
        { type: 'tool-input-delta', index: 0, json: '{}' },
        finish(0),
        { type: 'tool-input-delta', index: 1, json: '1}' },
      ],
      reply({}),
    )
    expect(outline(events)).toEqual([
      'message_start',
      'content_block_start 0',
      'content_block_delta 0',
      'content_block_stop 0',
      'content_block_start 1',
      'content_block_delta 1',
      'content_block_delta 1',
      'content_block_stop 1',
      'message_delta',
      'message_stop',
    ])
  })

  it('shows thinking of another provider without a signature, and a refusal as text', () => {
    const { events, losses } = write(
      [
        begin(0, { type: 'thinking', text: '', dialect: 'openai-chat' }),
        { type: 'thinking-delta', index: 0, text: 'hm' },
        { type: 'signature-delta', index: 0, signature: 'theirs' },
        finish(0),
        begin(1, { type: 'refusal', text: '' }),
        { type: 'refusal-delta', index: 1, text: 'No.' },
        finish(1),
      ],
      reply({ content: [{ type: 'refusal', text: 'No.' }], ending: { type: 'refused', by: 'model' } }),
    )
    expect(JSON.stringify(events)).not.toContain('signature')
    expect(outline(events)).toHaveLength(9)
    expect(events.at(-2)).toMatchObject({
      delta: { stop_reason: 'refusal', stop_details: { type: 'refusal', explanation: 'No.' } },
    })
    expect(losses.map(({ path, effect }) => `${effect} ${path}`)).toEqual([
      'approximated content[0]',
      'approximated content[1]',
    ])
  })

  it('writes what a block brings before its first delta', () => {
    const blocks: Block[] = [
      { type: 'thinking', text: 'hm', dialect: 'anthropic-messages', signature: 'sig' },
      { type: 'text', text: 'Hi' },
      { type: 'tool-call', id: 'a', name: 'look', input: '{"a":1}' },
    ]
    const { events } = write(
      blocks.map((block, index) => begin(index, block)),
      reply({}),
    )
    expect(read(events).content).toEqual(blocks)
  })

  it('writes an answer of nothing', () => {
    expect(outline(write([], reply({})).events)).toEqual(['message_start', 'message_delta', 'message_stop'])
  })

  it('fails in band, and then says nothing that could be taken for success', () => {
    const failed = new InseamError('overloaded', 'It failed.', { fix: 'Wait.' })
    const { events } = write([begin(0, { type: 'text', text: 'Hi' })], failed)
    expect(events.at(-1)).toEqual({
      type: 'error',
      error: { type: 'overloaded_error', message: 'It failed. Wait.' },
      request_id: 'call_01abc',
    })
    expect(() => read(events)).toThrow(ProviderFailed)
  })

  it('refuses deltas that never reach an encoder', () => {
    const frames: Delta = { type: 'frames', bytes: new Uint8Array(), deltas: [] }
    expect(() => encodeStream(answer).push(frames)).toThrow(/frames/)
  })
})
