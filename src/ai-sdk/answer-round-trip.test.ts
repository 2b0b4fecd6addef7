import type { LanguageModelV4Content, LanguageModelV4Message } from '@ai-sdk/provider'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { collect } from '../core/collect.ts'
import type { Block } from '../core/message.ts'
import { deltasOf } from '../core/replay.ts'
import { readContent } from './read-content.ts'
import { readPrompt } from './read-prompt.ts'
import { type StreamedPart, streamReader } from './read-stream.ts'
import { type SpecVersion, writeContent } from './write-content.ts'
import { streamWriter } from './write-stream.ts'

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 })
const wire = fc.constantFrom('openai-chat' as const, 'anthropic-messages' as const)
const cited = { dialect: 'anthropic-messages' as const, fields: { citations: [{ cited_text: 'a' }] } }
const vendor = { dialect: 'ai-sdk' as const, fields: { providerOptions: [{ vendor: { id: 'x' } }] } }
const withExtras = (block: fc.Arbitrary<Block>) =>
  fc
    .tuple(block, fc.constantFrom(undefined, cited, vendor))
    .map(([one, extras]): Block => (extras ? { ...one, extras } : one))

/** What an answer may hold. */
const block: fc.Arbitrary<Block> = fc.oneof(
  withExtras(fc.record({ type: fc.constant('text' as const), text })),
  fc.record({ type: fc.constant('refusal' as const), text }),
  fc.record({ type: fc.constant('thinking' as const), text, dialect: wire, signature: text }),
  fc.record({
    type: fc.constant('thinking' as const),
    text: fc.constant(''),
    dialect: fc.constant('anthropic-messages' as const),
    redacted: text,
  }),
  fc.record({
    type: fc.constant('thinking' as const),
    text,
    dialect: fc.constant('ai-sdk' as const),
    extras: fc.constant(vendor),
  }),
  withExtras(
    fc.record({
      type: fc.constant('tool-call' as const),
      id: fc.uuid(),
      name: text,
      input: fc
        .dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.jsonValue({ maxDepth: 2 }))
        .map((input) => JSON.stringify(input)),
    }),
  ),
  fc.record({
    type: fc.constant('opaque' as const),
    dialect: wire,
    value: fc.constant({ type: 'server_tool_use', input: { q: 1 } }),
  }),
)
const answer = fc.array(block, { maxLength: 5 })

/** What `ai` makes of the content of an answer for its next step. */
function nextTurn(content: readonly LanguageModelV4Content[]): LanguageModelV4Message {
  const parts = content.map(({ providerMetadata, ...part }) => ({
    ...part,
    ...(part.type === 'tool-call' && { input: JSON.parse(part.input) }),
    ...(providerMetadata && { providerOptions: providerMetadata }),
  }))
  return { role: 'assistant', content: parts } as unknown as LanguageModelV4Message
}

test.each<SpecVersion>(['v4', 'v3'])(
  'what was answered comes back with the next step as it was, by spec %s',
  (version) => {
    fc.assert(
      fc.property(answer, (blocks) => {
        const content = blocks.map((one) => writeContent(one, version))
        const [message] = readPrompt([nextTurn(content)])
        expect(message?.content).toEqual(blocks)
      }),
    )
  },
)

test.each<SpecVersion>(['v4', 'v3'])('a stream by spec %s spells what the whole answer says', (version) => {
  fc.assert(
    fc.property(answer, (blocks) => {
      const writer = streamWriter(version)
      const parts = [...deltasOf(blocks)].flatMap((delta) => writer.push(delta))
      const reader = streamReader('own/x')
      const collector = collect()
      for (const part of parts) for (const delta of reader.push(part)) collector.add(delta)
      const whole = blocks.map((one) => readContent(writeContent(one, version), 'own/x'))
      expect(collector.content()).toEqual(whole)
    }),
  )
})

test('a stream is an interruption until its finish part, wherever it breaks off', () => {
  const usage = {
    inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 1, text: 1, reasoning: 0 },
  }
  fc.assert(
    fc.property(answer, (blocks) => {
      const writer = streamWriter('v4')
      const parts: StreamedPart[] = [...deltasOf(blocks)].flatMap((delta) => writer.push(delta))
      const reader = streamReader('own/x')
      for (const part of parts) {
        expect(() => reader.finish()).toThrow('without its finish part')
        reader.push(part)
      }
      expect(() => reader.finish()).toThrow('without its finish part')
      reader.push({ type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage })
      expect(reader.finish().ending.type).toBe('completed')
    }),
  )
})
