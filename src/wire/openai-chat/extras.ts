import type { JsonObject } from '../../core/json.ts'
import type { Block, BlockExtras } from '../../core/message.ts'
import { dialect, type reasoningFields } from './types.ts'

/** Fields of this dialect's own, as extras to spread into a block; nothing where there are none. */
export function withExtras(fields: JsonObject | undefined): { extras?: BlockExtras } {
  return fields && Object.keys(fields).length > 0 ? { extras: { dialect, fields } } : {}
}

/** The fields that this dialect itself said about a block, a message or a tool. */
export function ownFields(extras: BlockExtras | undefined): JsonObject {
  return extras?.dialect === dialect ? extras.fields : {}
}

/** The field in which the host of this block shows reasoning. */
export function thinkingField(extras: BlockExtras | undefined): (typeof reasoningFields)[number] {
  return ownFields(extras).field === 'reasoning' ? 'reasoning' : 'reasoning_content'
}

/** A block of reasoning that remembers in which field its host shows it. */
export function thinking(field: (typeof reasoningFields)[number], text: string): Block {
  return { type: 'thinking', text, dialect, ...withExtras(field === 'reasoning' ? { field } : undefined) }
}
