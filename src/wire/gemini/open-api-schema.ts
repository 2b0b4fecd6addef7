import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { fieldsOf } from './extras.ts'

const counts: ReadonlySet<string> = new Set([
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
])

/**
 * JSON Schema of what the API calls a schema, a subset of OpenAPI's: types in capitals, `nullable`, counts as strings, an
 * order of properties. Read for other dialects only; the API itself gets its caller's bytes.
 */
export function jsonSchemaOf(value: JsonValue): JsonObject {
  if (!isJsonObject(value)) return {}
  const { nullable, type, propertyOrdering: _, example, ...rest } = fieldsOf(value, '')
  const entries = Object.entries(rest).map(([key, field]): [string, JsonValue | undefined] => {
    if (counts.has(key) && typeof field === 'string') return [key, Number(field)]
    if (key === 'items') return [key, jsonSchemaOf(field ?? null)]
    if (key === 'anyOf' && Array.isArray(field)) return [key, field.map(jsonSchemaOf)]
    if (key === 'properties' && isJsonObject(field)) return [key, eachProperty(field)]
    return [key, field]
  })
  return {
    ...typeOf(type, nullable === true, Array.isArray(rest.anyOf)),
    ...Object.fromEntries(entries),
    ...(example !== undefined && { examples: [example] }),
    ...(nullable === true && Array.isArray(rest.enum) && { enum: [...rest.enum, null] }),
  }
}

function eachProperty(properties: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, jsonSchemaOf(schema ?? null)]))
}

function typeOf(type: JsonValue | undefined, nullable: boolean, isUnion: boolean): JsonObject {
  if (typeof type !== 'string' || type === 'TYPE_UNSPECIFIED') return {}
  const name = type.toLowerCase()
  // The SDKs write a type beside alternatives that say their own.
  if (isUnion) return {}
  return { type: nullable ? [name, 'null'] : name }
}
