import fc from 'fast-check'
import { expect, it } from 'vitest'
import { collect } from '../../core/collect.ts'
import type { JsonValue } from '../../core/json.ts'
import { deltasOf } from '../../core/replay.ts'
import type { Usage } from '../../core/usage.ts'
import { readSse } from '../sse.ts'
import { replies, requests } from './arbitraries.suite.ts'
import { anthropicMessages as codec } from './index.ts'

const context = { target: 'anthropic/claude-opus-5-5', quirks: {} }
const answer = { callId: 'call_01', model: 'claude-opus-5-5', created: 0, includeUsage: true }
const sent = (body: JsonValue): JsonValue => JSON.parse(JSON.stringify(body))
const withoutRaw = ({ raw: _, ...usage }: Usage) => usage

it('gives back every request that it can say, and loses nothing of it', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const { body, losses } = codec.encodeRequest(request, 'claude-opus-5-5', {}, 'anthropic-messages')
      expect(losses).toEqual([])
      expect(codec.decodeRequest(sent(body))).toEqual(request)
    }),
    { numRuns: 300 },
  )
})

it('writes the same bytes for the same request', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const write = () => JSON.stringify(codec.encodeRequest(structuredClone(request), 'm', {}).body)
      expect(write()).toBe(write())
    }),
  )
})

it('gives back every reply', () => {
  fc.assert(
    fc.property(replies, (reply) => {
      const { body, losses } = codec.encodeReply(reply, answer)
      expect(losses).toEqual([])
      const { usage, rawStop, ...read } = codec.decodeReply(sent(body), context)
      expect(read).toEqual({ id: reply.id, model: reply.model, content: reply.content, ending: reply.ending })
      expect(withoutRaw(usage!)).toEqual(reply.usage)
      expect(rawStop).toBe((body as { stop_reason: string }).stop_reason)
    }),
    { numRuns: 300 },
  )
})

it('gives back every stream, however its bytes are split', () => {
  fc.assert(
    fc.property(replies, fc.array(fc.nat(), { maxLength: 8 }), (reply, cuts) => {
      const encoder = codec.encodeStream(answer)
      let text = ''
      for (const delta of deltasOf(reply.content)) text += encoder.push(delta)
      const bytes = new TextEncoder().encode(text + encoder.end(reply))
      const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
      const reader = readSse(context.target)
      const decoder = codec.decodeStream(context)
      const collector = collect()
      for (let i = 1; i < edges.length; i++) {
        for (const event of reader.push(bytes.slice(edges[i - 1], edges[i]))) {
          for (const delta of decoder.push(event)) collector.add(delta)
        }
      }
      expect(encoder.losses).toEqual([])
      expect(decoder.complete && decoder.closed).toBe(true)
      expect(collector.content()).toEqual(reply.content)
      const { ending, usage, model } = decoder.finish()
      expect(ending).toEqual(reply.ending)
      expect(withoutRaw(usage!)).toEqual(reply.usage)
      expect(model).toBe(answer.model)
    }),
    { numRuns: 300 },
  )
})
