import type { Delta } from '../../core/delta.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import { deltasOf } from '../../core/replay.ts'
import { ReplyUnreadable } from '../../errors/index.ts'
import { parseJson } from '../parse-json.ts'
import { dialect, fieldsOf, text } from './extras.ts'
import { decodeAnswerBlock } from './reply.ts'

/** Reads the blocks of one stream. Each method gives the deltas that an event spells; nonsense throws `ReplyUnreadable`. */
export interface BlockReader {
  start(event: JsonObject): readonly Delta[]
  delta(event: JsonObject): readonly Delta[]
  stop(event: JsonObject): readonly Delta[]
  /** Ends what is open. Throws `ReplyUnreadable` where an answer that is whole has half a call. */
  end(isWhole: boolean): readonly Delta[]
}

type OpenBlock =
  | { readonly kind: 'text' | 'thinking'; readonly index: number }
  | { readonly kind: 'tool-call'; readonly index: number; hasInput: boolean }
  /** Given whole, once it has come: ciphertext, pictures, what the provider's own tools do. */
  | { readonly kind: 'held'; readonly start: JsonObject; readonly pieces: JsonObject[] }

const nothing: readonly Delta[] = []

/** Reads blocks, numbering them anew from 0. Words and reasoning begin with their first delta: only the others are announced. */
export function readBlocks(target: string): BlockReader {
  const open = new Map<JsonValue | undefined, OpenBlock>()
  let next = 0

  const unreadable = (what: string) => new ReplyUnreadable(target, what)
  const begin = (block: Block): { readonly index: number; readonly start: Delta } => {
    const index = next++
    return { index, start: { type: 'block-start', index, block } }
  }
  const emitWhole = (block: Block | undefined): Delta[] => {
    if (!block) return []
    const index = next++
    return [...deltasOf([block])].map((delta) => ({ ...delta, index }) as Delta)
  }
  /** The block that flowing deltas of this kind go to, and how it begins where it is new. */
  const flowing = (at: JsonValue | undefined, kind: 'text' | 'thinking') => {
    const block = open.get(at)
    if (block) {
      if (block.kind !== kind) throw unreadable(`a delta of ${kind} for a block of type ${block.kind}`)
      return { index: block.index, deltas: [] as Delta[] }
    }
    const { index, start } = begin(
      kind === 'text' ? { type: 'text', text: '' } : { type: 'thinking', text: '', dialect },
    )
    open.set(at, { kind, index })
    return { index, deltas: [start] }
  }
  const hold = (at: JsonValue | undefined, piece: JsonObject): readonly Delta[] => {
    const block = open.get(at)
    if (block && block.kind !== 'held') throw unreadable(`another delta for a block of type ${block.kind}`)
    if (block) block.pieces.push(piece)
    else open.set(at, { kind: 'held', start: {}, pieces: [piece] })
    return nothing
  }
  const readReasoning = (at: JsonValue | undefined, reasoning: JsonObject): readonly Delta[] => {
    if (typeof reasoning.redactedContent === 'string') return hold(at, { reasoningContent: reasoning })
    if (typeof reasoning.text !== 'string' && typeof reasoning.signature !== 'string') return nothing
    const { index, deltas } = flowing(at, 'thinking')
    if (text(reasoning.text) !== '') deltas.push({ type: 'thinking-delta', index, text: text(reasoning.text) })
    if (text(reasoning.signature) !== '')
      deltas.push({ type: 'signature-delta', index, signature: text(reasoning.signature) })
    return deltas
  }
  const readInput = (at: JsonValue | undefined, toolUse: JsonObject): readonly Delta[] => {
    const block = open.get(at)
    if (block?.kind === 'held') return hold(at, { toolUse })
    if (block?.kind !== 'tool-call') throw unreadable('the input of a tool call that was not begun')
    if (typeof toolUse.input !== 'string') throw unreadable('a delta of a tool call without input')
    if (toolUse.input === '') return nothing
    block.hasInput = true
    return [{ type: 'tool-input-delta', index: block.index, json: toolUse.input }]
  }
  const close = (block: OpenBlock): readonly Delta[] => {
    if (block.kind === 'held') return emitWhole(decodeAnswerBlock(assemble(block), target))
    const end: Delta = { type: 'block-end', index: block.index }
    if (block.kind !== 'tool-call' || block.hasInput) return [end]
    return [{ type: 'tool-input-delta', index: block.index, json: '{}' }, end]
  }

  return {
    start: ({ contentBlockIndex: at, start }) => {
      if (open.has(at)) throw unreadable('the start of a block that is open')
      const announced = fieldsOf(start)
      const { toolUse } = announced
      if (!isJsonObject(toolUse) || text(toolUse.type) !== '') {
        if (Object.keys(announced).length > 0) open.set(at, { kind: 'held', start: announced, pieces: [] })
        return nothing
      }
      const block = decodeAnswerBlock({ toolUse: { ...toolUse, input: {} } }, target)
      if (block?.type !== 'tool-call') throw unreadable('a tool call that is none')
      const { index, start: first } = begin({ ...block, input: '' })
      open.set(at, { kind: 'tool-call', index, hasInput: false })
      return [first]
    },
    delta: ({ contentBlockIndex: at, delta: said }) => {
      const delta = fieldsOf(said)
      if (typeof delta.text === 'string') {
        if (delta.text === '') return nothing
        const { index, deltas } = flowing(at, 'text')
        return [...deltas, { type: 'text-delta', index, text: delta.text }]
      }
      if (isJsonObject(delta.toolUse)) return readInput(at, delta.toolUse)
      if (isJsonObject(delta.reasoningContent)) return readReasoning(at, delta.reasoningContent)
      if (isJsonObject(delta.citation)) {
        const { index, deltas } = flowing(at, 'text')
        return [...deltas, { type: 'extra-delta', index, dialect, key: 'citations', value: delta.citation }]
      }
      return Object.keys(delta).length === 0 ? nothing : hold(at, delta)
    },
    stop: ({ contentBlockIndex: at }) => {
      const block = open.get(at)
      open.delete(at)
      // A block without a delta says nothing, and was not begun.
      return block ? close(block) : nothing
    },
    end: (isWhole) => {
      const left = [...open.values()]
      open.clear()
      if (isWhole && left.some(({ kind }) => kind === 'tool-call')) throw unreadable('a messageStop within a tool call')
      return left.flatMap((block) =>
        block.kind === 'tool-call' ? [{ type: 'block-end', index: block.index }] : close(block),
      )
    },
  }
}

