import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { InvalidRequest } from '../errors/index.ts'

/** The value as an object, or `InvalidRequest` naming `path`. */
export function asObject(value: JsonValue | undefined, path: string): JsonObject {
  if (isJsonObject(value)) return value
  throw wrongType(path, 'an object', value)
}

/** The value as an array, or `InvalidRequest` naming `path`. */
export function asArray(value: JsonValue | undefined, path: string): readonly JsonValue[] {
  if (Array.isArray(value)) return value
  throw wrongType(path, 'an array', value)
}

/** The value as a string, or `InvalidRequest` naming `path`. */
export function asString(value: JsonValue | undefined, path: string): string {
  if (typeof value === 'string') return value
  throw wrongType(path, 'a string', value)
}

/** The value as a string; undefined where it is absent or null. */
export function optionalString(value: JsonValue | undefined, path: string): string | undefined {
  return value === undefined || value === null ? undefined : asString(value, path)
}

/** The value as a finite number; undefined where it is absent or null. */
export function optionalNumber(value: JsonValue | undefined, path: string): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw wrongType(path, 'a number', value)
}

/** The value as a whole number that is not negative; undefined where it is absent or null. */
export function optionalCount(value: JsonValue | undefined, path: string): number | undefined {
  const number = optionalNumber(value, path)
  if (number === undefined || (Number.isInteger(number) && number >= 0)) return number
  throw wrongType(path, 'a whole number of 0 or more', value)
}

/** The value as a boolean; undefined where it is absent or null. */
export function optionalBoolean(value: JsonValue | undefined, path: string): boolean | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'boolean') return value
  throw wrongType(path, 'true or false', value)
}

/** The fields of `value` that are not in `known`; undefined where none is left. */
export function unknownFields(value: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  let rest: Record<string, JsonValue> | undefined
  for (const [key, field] of Object.entries(value)) {
    if (field === undefined || known.has(key)) continue
    rest ??= {}
    if (key !== '__proto__') rest[key] = field
    else Object.defineProperty(rest, key, { value: field, enumerable: true, configurable: true, writable: true })
  }
  return rest
}

/**
 * A token count from a provider: 0 for what is absent or absurd (negative, fractional, no number, or more than any
 * model takes at once: above 2^24).
 */
export function tokenCount(value: JsonValue | undefined): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 2 ** 24 ? value : 0
}

function wrongType(path: string, expected: string, value: JsonValue | undefined): InvalidRequest {
  const found =
    value === undefined ? 'nothing' : value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value
  return new InvalidRequest(path, `expected ${expected}, found ${found}.`)
}
