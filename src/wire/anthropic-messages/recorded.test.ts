import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { collect } from '../../core/collect.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import type { StreamDecoder } from '../codec.ts'
import { readSse } from '../sse.ts'
import { anthropicMessages as codec } from './index.ts'

const folder = join(import.meta.dirname, '../../../../shared/data/wire/anthropic')
const isPresent = existsSync(folder)
const files = (ending: string) => (isPresent ? readdirSync(folder).filter((name) => name.endsWith(ending)) : [])
const load = (name: string) => readFileSync(join(folder, name), 'utf8')
const context = { target: 'anthropic/claude', quirks: {} }

interface ReadStream {
  readonly content: Block[]
  readonly decoder: StreamDecoder
}

/** A file can hold several streams, one after the other. */
function streamsOf(name: string): JsonObject[][] {
  const streams: JsonObject[][] = [[]]
  for (const line of load(name).split('\n')) {
    if (line.trim() === '') continue
    const event: JsonObject = JSON.parse(line)
    streams.at(-1)!.push(event)
    if (event.type === 'message_stop') streams.push([])
  }
  return streams.filter((events) => events.length > 0)
}

function readStream(events: readonly JsonObject[]): ReadStream {
  const reader = readSse(context.target)
  const decoder = codec.decodeStream(context)
  const collector = collect()
  for (const event of events) {
    const frame = `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
    for (const read of reader.push(new TextEncoder().encode(frame))) {
      for (const delta of decoder.push(read)) collector.add(delta)
    }
  }
  return { content: collector.content(), decoder }
}

/** The blocks that the official SDK would put together from the same events. */
function blocksIn(events: readonly JsonObject[]): string[] {
  const types: string[] = []
  for (const event of events) {
    if (event.type === 'message_start' && isJsonObject(event.message) && Array.isArray(event.message.content)) {
      types.push(...event.message.content.map((block) => String((block as JsonObject).type)))
    }
    if (event.type === 'content_block_start') types.push(String((event.content_block as JsonObject).type))
  }
  return types
}

function typeOf(block: Block): string {
  if (block.type === 'opaque') return String((block.value as JsonObject).type)
  return block.type === 'tool-call' ? 'tool_use' : block.type
}

describe.skipIf(!isPresent)('what Anthropic sent (recorded; skipped where ../shared/data/wire is absent)', () => {
  it.each(files('.chunks.txt'))('reads every stream in %s, block for block', (name) => {
    for (const events of streamsOf(name)) {
      const { content, decoder } = readStream(events)
      expect(decoder.complete).toBe(true)
      const reply = decoder.finish()
      expect(reply.usage).not.toBeNull()
      expect(reply.model).toMatch(/^claude-/)
      expect(content.map(typeOf)).toEqual(blocksIn(events))
      for (const block of content) if (block.type === 'tool-call') expect(JSON.parse(block.input)).toBeTypeOf('object')
    }
  })

  it.each(files('.json'))('reads %s and can send its content back', (name) => {
    const { content, ending, usage } = codec.decodeReply(JSON.parse(load(name)), context)
    expect(ending.type).toMatch(/completed|paused/)
    expect(usage).not.toBeNull()
    const messages = [
      { role: 'user' as const, content: [{ type: 'text' as const, text: 'Go.' }] },
      { role: 'assistant' as const, content: content ?? [] },
    ]
    const { losses } = codec.encodeRequest({ messages, maxOutputTokens: 1, stream: false }, 'claude', {})
    expect(losses).toEqual([])
  })

  it('keeps citations beside their text and server tools whole', () => {
    const { content } = readStream(streamsOf('anthropic-web-search-tool.1.chunks.txt')[0]!)
    const [search] = content
    expect(search).toMatchObject({ type: 'opaque', value: { type: 'server_tool_use', name: 'web_search' } })
    expect((search as unknown as { value: { input: { query: string } } }).value.input.query).toBeTypeOf('string')
    const cited = content.flatMap((block) => (block.extras?.fields.citations as unknown[] | undefined) ?? [])
    expect(cited).toHaveLength(14)
  })

  it('counts cache writes that grow after the breakdown was told', () => {
    const [events] = streamsOf('anthropic-code-execution-20260120-prompt-cache.1.chunks.txt')
    expect(readStream(events!).decoder.usage).toMatchObject({
      inputUncached: 6,
      cacheRead: 6289,
      cacheWrite5m: 3337,
      cacheWriteOther: 0,
      outputText: 198,
    })
  })

  it('reads a turn that comes whole in its first event', () => {
    const streams = streamsOf('anthropic-programmatic-tool-calling.1.chunks.txt')
    const { content, decoder } = readStream(streams[1]!)
    expect(content).toMatchObject([{ type: 'tool-call', name: 'rollDie', input: '{"player":"player2"}' }])
    expect(decoder.finish().ending).toEqual({ type: 'completed', by: 'tool-calls' })
  })
})
