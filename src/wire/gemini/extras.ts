import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { BlockExtras } from '../../core/message.ts'
import type { LossList } from '../losses.ts'
import { asObject, unknownFields } from '../read.ts'
import { saysNothing } from '../says-nothing.ts'

export { compact } from '../anthropic-messages/extras.ts'

/** The name of this dialect. */
export const dialect = 'gemini'

/**
 * The value as an object whose fields are named as the SDKs name them: the API takes `system_instruction` for
 * `systemInstruction`, as protobuf's JSON does everywhere. Throws `InvalidRequest` naming `path`.
 */
export function fieldsOf(value: JsonValue | undefined, path: string): JsonObject {
  const object = asObject(value, path)
  const names = Object.keys(object)
  if (!names.some((name) => name.includes('_'))) return object
  return Object.fromEntries(Object.entries(object).map(([name, field]) => [inCamelCase(name), field]))
}

const inCamelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** The same; an empty object where there is none. */
export function optionalFields(value: JsonValue | undefined, path: string): JsonObject {
  return value === undefined || value === null ? {} : fieldsOf(value, path)
}

/** What an object says beyond the fields in `known`; nulls say nothing and are left out. Undefined where nothing is left. */
export function furtherFields(object: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  const fields = Object.entries(unknownFields(object, known) ?? {}).filter(([, value]) => value !== null)
  return fields.length > 0 ? Object.fromEntries(fields) : undefined
}

/** Fields as extras to spread into a block, a tool or a message; nothing where there are none. */
export function withExtras(fields: JsonObject | undefined): { readonly extras?: BlockExtras } {
  return fields && Object.keys(fields).length > 0 ? { extras: { dialect, fields } } : {}
}

/** The extras that this dialect can say; those of another are losses. */
export function ownFields(extras: BlockExtras | undefined, path: string, losses: LossList): JsonObject {
  if (!extras) return {}
  if (extras.dialect === dialect) return extras.fields
  for (const [key, value] of Object.entries(extras.fields)) {
    if (!saysNothing(key, value)) losses.dropped(`${path}.${key}`, 'Gemini has no such field.')
  }
  return {}
}

/** The value where it is a string, else nothing. */
export function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
