import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import { encodeGroup, type ItemStyle } from './encode-item.ts'
import { kindOf, staysWith } from './group-blocks.ts'
import { type PartEvents, partEvents } from './part-events.ts'

/** Writes the items of one stream. Each method gives the events to send, framed. */
export interface ItemWriter {
  /** Gives a block its place in an item, without words; nothing where it has one. */
  place(index: number, block: Block): string
  words(index: number, block: Block, said: string): string
  annotate(index: number, block: Block, annotation: JsonValue): string
  input(index: number, json: string): string
  /** A block has ended as it is now. */
  stop(index: number, block: Block): string
  /** Ends the item that words could still come to. */
  leave(): string
  /** The items so far that are whole. */
  readonly output: readonly JsonObject[]
}

interface OpenItem {
  readonly index: number
  readonly id: string
  readonly blocks: [number, Block][]
  /** Blocks that have not ended. */
  open: number
  /** No block comes to it any more. */
  isLeft: boolean
}

interface Placed {
  readonly item: OpenItem
  readonly events: PartEvents | undefined
  /** Which item and which part of it, in every event. */
  readonly at: JsonObject
  hasWords: boolean
  annotations: number
}

/** An item is over once its blocks have ended and another one has begun: words that follow each other stand in one. */
export function writeItems(frame: (type: string, fields: JsonObject) => string, style: ItemStyle): ItemWriter {
  const placed = new Map<number, Placed>()
  const output: JsonObject[] = []
  let last: OpenItem | undefined
  let count = 0

  const settle = (item: OpenItem): string => {
    if (!item.isLeft || item.open > 0) return ''
    const [first] = item.blocks
    const whole =
      first && encodeGroup({ kind: kindOf(first[1]), blocks: item.blocks }, { ...style, newId: () => item.id })
    if (!whole) return ''
    output[item.index] = whole
    return frame('response.output_item.done', { output_index: item.index, item: whole })
  }
  const leave = (): string => {
    const left = last
    last = undefined
    if (!left) return ''
    left.isLeft = true
    return settle(left)
  }
  const startItem = (index: number, block: Block): { readonly item: OpenItem; readonly written: string } => {
    const written = leave()
    const whole = encodeGroup({ kind: kindOf(block), blocks: [[index, withWords(block)]] }, style) ?? {}
    const item: OpenItem = { index: count++, id: String(whole.id ?? ''), blocks: [], open: 0, isLeft: false }
    last = item
    const added = frame('response.output_item.added', { output_index: item.index, item: begun(whole, block) })
    return { item, written: written + added }
  }
  const place = (index: number, block: Block): string => {
    if (placed.has(index)) return ''
    const before = last?.blocks.at(-1)?.[1]
    const joins = last && before && staysWith(before, withWords(block))
    const { item, written } = joins && last ? { item: last, written: '' } : startItem(index, block)
    const events = partEvents(block)
    const number = item.blocks.filter(([, other]) => partEvents(other)?.counter === events?.counter).length
    const at = { item_id: item.id, output_index: item.index, ...(events && { [events.counter]: number }) }
    item.blocks.push([index, block])
    item.open++
    placed.set(index, { item, events, at, hasWords: false, annotations: 0 })
    return written
  }
  const openPart = (index: number, block: Block): string => {
    const written = place(index, block)
    const spot = placed.get(index)
    if (!spot?.events || spot.hasWords) return written
    spot.hasWords = true
    return written + frame(`response.${spot.events.part}.added`, { ...spot.at, part: spot.events.value('') })
  }

  return {
    output,
    place,
    leave,
    words: (index, block, said) => {
      const written = openPart(index, block)
      const { events, at } = placed.get(index) ?? {}
      return events
        ? written + frame(`response.${events.words}.delta`, { ...at, delta: said, ...events.beside })
        : written
    },
    annotate: (index, block, annotation) => {
      const written = openPart(index, block)
      const spot = placed.get(index)
      if (!spot) return written
      const at = { ...spot.at, annotation_index: spot.annotations++ }
      return written + frame('response.output_text.annotation.added', { ...at, annotation })
    },
    input: (index, delta) => {
      const spot = placed.get(index)
      return spot ? frame('response.function_call_arguments.delta', { ...spot.at, delta }) : ''
    },
    stop: (index, block) => {
      const spot = placed.get(index)
      if (!spot) return ''
      const { item } = spot
      item.blocks[item.blocks.findIndex(([at]) => at === index)] = [index, block]
      item.open--
      if (kindOf(block) === 'single') item.isLeft = true
      if (item.isLeft && last === item) last = undefined
      return done(spot, block, frame) + settle(item)
    },
  }
}

/** The end of a block's part, or of its arguments. */
function done(
  { events, at, hasWords }: Placed,
  block: Block,
  frame: (type: string, fields: JsonObject) => string,
): string {
  if (block.type === 'tool-call') {
    const call = { name: block.name, arguments: block.input }
    return frame('response.function_call_arguments.done', { ...at, ...call })
  }
  if (!events || !hasWords) return ''
  const words = block.type === 'text' || block.type === 'refusal' || block.type === 'thinking' ? block.text : ''
  const { annotations } = block.extras?.fields ?? {}
  const part = { ...events.value(words), ...(annotations !== undefined && { annotations }) }
  return (
    frame(`response.${events.words}.done`, { ...at, [events.field]: words, ...events.beside }) +
    frame(`response.${events.part}.done`, { ...at, part })
  )
}

/** A block that is about to get words, so that nothing takes it for empty. */
function withWords(block: Block): Block {
  const flows = block.type === 'text' || block.type === 'refusal' || block.type === 'thinking'
  return flows && block.text === '' && !isCiphertext(block) ? { ...block, text: '…' } : block
}

function isCiphertext(block: Block): boolean {
  return block.type === 'thinking' && block.redacted !== undefined
}

/** An item as it is when it begins: without what its deltas bring. */
function begun(whole: JsonObject, block: Block): JsonObject {
  switch (kindOf(block)) {
    case 'message':
      return { ...whole, status: 'in_progress', content: [] }
    case 'reasoning': {
      const { content: _, encrypted_content: __, ...rest } = whole
      return { ...rest, summary: [] }
    }
    case 'single':
      return block.type === 'tool-call' ? { ...whole, status: 'in_progress', arguments: '' } : whole
  }
}
