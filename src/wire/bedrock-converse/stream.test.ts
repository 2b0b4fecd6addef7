import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collect } from '../../core/collect.ts'
import type { Delta } from '../../core/delta.ts'
import type { JsonObject } from '../../core/json.ts'
import { StreamInterrupted } from '../../errors/index.ts'
import { readEventStream } from '../event-stream.ts'
import { answers, frame, framesOf, replyOf } from './answers.suite.ts'
import { bedrockConverse as codec } from './index.ts'

const context = { target: 'bedrock/anthropic.claude-sonnet-4-6', quirks: {} }
const usage = { inputTokens: 10, outputTokens: 20, totalTokens: 30 }

function read(bytes: Uint8Array, edges: readonly number[] = []) {
  const reader = readEventStream(context.target)
  const decoder = codec.decodeStream(context)
  const collector = collect()
  const deltas: Delta[] = []
  const at = [0, ...edges, bytes.length]
  for (const [index, end] of at.slice(1).entries()) {
    for (const event of reader.push(bytes.slice(at[index], end))) deltas.push(...decoder.push(event))
  }
  for (const delta of deltas) collector.add(delta)
  return { decoder, deltas, content: collector.content() }
}
const stream = (...events: readonly (readonly [string, JsonObject])[]) =>
  Buffer.concat(events.map(([event, payload]) => frame(event, payload)))

it('reads of a stream what it reads of the whole answer, however its bytes are split', () => {
  fc.assert(
    fc.property(answers, fc.integer({ min: 1, max: 7 }), fc.array(fc.nat(), { maxLength: 8 }), (blocks, size, cuts) => {
      const telling = { size, stopReason: 'end_turn', usage }
      const whole = codec.decodeReply(replyOf(blocks, telling), context)
      const bytes = Buffer.concat(framesOf(blocks, telling))
      const edges = cuts.map((cut) => cut % (bytes.length + 1)).sort((left, right) => left - right)
      const { decoder, deltas, content } = read(bytes, edges)
      expect(decoder.complete).toBe(true)
      expect({ ...decoder.finish(), content }).toEqual(whole)
      const starts = deltas.filter(({ type }) => type === 'block-start')
      expect(starts.map((delta) => 'index' in delta && delta.index)).toEqual(starts.map((_, index) => index))
      expect(deltas.filter(({ type }) => type === 'block-end')).toHaveLength(starts.length)
    }),
    { numRuns: 300 },
  )
})

it('takes no beginning of a stream for the whole', () => {
  fc.assert(
    fc.property(answers, fc.integer({ min: 1, max: 7 }), fc.nat(), (blocks, size, cut) => {
      const frames = framesOf(blocks, { size, stopReason: 'end_turn', usage })
      const before = Buffer.concat(frames.slice(0, -2))
      const { decoder } = read(before.subarray(0, cut % (before.length + 1)))
      expect(decoder.complete).toBe(false)
      expect(() => decoder.finish()).toThrow(StreamInterrupted)
    }),
  )
})

it('takes the last usage where it comes again, and nothing else after it', () => {
  const { decoder } = read(
    stream(
      ['messageStart', { role: 'assistant' }],
      ['messageStop', { stopReason: 'end_turn' }],
      ['metadata', { usage: { ...usage, outputTokens: 1 } }],
      ['metadata', { usage }],
      ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'more' } }],
    ),
  )
  expect(decoder.finish().usage).toMatchObject({ inputUncached: 10, outputText: 20 })
})

it('is complete with messageStop, before the usage that follows it', () => {
  const { decoder } = read(stream(['messageStart', {}], ['messageStop', { stopReason: 'end_turn' }]))
  expect([decoder.complete, decoder.closed, decoder.finish().usage]).toEqual([true, false, null])
})

it('takes an exception in the stream for what it is', () => {
  const failed = (name: string, payload: JsonObject) => {
    try {
      read(Buffer.concat([stream(['messageStart', {}]), frame(name, payload, 'exception')]))
    } catch (error) {
      return error
    }
    return undefined
  }
  expect(failed('throttlingException', { message: 'Too many requests' })).toMatchObject({
    code: 'rate-limited',
    said: 'Too many requests',
    providerType: 'ThrottlingException',
  })
  expect(failed('modelStreamErrorException', { message: 'Broken', originalStatusCode: 500 })).toMatchObject({
    code: 'server-error',
  })
  expect(failed('serviceUnavailableException', {})).toMatchObject({ code: 'overloaded' })
  expect(failed('validationException', { message: 'Input is too long for requested model.' })).toMatchObject({
    code: 'context-exceeded',
  })
  expect(failed('brandNewException', { message: 'New' })).toMatchObject({ code: 'server-error', said: 'New' })
})

describe('nonsense', () => {
  it.each([
    ['no JSON object', [['contentBlockDelta', [] as unknown as JsonObject]]],
    ['not begun', [['contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input: '{' } } }]]],
    ['without a stop reason', [['messageStop', {}]]],
    ['unknown stop reason', [['messageStop', { stopReason: 'tired' }]]],
    [
      'within a tool call',
      [
        ['contentBlockStart', { contentBlockIndex: 0, start: { toolUse: { toolUseId: 'a', name: 'f' } } }],
        ['messageStop', { stopReason: 'tool_use' }],
      ],
    ],
    [
      'after its messageStop',
      [
        ['messageStop', { stopReason: 'end_turn' }],
        ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'more' } }],
      ],
    ],
    [
      'for a block of type text',
      [
        ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'a' } }],
        ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'b' } } }],
      ],
    ],
  ] satisfies [string, [string, JsonObject][]][])('is refused: %s', (message, events) => {
    expect(() => read(stream(...events))).toThrow(expect.objectContaining({ code: 'reply-unreadable' }))
    expect(() => read(stream(...events))).toThrow(message)
  })
})

it('gives a call without input an empty one, ends what was cut, and lets events that it does not know pass', () => {
  const call = (toolUseId: string) => ({ start: { toolUse: { toolUseId, name: 'f' } } })
  const { content } = read(
    stream(
      ['initial-response', {}],
      ['contentBlockStart', { contentBlockIndex: 0, ...call('a') }],
      ['contentBlockStop', { contentBlockIndex: 0 }],
      ['contentBlockStart', { contentBlockIndex: 3, ...call('b') }],
      ['contentBlockDelta', { contentBlockIndex: 3, delta: { toolUse: { input: '{"a":' } } }],
      ['messageStop', { stopReason: 'max_tokens' }],
    ),
  )
  expect(content).toEqual([
    { type: 'tool-call', id: 'a', name: 'f', input: '{}' },
    { type: 'tool-call', id: 'b', name: 'f', input: '{"a":' },
  ])
})
