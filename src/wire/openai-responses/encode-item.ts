import type { JsonObject } from '../../core/json.ts'
import type { Block, ThinkingBlock, ToolCallBlock } from '../../core/message.ts'
import type { LossList } from '../losses.ts'
import { withoutFields } from '../openai/fields.ts'
import { fitId, type IdRule } from '../tool-id.ts'
import { encodeOpaque } from './encode-content.ts'
import { isRawReasoning, itemId, ownFields } from './extras.ts'
import { type BlockGroup, groupBlocks } from './group-blocks.ts'
import { dialect } from './types.ts'

/** How items are written: in a request, or in an answer, where each has an id and a status. */
export interface ItemStyle {
  /** The id of an item that has none of this dialect's own; undefined in a request, where none is needed. */
  readonly newId?: (prefix: 'msg' | 'rs' | 'fc') => string
  readonly path: (index: number) => string
  readonly losses: LossList
}

/** What an assistant said, by the items in which this dialect says it. Words that are empty say nothing. */
export function encodeItems(content: readonly Block[], style: ItemStyle): JsonObject[] {
  const groups = groupBlocks(content)
  return groups.map((group) => encodeGroup(group, style)).filter((item) => item !== undefined)
}

/** The item of a group; undefined where it says nothing, or nothing that this dialect can say. */
export function encodeGroup({ kind, blocks }: BlockGroup, style: ItemStyle): JsonObject | undefined {
  const [first] = blocks
  if (!first) return undefined
  if (kind === 'message') return encodeMessage(blocks, style)
  if (kind === 'reasoning') return encodeReasoning(blocks as readonly (readonly [number, ThinkingBlock])[], style)
  const [index, block] = first
  return encodeSingle(block, style.path(index), style)
}

function encodeMessage(blocks: BlockGroup['blocks'], style: ItemStyle): JsonObject | undefined {
  const parts = blocks
    .map(([index, block]) => encodeSaid(block, style.path(index), style.losses))
    .filter((part) => part !== undefined)
  const [first] = blocks
  if (parts.length === 0 || !first) return undefined
  const { phase } = ownFields(first[1].extras)
  const id = itemId(first[1].extras) || style.newId?.('msg')
  const [only] = parts
  const isPlain = parts.length === 1 && only?.type === 'output_text' && Object.keys(only).length === 3
  // Without an id it is no answer that is sent back, and the short form will do.
  if (id === undefined) {
    return { role: 'assistant', content: isPlain ? (only?.text ?? '') : parts, ...(phase !== undefined && { phase }) }
  }
  return {
    id,
    type: 'message',
    status: 'completed',
    role: 'assistant',
    content: parts,
    ...(phase !== undefined && { phase }),
  }
}

const phaseField = { phase: null }

function encodeSaid(block: Block, path: string, losses: LossList): JsonObject | undefined {
  losses.foreignExtras(block.extras, path)
  const fields = withoutFields(ownFields(block.extras), phaseField)
  if (block.type === 'text' && block.text !== '') {
    return { type: 'output_text', text: block.text, annotations: [], ...fields }
  }
  return block.type === 'refusal' && block.text !== '' ? { type: 'refusal', refusal: block.text, ...fields } : undefined
}

function encodeReasoning(
  blocks: readonly (readonly [number, ThinkingBlock])[],
  { newId, path, losses }: ItemStyle,
): JsonObject | undefined {
  const [first] = blocks
  if (!first) return undefined
  const isOwn = first[1].dialect === dialect
  if (!isOwn && !newId) {
    losses.dropped(path(first[0]), `reasoning goes back to ${first[1].dialect} only.`)
    return undefined
  }
  if (!isOwn) for (const [index, block] of blocks) reportForeign(block, path(index), losses)
  const shown = blocks.map(([, block]) => block).filter(({ text }) => text !== '')
  if (!isOwn && shown.length === 0) return undefined
  const raw = shown.filter(isRawReasoning)
  const proof = isOwn ? (blocks.at(-1)?.[1].signature ?? first[1].redacted) : undefined
  const id = itemId(first[1].extras) || newId?.('rs')
  return {
    ...(id !== undefined && { id }),
    type: 'reasoning',
    summary: shown
      .filter((block) => !isRawReasoning(block))
      .map(({ text }) => ({ type: 'summary_text' as const, text })),
    ...(raw.length > 0 && { content: raw.map(({ text }) => ({ type: 'reasoning_text' as const, text })) }),
    ...(proof !== undefined && { encrypted_content: proof }),
    ...ownFields(first[1].extras),
  }
}

/** What an answer in this dialect cannot say of another dialect's reasoning. */
function reportForeign(block: ThinkingBlock, path: string, losses: LossList): void {
  losses.foreignExtras(block.extras, path)
  if (block.redacted) losses.dropped(`${path}.data`, `only ${block.dialect} can read it.`)
  if (block.signature) losses.dropped(`${path}.signature`, `it proves the reasoning to ${block.dialect} only.`)
  if (block.text !== '') losses.approximated(path, 'reasoning is shown as a summary: it cannot be sent back.')
}

function encodeSingle(block: Block, path: string, { newId, losses }: ItemStyle): JsonObject | undefined {
  switch (block.type) {
    case 'tool-call':
      losses.foreignExtras(block.extras, path)
      return encodeCall(block, itemId(block.extras) || newId?.('fc'))
    case 'opaque':
      return encodeOpaque(block, path, losses)
    default:
      losses.dropped(path, `a ${block.type} cannot stand in what an assistant says in ${dialect}.`)
      return undefined
  }
}

/** OpenAI takes no longer id of a tool call. */
export const idRule: IdRule = { maxLength: 64 }

function encodeCall({ id: callId, name, input, extras }: ToolCallBlock, id: string | undefined): JsonObject {
  return {
    ...(id !== undefined && { id }),
    type: 'function_call',
    ...(id !== undefined && { status: 'completed' }),
    call_id: fitId(callId, idRule),
    name,
    arguments: input,
    ...ownFields(extras),
  }
}
