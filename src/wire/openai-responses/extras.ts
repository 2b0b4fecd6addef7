import type { JsonObject } from '../../core/json.ts'
import type { Block, BlockExtras } from '../../core/message.ts'
import { text } from '../openai/fields.ts'
import { dialect } from './types.ts'

/** Fields of this dialect's own, as extras to spread into a block; nothing where there are none. */
export function withExtras(fields: JsonObject | undefined): { extras?: BlockExtras } {
  return fields && Object.keys(fields).length > 0 ? { extras: { dialect, fields } } : {}
}

/** The fields that this dialect itself said about a block, a message or a tool, without the id of its item. */
export function ownFields(extras: BlockExtras | undefined): JsonObject {
  if (extras?.dialect !== dialect) return {}
  const { item: _, part: __, ...fields } = extras.fields
  return fields
}

/** The id of the item in which a block or a message came; empty where it came in none of this dialect's. */
export function itemId(extras: BlockExtras | undefined): string {
  return extras?.dialect === dialect ? text(extras.fields.item) : ''
}

/** The id of an item, as a field of extras. */
export function itemField({ id }: JsonObject): JsonObject {
  return typeof id === 'string' && id !== '' ? { item: id } : {}
}

/** Whether a block of reasoning came as the reasoning itself, not as a summary of it. */
export function isRawReasoning({ extras }: Block): boolean {
  return extras?.dialect === dialect && extras.fields.part === 'reasoning_text'
}
