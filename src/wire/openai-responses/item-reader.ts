import { addDelta, type Delta } from '../../core/delta.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import { deltasOf } from '../../core/replay.ts'
import { ReplyUnreadable } from '../../errors/index.ts'
import { objectsIn, text } from '../openai/fields.ts'
import { ciphertext, messageFields, startedCall, thought, thoughtFields } from './decode-item.ts'
import { type Held, isCall } from './ending.ts'
import { withExtras } from './extras.ts'
import { decodeOutputItem, readable } from './reply.ts'
import { dialect } from './types.ts'

/** Reads the output items of one stream into deltas with numbered blocks. Nonsense throws `ReplyUnreadable`. */
export interface ItemReader extends Held {
  /** Whether any item has come. */
  readonly hasItems: boolean
  start(event: JsonObject): void
  /** A part of an item begins. It is a block once it has words. */
  startPart(event: JsonObject, part: JsonObject): void
  /** Words of a part, which begins with them where nothing announced it. */
  words(event: JsonObject, type: PartType): void
  annotate(event: JsonObject): void
  stopPart(event: JsonObject, part: JsonObject): void
  /** Arguments of a tool call: a piece of them, or all of them. */
  input(event: JsonObject, json: string, isAll: boolean): void
  stop(event: JsonObject): void
  /** An item that came whole, at the end. */
  whole(item: JsonValue): void
  /** Ends what is open. `isWhole`: the answer is completed, so that no tool call may be open. */
  end(isWhole: boolean): void
  /** What has come since it was last taken. */
  take(): Delta[]
}

/** The parts that flow as words. */
export type PartType = 'output_text' | 'refusal' | 'summary_text' | 'reasoning_text'

interface OpenItem {
  readonly item: JsonObject
  readonly parts: Map<string, OpenPart>
  /** The part of reasoning that came last stays open until the proof has come. */
  lastThought: OpenPart | undefined
  call: { readonly index: number; hasInput: boolean } | undefined
}

interface OpenPart {
  readonly index: number
  readonly type: PartType
  hasWords: boolean
  annotations: number
  isEnded: boolean
}

const partTypes: ReadonlySet<unknown> = new Set<PartType>(['output_text', 'refusal', 'summary_text', 'reasoning_text'])

