import type { JsonObject } from '../../core/json.ts'
import { type Block, textOf } from '../../core/message.ts'
import { parsedObject } from '../parse-json.ts'

/** What a function's `response` says, as text, and whether it says that the function failed. */
export function decodeResponse(response: JsonObject): { readonly text: string; readonly isError: boolean } {
  const [only] = Object.keys(response)
  const said = only === undefined || Object.keys(response).length > 1 ? undefined : response[only]
  if (typeof said === 'string' && only === 'output') return { text: said, isError: false }
  if (typeof said === 'string' && only === 'error') return { text: said, isError: true }
  return { text: JSON.stringify(response), isError: false }
}

/**
 * The `response` that says this text. The API takes an object: a text that is one, written as it is always written, is sent
 * as that object, and any other text as `output` (or `error`), which is how the API is told that all of it is the answer.
 */
export function encodeResponse(content: readonly Block[], isError: boolean): JsonObject {
  const text = textOf(content)
  if (isError) return { error: text }
  const parsed = text.startsWith('{') ? parsedObject(text) : undefined
  return parsed && decodeResponse(parsed).text === text && !decodeResponse(parsed).isError ? parsed : { output: text }
}
