import type { JsonObject } from '../../core/json.ts'
import type { BlockExtras } from '../../core/message.ts'
import { unknownFields } from '../read.ts'
import { saysNothing } from '../says-nothing.ts'
import type { LossList } from './losses.ts'

/** The name of this dialect. */
export const dialect = 'anthropic-messages'

/** What an object says beyond the fields in `known`; nulls say nothing and are left out. Undefined where nothing is left. */
export function furtherFields(object: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  const fields = Object.entries(unknownFields(object, known) ?? {}).filter(([, value]) => value !== null)
  return fields.length > 0 ? Object.fromEntries(fields) : undefined
}

/** The same, as extras to spread into a block, a tool or a message. */
export function extrasOf(object: JsonObject, known: ReadonlySet<string>): { readonly extras?: BlockExtras } {
  const fields = furtherFields(object, known)
  return fields ? { extras: { dialect, fields } } : {}
}

/** The extras that this dialect can say; those of another are losses. */
export function ownFields(extras: BlockExtras | undefined, path: string, losses: LossList): JsonObject {
  if (!extras) return {}
  if (extras.dialect === dialect) return extras.fields
  for (const [key, value] of Object.entries(extras.fields)) {
    if (!saysNothing(key, value)) losses.dropped(`${path}.${key}`, `Anthropic has no such field.`)
  }
  return {}
}

/** The object without its undefined fields. */
export function compact<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T
}