/** A reader that numbers blocks from 0. */
export function readItems(target: string): ItemReader {
  const open = new Map<JsonValue | undefined, OpenItem>()
  let deltas: Delta[] = []
  let next = 0

  const push = (delta: Delta): void => addDelta(deltas, delta)
  const unreadable = (what: string) => new ReplyUnreadable(target, what)
  const opened = (event: JsonObject): OpenItem => {
    const item = open.get(event.output_index)
    if (item) return item
    throw unreadable(`a ${text(event.type)} for an item that is not open`)
  }
  const begin = (block: Block): number => {
    const index = next++
    push({ type: 'block-start', index, block })
    if (isCall(block)) reader.toolCalls = true
    if (block.type === 'refusal') reader.refusal = true
    return index
  }
  const spell = (blocks: readonly Block[]): void => {
    for (const block of blocks) {
      const index = next
      for (const delta of deltasOf([block])) {
        if (delta.type === 'block-start') begin(delta.block)
        else push({ ...delta, index } as Delta)
      }
    }
  }
  const endPart = (part: OpenPart): void => {
    if (!part.isEnded) push({ type: 'block-end', index: part.index })
    part.isEnded = true
  }
  const openPart = (item: OpenItem, key: string, type: PartType): OpenPart => {
    const known = item.parts.get(key)
    if (known) return known
    if (item.lastThought) endPart(item.lastThought)
    const part = { index: begin(emptyPart(item.item, type)), type, hasWords: false, annotations: 0, isEnded: false }
    item.parts.set(key, part)
    if (type === 'summary_text' || type === 'reasoning_text') item.lastThought = part
    return part
  }
  const say = (part: OpenPart, words: string): void => {
    if (words === '') return
    if (part.isEnded) throw unreadable('words for a part that has ended')
    part.hasWords = true
    push({ type: deltaTypes[part.type], index: part.index, text: words })
  }
  const endItem = (item: OpenItem): void => {
    for (const part of item.parts.values()) endPart(part)
    if (item.call) push({ type: 'block-end', index: item.call.index })
  }

  const reader = {
    hasItems: false,
    toolCalls: false,
    refusal: false,
    start: (event: JsonObject) => {
      const item = itemOf(event, unreadable)
      if (open.has(event.output_index)) throw unreadable('the start of an item that is open')
      const started: OpenItem = { item, parts: new Map(), lastThought: undefined, call: undefined }
      open.set(event.output_index, started)
      reader.hasItems = true
      if (item.type !== 'function_call') return
      const block = readable(target, () => startedCall(item, 'item'))
      started.call = { index: begin(block), hasInput: false }
    },
    startPart: (event: JsonObject, part: JsonObject) => {
      if (isPartType(part.type) && wordsOf(part) !== '')
        say(openPart(opened(event), keyOf(event), part.type), wordsOf(part))
    },
    words: (event: JsonObject, type: PartType) => {
      if (typeof event.delta !== 'string') throw unreadable(`a ${text(event.type)} without a delta`)
      if (event.delta !== '') say(openPart(opened(event), keyOf(event), type), event.delta)
    },
    annotate: (event: JsonObject) => {
      const part = openPart(opened(event), keyOf(event), 'output_text')
      part.annotations++
      push({ type: 'extra-delta', index: part.index, dialect, key: 'annotations', value: event.annotation ?? null })
    },
    stopPart: (event: JsonObject, whole: JsonObject) => {
      if (!isPartType(whole.type)) return
      const item = opened(event)
      // A part without words is no block.
      if (!item.parts.has(keyOf(event)) && wordsOf(whole) === '') return
      const part = openPart(item, keyOf(event), whole.type)
      if (part.isEnded) return
      // Some hosts send no deltas, or tell annotations only here.
      if (!part.hasWords) say(part, wordsOf(whole))
      const { index } = part
      for (const value of objectsIn(whole.annotations).slice(part.annotations)) {
        push({ type: 'extra-delta', index, dialect, key: 'annotations', value })
      }
      for (const value of objectsIn(whole.logprobs))
        push({ type: 'extra-delta', index, dialect, key: 'logprobs', value })
      if (part !== item.lastThought) endPart(part)
    },
    input: (event: JsonObject, json: string, isAll: boolean) => {
      const { call } = opened(event)
      if (!call) throw unreadable('arguments for an item that is no function_call')
      if (json === '' || (isAll && call.hasInput)) return
      call.hasInput = true
      push({ type: 'tool-input-delta', index: call.index, json })
    },
    stop: (event: JsonObject) => {
      const item = itemOf(event, unreadable)
      const started = open.get(event.output_index)
      open.delete(event.output_index)
      reader.hasItems = true
      if (!started || (!started.call && started.parts.size === 0)) return spell(readWhole(item, target))
      if (started.call && !started.call.hasInput) {
        const [block] = decodeOutputItem(item, 'item', target)
        if (block?.type === 'tool-call')
          push({ type: 'tool-input-delta', index: started.call.index, json: block.input })
      }
      const proof = text(item.encrypted_content)
      const { lastThought } = started
      if (lastThought && proof !== '') push({ type: 'signature-delta', index: lastThought.index, signature: proof })
      endItem(started)
    },
    whole: (item: JsonValue) => spell(decodeOutputItem(item, 'output', target)),
    end: (isWhole: boolean) => {
      for (const item of open.values()) {
        if (isWhole && item.call) throw unreadable('the end of the response within a function_call')
        endItem(item)
      }
      open.clear()
    },
    take: () => {
      const taken = deltas
      deltas = []
      return taken
    },
  }
  return reader
}

const deltaTypes = {
  output_text: 'text-delta',
  refusal: 'refusal-delta',
  summary_text: 'thinking-delta',
  reasoning_text: 'thinking-delta',
} as const satisfies Record<PartType, Delta['type']>

function isPartType(type: unknown): type is PartType {
  return partTypes.has(type)
}

function itemOf({ item, type }: JsonObject, unreadable: (what: string) => ReplyUnreadable): JsonObject {
  const [only] = objectsIn([item ?? null])
  if (only) return only
  throw unreadable(`a ${text(type)} without an item`)
}

/** The number of a part in its item: summaries are counted apart from the rest. */
function keyOf({ summary_index: summary, content_index: content }: JsonObject): string {
  if (summary !== undefined) return `summary ${JSON.stringify(summary)}`
  return `content ${JSON.stringify(content ?? 0)}`
}

function wordsOf(part: JsonObject): string {
  return text(part.type === 'refusal' ? part.refusal : part.text)
}

function emptyPart(item: JsonObject, type: PartType): Block {
  if (type === 'summary_text' || type === 'reasoning_text') return thought(thoughtFields(item), type)
  const extras = withExtras(messageFields(item))
  return type === 'refusal' ? { type, text: '', ...extras } : { type: 'text', text: '', ...extras }
}

/** An item of which no part came before it was whole. */
function readWhole(item: JsonObject, target: string): Block[] {
  if (item.type === 'reasoning' && !hasParts(item)) {
    return [ciphertext(thoughtFields(item), text(item.encrypted_content) || undefined)]
  }
  return decodeOutputItem(item, 'item', target)
}

function hasParts({ summary, content }: JsonObject): boolean {
  return objectsIn(summary).length + objectsIn(content).length > 0
}
