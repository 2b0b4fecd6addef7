import type { JsonObject } from '../../core/json.ts'

/** A function's parameters as OpenAI takes them: an object says its properties, even where it has none. */
export function encodeParameters(schema: JsonObject): JsonObject {
  return schema.type === 'object' && schema.properties === undefined ? { ...schema, properties: {} } : schema
}