/** What was held, as it would have come in a reply that is not streamed. */
function assemble({ start, pieces }: Extract<OpenBlock, { kind: 'held' }>): JsonObject {
  const first = pieces[0] ?? {}
  if (first.reasoningContent !== undefined) {
    const redacted = pieces.map(({ reasoningContent }) => text(fieldsOf(reasoningContent).redactedContent))
    return { reasoningContent: { redactedContent: joinBase64(redacted) } }
  }
  if (isJsonObject(start.image)) {
    const bytes = pieces.map(({ image }) => text(fieldsOf(fieldsOf(image).source).bytes))
    return { image: { ...start.image, source: { bytes: joinBase64(bytes) } } }
  }
  if (isJsonObject(start.toolUse)) {
    const input = pieces.map(({ toolUse }) => text(fieldsOf(toolUse).input)).join('')
    return { toolUse: { ...start.toolUse, input: parseInput(input) } }
  }
  if (isJsonObject(start.toolResult)) {
    const content = pieces.flatMap(({ toolResult }) => (Array.isArray(toolResult) ? toolResult : []))
    return { toolResult: { ...start.toolResult, content } }
  }
  return { ...start, ...first }
}

const joinBase64 = (pieces: readonly string[]): string =>
  Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64'))).toString('base64')

/** What was cut (at the token limit, say) is kept as the text that came. */
function parseInput(json: string): JsonValue {
  if (json === '') return {}
  try {
    return parseJson(json)
  } catch {
    return json
  }
}
