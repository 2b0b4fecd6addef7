/** A value that JSON can carry. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject

/** A JSON object, read-only. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined
}

/** Whether a parsed value is a JSON object (and neither `null` nor an array). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
