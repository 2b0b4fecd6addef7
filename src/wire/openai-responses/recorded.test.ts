import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { collect } from '../../core/collect.ts'
import { noCost } from '../../core/cost.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import { deltasOf } from '../../core/replay.ts'
import type { Reply } from '../../core/reply.ts'
import { inputTokens, noUsage, outputTokens, type Usage } from '../../core/usage.ts'
import { readSse } from '../sse.ts'
import { openaiResponses as codec } from './index.ts'

/** Answers that OpenAI and its hosts gave. They lie beside the repository, where it has them. */
const place = '../../../../shared/data/wire/openai/responses/'
const folder = new URL(place, import.meta.url)
const files = existsSync(folder) ? readdirSync(folder) : []
const streams = files.filter((file) => file.endsWith('.chunks.txt'))
const replies = files.filter((file) => file.endsWith('.json'))
const load = (file: string) => readFileSync(new URL(file, folder), 'utf8')
const context = { target: 'openai/gpt', quirks: {} }
const answer = { callId: '1', model: 'gpt', created: 1_800_000_000, includeUsage: true }

function readStream(text: string) {
  const reader = readSse(context.target)
  const decoder = codec.decodeStream(context)
  const collector = collect()
  for (const event of reader.push(new TextEncoder().encode(text))) {
    for (const delta of decoder.push(event)) collector.add(delta)
  }
  return { ...decoder.finish(), content: collector.content() }
}

/** A file can hold several streams, one after the other. */
function streamsOf(file: string): JsonObject[][] {
  const all: JsonObject[][] = []
  for (const line of load(file).split('\n')) {
    if (line.trim() === '') continue
    const event: JsonObject = JSON.parse(line)
    if (event.type === 'response.created') all.push([])
    all.at(-1)!.push(event)
  }
  return all
}
const framed = (events: readonly JsonObject[]) =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')

function whole(reply: ReturnType<typeof codec.decodeReply>) {
  const facts = { text: '', source: 'provider', cost: noCost, callId: '1', losses: [] } satisfies Partial<Reply>
  return { ...facts, ...reply, content: reply.content ?? [], usage: reply.usage ?? noUsage }
}

function adds(usage: Usage | null): void {
  const raw = usage?.raw as { input_tokens: number; total_tokens: number }
  expect(inputTokens(usage!)).toBe(raw.input_tokens)
  expect(inputTokens(usage!) + outputTokens(usage!)).toBe(raw.total_tokens)
}

/** What was said, without what only tells where it stood. */
const gist = (content: readonly Block[] = []) =>
  content.map((block) => {
    const { extras, ...rest } = block
    return extras?.fields.annotations ? { ...rest, annotations: extras.fields.annotations } : rest
  })

/** Ciphertext changes from event to event, and some recordings keep only a few of the deltas of a long text. */
function outline(block: Block): unknown {
  if (block.type === 'text') return [block.type, block.text.slice(0, 4), block.extras?.fields.annotations]
  if (block.type === 'opaque') return [block.type, isJsonObject(block.value) && block.value.type]
  return block.type === 'tool-call' ? block : block.type
}

describe.skipIf(files.length === 0)('recorded answers (skipped where ../shared/data/wire is absent)', () => {
  it.each(replies)('%s is read whole, and means the same when it is written again', (file) => {
    const read = codec.decodeReply(JSON.parse(load(file)), context)
    expect(read.ending.type).toBe('completed')
    expect(read.content!.length).toBeGreaterThan(0)
    adds(read.usage)
    const { body, losses } = codec.encodeReply(whole(read), answer)
    expect(losses).toEqual([])
    const again = codec.decodeReply(JSON.parse(JSON.stringify(body)), context)
    expect({ ...again, usage: null }).toEqual({ ...read, usage: null })
  })

  it.each(replies)('%s can be sent back', (file) => {
    const { content = [] } = codec.decodeReply(JSON.parse(load(file)), context)
    const messages = [
      { role: 'user' as const, content: [{ type: 'text' as const, text: 'Go.' }] },
      { role: 'assistant' as const, content },
    ]
    const { body, losses } = codec.encodeRequest({ messages, stream: false }, 'gpt', {})
    expect(losses).toEqual([])
    expect(codec.decodeRequest(JSON.parse(JSON.stringify(body))).messages).toEqual(messages)
  })

  it.each(streams)('%s spells what its last event repeats', (file) => {
    for (const events of streamsOf(file)) {
      const read = readStream(framed(events))
      expect(read.ending.type).toBe('completed')
      adds(read.usage)
      const { response } = events.at(-1)!
      if (!isJsonObject(response)) throw new Error('no response')
      expect(read.content.map(outline)).toEqual(codec.decodeReply(response, context).content?.map(outline))
    }
  })

  it.each(streams)('%s means the same when it is streamed again', (file) => {
    for (const events of streamsOf(file)) {
      const read = readStream(framed(events))
      const encoder = codec.encodeStream(answer)
      let text = ''
      for (const delta of deltasOf(read.content)) text += encoder.push(delta)
      const again = readStream(text + encoder.end(whole(read)))
      expect(gist(again.content).map(withoutAnnotations)).toEqual(gist(read.content).map(withoutAnnotations))
      expect(again.ending).toEqual(read.ending)
    }
  })
})

const withoutAnnotations = (block: object) => ({ ...block, annotations: undefined })
