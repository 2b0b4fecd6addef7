import type { Delta } from '../../core/delta.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import { deltasOf } from '../../core/replay.ts'
import { ReplyUnreadable } from '../../errors/index.ts'
import { parseJson } from '../parse-json.ts'
import { dialect } from './extras.ts'
import { decodeAnswer, decodeAnswerBlock } from './reply.ts'

/** Reads the blocks of one stream. Each method gives the deltas that an event spells; nonsense throws `ReplyUnreadable`. */
export interface BlockReader {
  /** Blocks that came whole. */
  whole(content: readonly JsonValue[]): readonly Delta[]
  start(event: JsonObject): readonly Delta[]
  delta(event: JsonObject): readonly Delta[]
  stop(event: JsonObject): readonly Delta[]
  /** Blocks that were started and not stopped. */
  open(): number
}

type OpenBlock =
  | { readonly kind: 'text' | 'thinking'; readonly index: number }
  | { readonly kind: 'tool-call'; readonly index: number; readonly input: string; hasInput: boolean }
  | { readonly kind: 'held'; value: JsonObject; readonly citations: JsonValue[]; json: string }

/** The kind of block that a delta may belong to, beside a held one. */
const kinds: Readonly<Record<string, OpenBlock['kind']>> = {
  text_delta: 'text',
  citations_delta: 'text',
  thinking_delta: 'thinking',
  signature_delta: 'thinking',
  input_json_delta: 'tool-call',
}

/** Reads blocks, numbering them anew from 0. Blocks that we do not know are held until they are whole. */
export function readBlocks(target: string): BlockReader {
  const open = new Map<JsonValue | undefined, OpenBlock>()
  let next = 0
  let lastStarted = -1

  const unreadable = (what: string) => new ReplyUnreadable(target, what)
  const opened = ({ index }: JsonObject): OpenBlock => {
    const block = open.get(index)
    if (!block) throw unreadable(`an event for block ${typeof index === 'number' ? index : '?'}, which is not open`)
    return block
  }
  const emitWhole = (block: Block): Delta[] => {
    const index = next++
    return [...deltasOf([block])].map((delta) => ({ ...delta, index }) as Delta)
  }
  const begin = (block: Block): { readonly index: number; readonly deltas: Delta[] } => {
    const deltas = emitWhole(block).filter((delta) => delta.type !== 'block-end' && !isEmpty(delta))
    return { index: next - 1, deltas }
  }

  return {
    open: () => open.size,
    whole: (content) => decodeAnswer(content, target).flatMap(emitWhole),
    start: ({ index, content_block: value }) => {
      if (typeof index !== 'number') throw unreadable('a block without an index')
      if (index <= lastStarted) throw unreadable(`a start of block ${index} after that of block ${lastStarted}`)
      lastStarted = index
      const block = decodeAnswerBlock(value, `content[${index}]`, target)
      if (block.type === 'tool-call') {
        const { index: own, deltas } = begin({ ...block, input: '' })
        open.set(index, { kind: 'tool-call', index: own, input: block.input, hasInput: false })
        return deltas
      }
      if (block.type === 'text' || block.type === 'thinking') {
        const { index: own, deltas } = begin(block)
        open.set(index, { kind: block.type, index: own })
        return deltas
      }
      open.set(index, { kind: 'held', value: value as JsonObject, citations: [], json: '' })
      return []
    },
    delta: (event) => {
      const block = opened(event)
      const { delta } = event
      if (!isJsonObject(delta) || typeof delta.type !== 'string') throw unreadable('a delta without a type')
      if (block.kind === 'held') {
        absorb(block, delta)
        return []
      }
      const kind = Object.hasOwn(kinds, delta.type) ? kinds[delta.type] : undefined
      if (kind === undefined) return []
      if (kind !== block.kind) throw unreadable(`a ${delta.type} for a block of type ${block.kind}`)
      const read = readDelta(delta, block.index, unreadable)
      if (isEmpty(read)) return []
      if (block.kind === 'tool-call') block.hasInput = true
      return [read]
    },
    stop: (event) => {
      const block = opened(event)
      open.delete(event.index)
      if (block.kind === 'held') return emitWhole(decodeAnswerBlock(assemble(block), 'content', target))
      const end: Delta = { type: 'block-end', index: block.index }
      if (block.kind !== 'tool-call' || block.hasInput) return [end]
      return [{ type: 'tool-input-delta', index: block.index, json: block.input }, end]
    },
  }
}

function readDelta(delta: JsonObject, index: number, unreadable: (what: string) => ReplyUnreadable): Delta {
  const text = (field: string): string => {
    const value = delta[field]
    if (typeof value === 'string') return value
    throw unreadable(`a ${delta.type} without ${field}`)
  }
  switch (delta.type) {
    case 'text_delta':
      return { type: 'text-delta', index, text: text('text') }
    case 'thinking_delta':
      return { type: 'thinking-delta', index, text: text('thinking') }
    case 'signature_delta':
      return { type: 'signature-delta', index, signature: text('signature') }
    case 'citations_delta':
      return { type: 'extra-delta', index, dialect, key: 'citations', value: delta.citation ?? null }
    default:
      return { type: 'tool-input-delta', index, json: text('partial_json') }
  }
}

function isEmpty(delta: Delta): boolean {
  switch (delta.type) {
    case 'text-delta':
    case 'thinking-delta':
      return delta.text === ''
    case 'signature-delta':
      return delta.signature === ''
    case 'tool-input-delta':
      return delta.json === ''
    default:
      return false
  }
}

type HeldBlock = Extract<OpenBlock, { kind: 'held' }>

/** Adds a delta to a block that we do not know: input is collected, citations are listed, text grows, all else is set. */
function absorb(block: HeldBlock, { type, ...fields }: JsonObject): void {
  if (type === 'input_json_delta') {
    if (typeof fields.partial_json === 'string') block.json += fields.partial_json
    return
  }
  if (type === 'citations_delta') {
    block.citations.push(fields.citation ?? null)
    return
  }
  const grown = Object.entries(fields).map(([key, value]): [string, JsonValue | undefined] => {
    const before = Object.hasOwn(block.value, key) ? block.value[key] : undefined
    return [key, typeof before === 'string' && typeof value === 'string' ? before + value : value]
  })
  block.value = { ...block.value, ...Object.fromEntries(grown) }
}

function assemble({ value, citations, json }: HeldBlock): JsonObject {
  const before = Array.isArray(value.citations) ? value.citations : []
  return {
    ...value,
    ...(citations.length > 0 && { citations: [...before, ...citations] }),
    ...(json !== '' && { input: parseInput(json) }),
  }
}

/** What was cut (at the token limit, say) is kept as the text that came. */
function parseInput(json: string): JsonValue {
  try {
    return parseJson(json)
  } catch {
    return json
  }
}
