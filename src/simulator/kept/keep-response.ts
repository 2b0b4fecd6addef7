import { isObject, type JsonObject } from '../json.ts'
import type { Kept } from './kept.ts'

/** Keeps an answer of OpenAI's Responses, with what it answered, unless it is an error. */
export function keepResponse(kept: Kept, sent: string, input: unknown): void {
  if (!sent.startsWith('{')) return
  let body: unknown
  try {
    body = JSON.parse(sent)
  } catch {
    return
  }
  if (!isObject(body) || typeof body.id !== 'string' || body.object !== 'response') return
  const items: unknown[] = Array.isArray(input)
    ? input
    : [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }]
  const numbered = items.filter(isObject).map((item, index): JsonObject => ({ id: `msg_in_${index}`, ...item }))
  kept.responses.set(body.id, { body, input: numbered })
}
