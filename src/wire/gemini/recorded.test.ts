import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { collect } from '../../core/collect.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import { StreamInterrupted } from '../../errors/index.ts'
import type { StreamDecoder } from '../codec.ts'
import { readSse } from '../sse.ts'
import { gemini as codec } from './index.ts'

const folder = join(import.meta.dirname, '../../../../shared/data/wire/google')
const isPresent = existsSync(folder)
const files = (ending: string) => (isPresent ? readdirSync(folder).filter((name) => name.endsWith(ending)) : [])
const load = (name: string) => readFileSync(join(folder, name), 'utf8')
const context = { target: 'google/gemini', quirks: {} }

const framesOf = (name: string): JsonObject[] =>
  load(name)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line))

function readStream(frames: readonly JsonObject[]): { readonly content: Block[]; readonly decoder: StreamDecoder } {
  const reader = readSse(context.target)
  const decoder = codec.decodeStream(context)
  const collector = collect()
  for (const frame of frames) {
    for (const read of reader.push(new TextEncoder().encode(`data: ${JSON.stringify(frame)}\r\n\r\n`))) {
      for (const delta of decoder.push(read)) collector.add(delta)
    }
  }
  return { content: collector.content(), decoder }
}

function partsIn(frames: readonly JsonObject[]): JsonObject[] {
  return frames.flatMap(({ candidates }) =>
    (Array.isArray(candidates) ? candidates : []).flatMap((candidate) => {
      const { content } = candidate as JsonObject
      return isJsonObject(content) && Array.isArray(content.parts) ? (content.parts as JsonObject[]) : []
    }),
  )
}

describe.skipIf(!isPresent)('what Google sent (recorded; skipped where ../shared/data/wire is absent)', () => {
  it.each(files('.chunks.txt'))('reads every frame of %s, and sends its content back', (name) => {
    const frames = framesOf(name)
    const { content, decoder } = readStream(frames)
    const { ending, usage, model, id } = decoder.finish()
    const calls = content.filter((block) => block.type === 'tool-call')
    expect(ending).toEqual({ type: 'completed', by: calls.length > 0 ? 'tool-calls' : 'end' })
    expect(usage?.inputUncached).toBeGreaterThan(0)
    expect(model).toMatch(/^gemini-/)
    expect(id).not.toBe('')
    const parts = partsIn(frames)
    const named = parts.filter(({ functionCall: call }) => isJsonObject(call) && call.name !== undefined)
    expect(calls.map((call) => call.name)).toEqual(named.map(({ functionCall }) => (functionCall as JsonObject).name))
    for (const call of calls) expect(JSON.parse(call.input)).toBeTypeOf('object')
    const words = parts.filter(({ thought, text }) => thought !== true && typeof text === 'string')
    const said = content.map((block) => (block.type === 'text' ? block.text : '')).join('')
    expect(said).toBe(words.map(({ text }) => text).join(''))

    const messages = [
      { role: 'user' as const, content: [{ type: 'text' as const, text: 'Go.' }] },
      { role: 'assistant' as const, content },
    ]
    const { body, losses } = codec.encodeRequest({ messages, stream: false }, 'gemini', {})
    expect(losses).toEqual([])
    const signatures = (value: unknown) => JSON.stringify(value).match(/"thoughtSignature":"[^"]*"/g)
    expect(signatures(body)).toEqual(signatures(frames))
  })

  it.each(files('.chunks.txt'))('takes no beginning of %s for the whole', (name) => {
    const frames = framesOf(name)
    for (let length = 0; length < frames.length; length++) {
      const { decoder } = readStream(frames.slice(0, length))
      expect(decoder.complete).toBe(false)
      expect(() => decoder.finish()).toThrow(StreamInterrupted)
    }
  })

  it('reads a whole answer, and makes the id that its call lacks', () => {
    const reply = codec.decodeReply(JSON.parse(load('google-tool-call.json')), context)
    expect(reply).toMatchObject({
      content: [{ type: 'tool-call', id: 'call_gemini_m36LaZGyCLz1xs0PtNSB-QU_0', name: 'weather' }],
      ending: { type: 'completed', by: 'tool-calls' },
      usage: { inputUncached: 29, outputText: 15, outputReasoning: 893 },
    })
  })

  it('puts the arguments together that come in pieces', () => {
    const { content } = readStream(framesOf('google-vertex-stream-tool-call-arguments-nested.1.chunks.txt'))
    const [call] = content.filter((block) => block.type === 'tool-call')
    const { recipe } = JSON.parse(call?.input ?? '')
    expect(recipe.ingredients).toHaveLength(10)
    expect(recipe.ingredients[9]).toEqual({ name: expect.any(String), amount: expect.any(String) })
    expect(recipe.steps.length).toBeGreaterThan(5)
  })

  it('waits as long as it is told', () => {
    const error = codec.decodeError({ status: 429, headers: {}, body: load('google-429-retry-info.json') }, context)
    expect(error).toMatchObject({ code: 'rate-limited', retryAfterMs: 34_400, providerType: 'RESOURCE_EXHAUSTED' })
  })
})
