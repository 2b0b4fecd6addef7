import fc from 'fast-check'
import { expect, it } from 'vitest'
import { collect } from '../../core/collect.ts'
import type { JsonValue } from '../../core/json.ts'
import { deltasOf } from '../../core/replay.ts'
import type { Usage } from '../../core/usage.ts'
import { StreamInterrupted } from '../../errors/index.ts'
import { readSse } from '../sse.ts'
import { replies, requests } from './arbitraries.suite.ts'
import { gemini as codec } from './index.ts'

const model = 'gemini-next'
const context = { target: `google/${model}`, quirks: {} }
const answer = { callId: 'r1', model: 'gemini-3.8-flash', created: 0, includeUsage: true }
const sent = (body: JsonValue): JsonValue => JSON.parse(JSON.stringify(body))
const withoutRaw = ({ raw: _, ...usage }: Usage) => usage

it('gives back every request that it can say, and loses nothing of it', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const { body, losses } = codec.encodeRequest(request, model, {}, 'gemini')
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
      const { usage, rawStop: _, ...read } = codec.decodeReply(sent(body), context)
      expect(read).toEqual({ id: reply.id, model: reply.model, content: reply.content, ending: reply.ending })
      expect(withoutRaw(usage!)).toEqual(reply.usage)
    }),
    { numRuns: 300 },
  )
})

it('gives back every stream, however its bytes are split, and takes no part of one for the whole', () => {
  fc.assert(
    fc.property(replies, fc.array(fc.nat(), { maxLength: 8 }), (reply, cuts) => {
      const encoder = codec.encodeStream(answer)
      let text = ''
      for (const delta of deltasOf(reply.content)) text += encoder.push(delta)
      const before = text.length
      const bytes = new TextEncoder().encode(text + encoder.end(reply))
      const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
      const reader = readSse(context.target)
      const decoder = codec.decodeStream(context)
      const collector = collect()
      for (let i = 1; i < edges.length; i++) {
        for (const event of reader.push(bytes.slice(edges[i - 1], edges[i]))) {
          expect(decoder.complete).toBe(false)
          for (const delta of decoder.push(event)) collector.add(delta)
        }
      }
      expect(encoder.losses).toEqual([])
      expect(decoder.complete).toBe(true)
      expect(collector.content()).toEqual(reply.content)
      const { ending, usage, model: named } = decoder.finish()
      expect(ending).toEqual(reply.ending)
      expect(withoutRaw(usage!)).toEqual(reply.usage)
      expect(named).toBe(answer.model)

      const early = codec.decodeStream(context)
      const cut = readSse(context.target)
      for (const event of cut.push(new TextEncoder().encode(text.slice(0, before)))) early.push(event)
      expect(() => early.finish()).toThrow(StreamInterrupted)
    }),
    { numRuns: 300 },
  )
})
