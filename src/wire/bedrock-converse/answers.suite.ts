import { EventStreamCodec } from '@smithy/eventstream-codec'
import fc from 'fast-check'
import type { JsonObject } from '../../core/json.ts'

/** Answers as the provider gives them, whole and in a stream, so that both can be read and compared. */

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
)

/** One message of an event stream, by the official codec. */
export function frame(event: string, payload: unknown, type: 'event' | 'exception' = 'event'): Uint8Array {
  const text = (value: string) => ({ type: 'string' as const, value })
  return codec.encode({
    headers: {
      [`:${type}-type`]: text(event),
      ':content-type': text('application/json'),
      ':message-type': text(type),
    },
    body: Buffer.from(JSON.stringify(payload)),
  })
}

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
const base64 = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64'))
const citation = fc.constantFrom<JsonObject>(
  { title: 'Terms', location: { documentPage: { documentIndex: 0, start: 1, end: 2 } } },
  { source: 'https://example.com', sourceContent: [{ text: 'said' }] },
)
const input = fc.dictionary(fc.string({ maxLength: 6 }), fc.oneof(fc.string(), fc.integer(), fc.boolean()), {
  maxKeys: 3,
})

/** Blocks as a whole answer has them. */
export const answers: fc.Arbitrary<JsonObject[]> = fc.array(
  fc.oneof<fc.Arbitrary<JsonObject>[]>(
    word.map((text) => ({ text })),
    fc
      .tuple(word, fc.array(citation, { minLength: 1, maxLength: 2 }))
      .map(([text, citations]) => ({ citationsContent: { content: [{ text }], citations } })),
    fc
      .tuple(word, fc.option(base64, { nil: undefined }))
      .map(([text, signature]) => ({ reasoningContent: { reasoningText: { text, ...(signature && { signature }) } } })),
    base64.map((redactedContent) => ({ reasoningContent: { redactedContent } })),
    fc
      .tuple(fc.stringMatching(/^[\w-]{1,20}$/), fc.stringMatching(/^[a-z_]{1,12}$/), input)
      .map(([toolUseId, name, given]) => ({ toolUse: { toolUseId, name, input: given } })),
    fc
      .tuple(fc.stringMatching(/^[\w-]{1,20}$/), input)
      .map(([toolUseId, given]) => ({ toolUse: { toolUseId, name: 'web', type: 'server_tool_use', input: given } })),
    base64.map((bytes) => ({ image: { format: 'png', source: { bytes } } })),
  ),
  { maxLength: 5 },
)

/** How an answer is told: in pieces of so many characters, and with what about its tokens. */
export interface Telling {
  readonly size: number
  readonly stopReason: string
  readonly usage: JsonObject
}

/** The whole answer. */
export function replyOf(content: readonly JsonObject[], { stopReason, usage }: Telling): JsonObject {
  return { output: { message: { role: 'assistant', content } }, stopReason, usage, metrics: { latencyMs: 1 } }
}

/** The same answer as the messages of a stream; `messageStop` and `metadata` come last. */
export function framesOf(content: readonly JsonObject[], { size, stopReason, usage }: Telling): Uint8Array[] {
  return [
    frame('messageStart', { role: 'assistant', p: 'abc' }),
    ...content.flatMap((block, index) => blockFrames(block, index, size)),
    frame('messageStop', { stopReason }),
    frame('metadata', { usage, metrics: { latencyMs: 1 }, p: 'abcdef' }),
  ]
}

interface WireAnswerBlock {
  readonly text?: string
  readonly citationsContent?: {
    readonly content: readonly { readonly text: string }[]
    readonly citations: readonly JsonObject[]
  }
  readonly reasoningContent?: {
    readonly reasoningText?: { readonly text: string; readonly signature?: string }
    readonly redactedContent?: string
  }
  readonly toolUse?: { readonly input: JsonObject }
  readonly image?: { readonly source: { readonly bytes: string } }
}

function blockFrames(block: WireAnswerBlock, contentBlockIndex: number, size: number): Uint8Array[] {
  const delta = (said: unknown) => frame('contentBlockDelta', { contentBlockIndex, delta: said, p: 'abcd' })
  const begin = (start: unknown) => frame('contentBlockStart', { contentBlockIndex, start, p: 'ab' })
  const end = frame('contentBlockStop', { contentBlockIndex })
  const { citationsContent, reasoningContent, toolUse, image } = block
  if (toolUse) {
    const { input, ...rest } = toolUse
    return [
      begin({ toolUse: rest }),
      ...cut(JSON.stringify(input), size).map((piece) => delta({ toolUse: { input: piece } })),
      end,
    ]
  }
  if (image) {
    const { source, ...rest } = image
    const pieces = bytesIn(source.bytes, size).map((bytes) => delta({ image: { source: { bytes } } }))
    return [begin({ image: rest }), ...pieces, end]
  }
  if (reasoningContent?.reasoningText) {
    const { text, signature } = reasoningContent.reasoningText
    const signed = signature === undefined ? [] : [delta({ reasoningContent: { signature } })]
    return [...cut(text, size).map((piece) => delta({ reasoningContent: { text: piece } })), ...signed, end]
  }
  if (reasoningContent?.redactedContent !== undefined) {
    const pieces = bytesIn(reasoningContent.redactedContent, size)
    return [...pieces.map((redactedContent) => delta({ reasoningContent: { redactedContent } })), end]
  }
  const words = citationsContent?.content[0]?.text ?? block.text ?? ''
  const cited = (citationsContent?.citations ?? []).map((citation) => delta({ citation }))
  return [...cut(words, size).map((text) => delta({ text })), ...cited, end]
}

function cut(text: string, size: number): string[] {
  const characters = [...text]
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, nth) =>
    characters.slice(nth * size, (nth + 1) * size).join(''),
  )
}

function bytesIn(base64: string, size: number): string[] {
  const bytes = Buffer.from(base64, 'base64')
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, nth) =>
    bytes.subarray(nth * size, (nth + 1) * size).toString('base64'),
  )
}
