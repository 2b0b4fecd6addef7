import fc from 'fast-check'
import { expect, it } from 'vitest'
import { collect } from '../../core/collect.ts'
import type { Delta } from '../../core/delta.ts'
import type { JsonValue } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import { deltasOf } from '../../core/replay.ts'
import type { Reply } from '../../core/reply.ts'
import type { Usage } from '../../core/usage.ts'
import { StreamInterrupted } from '../../errors/index.ts'
import { readSse } from '../sse.ts'
import { modelRequest, reply } from './arbitraries.suite.ts'
import { openaiResponses as codec } from './index.ts'

const context = { target: 'openai/gpt', quirks: {} }
const answer = { callId: 'call_01', model: 'gpt', created: 1_800_000_000, includeUsage: true }
const sent = (body: JsonValue): JsonValue => JSON.parse(JSON.stringify(body))
const withoutRaw = ({ raw: _, ...usage }: Usage) => usage

it('gives back every request that it can say, and loses nothing of it', () => {
  fc.assert(
    fc.property(modelRequest, (request) => {
      const { body, losses } = codec.encodeRequest(request, 'm', { promptCache: 'marked' })
      expect(losses).toEqual([])
      expect(codec.decodeRequest(sent(body))).toEqual(request)
    }),
    { numRuns: 500 },
  )
})

it('writes the same bytes for the same request', () => {
  fc.assert(
    fc.property(modelRequest, (request) => {
      const once = JSON.stringify(codec.encodeRequest(request, 'm', { promptCache: 'marked' }).body)
      expect(JSON.stringify(codec.encodeRequest(structuredClone(request), 'm', { promptCache: 'marked' }).body)).toBe(
        once,
      )
      expect(
        JSON.stringify(codec.encodeRequest(codec.decodeRequest(JSON.parse(once)), 'm', { promptCache: 'marked' }).body),
      ).toBe(once)
    }),
  )
})

it('gives back every reply', () => {
  fc.assert(
    fc.property(reply, (reply) => {
      const { body, losses } = codec.encodeReply(reply, answer)
      expect(losses).toEqual([])
      const { usage, ...read } = codec.decodeReply(sent(body), context)
      const { id, model, content, ending, rawStop } = reply
      expect(read).toEqual({ id, model, content, ending, rawStop })
      expect(withoutRaw(usage!)).toEqual(reply.usage)
    }),
    { numRuns: 500 },
  )
})

/** What a dialect adds to a block follows the block's text. */
function* spelt(content: readonly Block[]): Generator<Delta> {
  for (const delta of deltasOf(content.map(withoutAnnotations))) {
    const annotations = delta.type === 'block-end' ? content[delta.index]?.extras?.fields.annotations : undefined
    for (const value of Array.isArray(annotations) ? annotations : []) {
      yield {
        type: 'extra-delta',
        index: (delta as { index: number }).index,
        dialect: codec.dialect,
        key: 'annotations',
        value,
      }
    }
    yield delta
  }
}

function withoutAnnotations(block: Block): Block {
  if (!block.extras) return block
  const { annotations: _, ...fields } = block.extras.fields
  const { extras, ...rest } = block
  return Object.keys(fields).length > 0 ? { ...rest, extras: { ...extras, fields } } : rest
}

function written(reply: Reply): Uint8Array {
  const encoder = codec.encodeStream(answer)
  let text = ''
  for (const delta of spelt(reply.content)) text += encoder.push(delta)
  text += encoder.end(reply)
  expect(encoder.losses).toEqual([])
  return new TextEncoder().encode(text)
}

function read(pieces: readonly Uint8Array[]) {
  const reader = readSse(context.target)
  const decoder = codec.decodeStream(context)
  const collector = collect()
  for (const piece of pieces) {
    for (const event of reader.push(piece)) for (const delta of decoder.push(event)) collector.add(delta)
  }
  return { decoder, content: collector.content() }
}

it('gives back every stream, however its bytes are split', () => {
  fc.assert(
    fc.property(reply, fc.array(fc.nat(), { maxLength: 8 }), (reply, cuts) => {
      const bytes = written(reply)
      const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
      const { decoder, content } = read(edges.slice(1).map((edge, i) => bytes.slice(edges[i], edge)))
      expect(decoder.complete && decoder.closed).toBe(true)
      expect(content).toEqual(reply.content)
      const { ending, usage, model } = decoder.finish()
      expect(ending).toEqual(reply.ending)
      expect(withoutRaw(usage!)).toEqual(reply.usage)
      expect(model).toBe(answer.model)
    }),
    { numRuns: 300 },
  )
})

it('takes every stream without its last event for interrupted', () => {
  fc.assert(
    fc.property(reply, fc.nat(), (reply, cut) => {
      const bytes = written(reply)
      const last = new TextDecoder().decode(bytes).lastIndexOf('event: ')
      const end = new TextEncoder().encode(new TextDecoder().decode(bytes).slice(0, last)).length
      const { decoder } = read([bytes.slice(0, cut % (end + 1))])
      expect(decoder.complete).toBe(false)
      expect(() => decoder.finish()).toThrow(StreamInterrupted)
    }),
  )
})

it('says in a stream what it says in a whole reply', () => {
  fc.assert(
    fc.property(reply, (reply) => {
      const text = new TextDecoder().decode(written(reply))
      const events = text
        .split('\n\n')
        .filter((frame) => frame !== '')
        .map((frame) => JSON.parse(frame.slice(frame.indexOf('data: ') + 6)))
      expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, i) => i))
      const whole = codec.encodeReply({ ...reply, id: events[0].response.id, model: answer.model }, answer).body
      expect(events.at(-1).response).toEqual(sent(whole))
    }),
  )
})
