import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { endOfString } from './splice.ts'

/** How deep objects and arrays may be nested. */
const maxDepth = 64

/**
 * The value of a JSON text that somebody else wrote. Throws `SyntaxError` for what is no JSON, and for what is nested more
 * than 64 deep: written out again it could exhaust the stack. Linear in the text.
 */
export function parseJson(text: string): JsonValue {
  if (isNestedTooDeep(text)) throw new SyntaxError(`JSON nested more than ${maxDepth} deep`)
  return JSON.parse(text)
}

/** The same; undefined for what cannot be read so. */
export function parsedJson(text: string): JsonValue | undefined {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

/** The same; undefined for what is no object, too. */
export function parsedObject(text: string): JsonObject | undefined {
  const value = parsedJson(text)
  return isJsonObject(value) ? value : undefined
}

/** Whether objects and arrays are nested more than 64 deep in a JSON text. */
export function isNestedTooDeep(text: string): boolean {
  return mayBeDeep(text) && isTooDeep(text)
}

/** Whether the text has brackets enough; nearly none has, and the native search tells sooner than the scan. */
function mayBeDeep(text: string): boolean {
  return text.length > maxDepth && countUpTo(maxDepth, text, '{') + countUpTo(maxDepth, text, '[') > maxDepth
}

function countUpTo(limit: number, text: string, character: string): number {
  let count = 0
  for (let at = text.indexOf(character); at !== -1 && count <= limit; at = text.indexOf(character, at + 1)) count++
  return count
}

const quote = 0x22

function isTooDeep(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === quote) at = endOfString(text, at) - 1
    else if (unit === 0x7b || unit === 0x5b) {
      if (++depth > maxDepth) return true
    } else if (unit === 0x7d || unit === 0x5d) depth--
  }
  return false
}
