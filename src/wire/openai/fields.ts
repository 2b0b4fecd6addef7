import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'

/** The value where it is a string, else nothing. */
export function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** The fields of the object that stands inside another under this name; none where there is no such object. */
export function nestedFields(fields: JsonObject, name: string): JsonObject {
  const nested = fields[name]
  return isJsonObject(nested) ? nested : {}
}

/** The objects in a list; none where it is no list. */
export function objectsIn(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

/** The fields that `taken` does not have. */
export function withoutFields(fields: JsonObject, taken: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !Object.hasOwn(taken, key)))
}

/** A copy of the object without its undefined fields. Deleting them instead would make it slow for all that read it. */
export function defined<T extends object>(value: T): T {
  const kept: Partial<T> = {}
  for (const key of Object.keys(value) as (keyof T)[]) if (value[key] !== undefined) kept[key] = value[key]
  return kept as T
}
