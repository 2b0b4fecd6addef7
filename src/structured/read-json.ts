import type { JsonValue } from '../core/json.ts'
import { JsonReader, maxDepth } from './json-reader.ts'

/** How much had to be mended: nothing, or what surrounds the value and says nothing. Nothing that could change a value is done. */
export type Repair = 'exact' | 'lossless-syntax'

/** What a model's text was read as. */
export type JsonRead =
  | { readonly type: 'read'; readonly value: JsonValue; readonly repair: Repair }
  | { readonly type: 'unreadable'; readonly problem: string }

/**
 * Reads the JSON that a model was asked for: exactly, or without the white space or the one Markdown fence around it. Words before or
 * after it, trailing commas, single quotes and the like are not mended: whoever mends them guesses. Never throws.
 */
export function readJson(text: string): JsonRead {
  const exact = parse(text)
  if (exact) return { type: 'read', value: exact.value, repair: 'exact' }
  const bare = withoutFence(text.trim())
  const mended = parse(bare)
  if (mended) return { type: 'read', value: mended.value, repair: 'lossless-syntax' }
  return {
    type: 'unreadable',
    problem: bare === '' ? 'The answer is empty.' : `The answer is no JSON: ${problemOf(bare)}.`,
  }
}

/** The opening line of a fence, as it may stand before JSON: three backticks, perhaps a language. */
export const fenceOpening = /^```[\w-]*[ \t]*\r?\n/

function withoutFence(text: string): string {
  const opening = fenceOpening.exec(text)
  return opening && text.endsWith('```') && text.length >= opening[0].length + 3
    ? text.slice(opening[0].length, -3).trim()
    : text
}

function parse(text: string): { readonly value: JsonValue } | undefined {
  try {
    const value: JsonValue = JSON.parse(text)
    return isNestedDeeper(value, maxDepth) ? undefined : { value }
  } catch {
    return undefined
  }
}

/** Whatever walks through a value that nests as deep as a model likes would exhaust the stack. */
function isNestedDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((each) => isNestedDeeper(each, levels - 1))
}

/** What is wrong with a text that `readJson` does not read, and where: without the text around it, which belongs in no message. */
export function problemOf(text: string): string {
  const reader = new JsonReader()
  reader.push(text)
  reader.end()
  return reader.problem ?? 'it cannot be read'
}
