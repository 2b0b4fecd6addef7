import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { BlockExtras } from '../../core/message.ts'
import type { LossList } from '../losses.ts'

export { compact } from '../anthropic-messages/extras.ts'

/** The name of this dialect. */
export const dialect = 'bedrock-converse'

/** The extras that this dialect can say; those of another are losses. */
export function ownFields(extras: BlockExtras | undefined, path: string, losses: LossList): JsonObject {
  if (extras?.dialect === dialect) return extras.fields
  losses.foreignExtras(extras, path)
  return {}
}

/** The value where it is a string, else nothing. */
export function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** The value where it is an object, else an empty one. */
export function fieldsOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}
