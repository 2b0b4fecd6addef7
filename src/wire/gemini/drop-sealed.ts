import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Loss } from '../../core/request.ts'
import { holdsSeal, isSealed } from '../sealed-thought.ts'
import { peekFields, spliceElements, spliceFields } from '../splice.ts'
import { needsSignatures, unsigned } from './encode-messages.ts'
import { text } from './extras.ts'

/**
 * A client's own bytes without the thoughts of other providers that were shown to it, which the API cannot read. Calls that were made
 * after them have no signature: where the model wants one, they get what stands for it. Undefined where there are none.
 */
export function dropSealed(
  body: string,
  model: string,
): { readonly body: string; readonly losses: readonly Loss[] } | undefined {
  const { contents } = holdsSeal(body) ? peekFields(body, ['contents']) : {}
  if (!contents?.startsWith('[')) return undefined
  const kept: string[] = []
  const losses: Loss[] = []
  let index = 0
  spliceElements(contents, (element) => {
    const written = withoutSeals(element, `contents[${index++}]`, model, losses)
    if (written !== undefined) kept.push(written)
    return element
  })
  return losses.length > 0 ? { body: spliceFields(body, { contents: `[${kept.join(',')}]` }), losses } : undefined
}

/** Undefined where nothing is left of the content. */
function withoutSeals(element: string, path: string, model: string, losses: Loss[]): string | undefined {
  const content = JSON.parse(element) as JsonValue
  if (!isJsonObject(content) || !Array.isArray(content.parts)) return element
  const { parts: all } = content
  const parts = all.filter((part: JsonValue, i) => {
    if (!isJsonObject(part) || !isSealed(signatureOf(part))) return true
    const detail = 'Another provider thought so, and it goes back to no other.'
    losses.push({ path: `${path}.parts[${i}]`, effect: 'dropped', detail })
    return false
  })
  if (parts.length === 0 && all.length > 0) return undefined
  const first = parts.findIndex(
    (part: JsonValue) => isJsonObject(part) && isJsonObject(part.functionCall ?? part.function_call),
  )
  const call: JsonValue | undefined = parts[first]
  const isBare = isJsonObject(call) && text(signatureOf(call)) === '' && needsSignatures(model)
  if (isBare) return JSON.stringify({ ...content, parts: parts.with(first, { ...call, thoughtSignature: unsigned }) })
  return parts.length < all.length ? JSON.stringify({ ...content, parts }) : element
}

function signatureOf({ thoughtSignature, thought_signature: snake }: JsonObject): JsonValue | undefined {
  return thoughtSignature ?? snake
}
