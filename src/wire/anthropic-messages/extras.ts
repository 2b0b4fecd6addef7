import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { BlockExtras, CacheMark } from '../../core/message.ts'
import type { LossList } from '../losses.ts'
import { unknownFields } from '../read.ts'
import { saysNothing } from '../says-nothing.ts'

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

/** A mark of the prompt cache, and what is said of it beyond that; the rest alone where the common form has no such mark. */
export function readMark(value: JsonValue | undefined): { readonly cache?: CacheMark; readonly rest?: JsonValue } {
  if (value === undefined || value === null) return {}
  if (!isJsonObject(value) || value.type !== 'ephemeral') return { rest: value }
  const { ttl } = value
  if (ttl !== undefined && ttl !== null && ttl !== '5m' && ttl !== '1h') return { rest: value }
  const rest = furtherFields(value, markFields)
  return { cache: ttl ? { ttl } : {}, ...(rest && { rest }) }
}

const markFields = new Set(['type', 'ttl'])

/** The mark and the extras of a block or a tool, to spread into it. */
export function markedExtrasOf(
  { cache_control: mark, ...object }: JsonObject,
  known: ReadonlySet<string>,
): { readonly cache?: CacheMark; readonly extras?: BlockExtras } {
  if (mark === undefined || mark === null) return extrasOf(object, known)
  const { cache, rest } = readMark(mark)
  return {
    ...(cache && { cache }),
    ...extrasOf(rest === undefined ? object : { ...object, cache_control: rest }, known),
  }
}

/** A mark as this dialect has it, to spread before the fields of the block or tool that this dialect itself said. */
export function withMark(mark: CacheMark | undefined, own: JsonObject): JsonObject {
  if (!mark) return own
  const further = isJsonObject(own.cache_control) ? own.cache_control : {}
  return { ...own, cache_control: { type: 'ephemeral', ...mark, ...further } }
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
