import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Loss } from '../../core/request.ts'
import { signatureAtGoogle } from '../seal-thoughts.ts'
import { holdsSeal, isSealed } from '../sealed-thought.ts'
import { peekFields, spliceElements } from '../splice.ts'

/**
 * The `messages` of a client's own bytes without the signatures that calls of another provider were shown with: a field that hosts of
 * this dialect may refuse. Undefined where there are none. All other bytes of the messages stay.
 */
export function dropSealed(
  body: string,
): { readonly fields: { readonly messages: string }; readonly losses: readonly Loss[] } | undefined {
  const { messages } = holdsSeal(body) ? peekFields(body, ['messages']) : {}
  if (!messages?.startsWith('[')) return undefined
  const losses: Loss[] = []
  let index = 0
  const written = spliceElements(messages, (element) => withoutSeals(element, `messages[${index++}]`, losses))
  return losses.length > 0 ? { fields: { messages: written }, losses } : undefined
}

function withoutSeals(element: string, path: string, losses: Loss[]): string {
  const message = JSON.parse(element) as JsonValue
  if (!isJsonObject(message) || !Array.isArray(message.tool_calls)) return element
  const before = losses.length
  const calls = message.tool_calls.map((call: JsonValue, i) => {
    if (!isJsonObject(call) || !isSealed(signatureAtGoogle(call))) return call
    const detail = 'Another provider signed this call: it goes back to no other.'
    losses.push({ path: `${path}.tool_calls[${i}].extra_content`, effect: 'dropped', detail })
    const { extra_content: _, ...rest }: JsonObject = call
    return rest
  })
  return losses.length === before ? element : JSON.stringify({ ...message, tool_calls: calls })
}
