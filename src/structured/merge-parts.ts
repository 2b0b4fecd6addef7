import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { followed } from './local-reference.ts'

const mergeable: ReadonlySet<string> = new Set([
  'type',
  'properties',
  'required',
  'additionalProperties',
  'title',
  'description',
])

/** A schema and its `allOf` as one, where they are plain objects that do not contradict each other, or one part alone; else undefined. */
export function mergeParts(root: JsonObject, schema: JsonObject): JsonObject | undefined {
  const { allOf, ...own } = schema
  if (!Array.isArray(allOf)) return undefined
  const parts = (allOf as readonly JsonValue[]).map((part) => followed(root, part))
  if (!parts.every(isJsonObject)) return undefined
  const all = Object.keys(own).some((key) => key !== 'title' && key !== 'description') ? [own, ...parts] : parts
  const [only] = all
  if (all.length === 1 && only) return only.allOf === undefined ? { ...only, ...own } : undefined
  if (!all.every(isPlainObject)) return undefined
  const properties = new Map<string, JsonValue | undefined>()
  for (const part of all) {
    for (const [key, value] of Object.entries(isJsonObject(part.properties) ? part.properties : {})) {
      if (properties.has(key) && JSON.stringify(properties.get(key)) !== JSON.stringify(value)) return undefined
      properties.set(key, value)
    }
  }
  const required = all.flatMap((part) => (Array.isArray(part.required) ? (part.required as readonly JsonValue[]) : []))
  const { title, description } = own
  return {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    type: 'object',
    properties: Object.fromEntries(properties),
    required: [...new Set(required)],
  }
}

/** Closed parts exclude each other's properties: nothing would satisfy them all. */
function isPlainObject(schema: JsonObject): boolean {
  const { type, properties, additionalProperties } = schema
  const isObject = type === 'object' || (type === undefined && properties !== undefined)
  return (
    isObject &&
    additionalProperties !== false &&
    !isJsonObject(additionalProperties) &&
    Object.keys(schema).every((key) => mergeable.has(key))
  )
}
