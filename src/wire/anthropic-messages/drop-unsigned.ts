import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import type { Loss, ModelRequest } from '../../core/request.ts'
import { holdsSeal, isSealed } from '../sealed-thought.ts'
import { peekFields, spliceElements } from '../splice.ts'
import { lacksThought } from './fit-thinking.ts'

/** What of a client's own bytes is said another way, and what that leaves out. */
export interface Unsigned {
  readonly fields: Readonly<Record<string, string>>
  readonly losses: readonly Loss[]
}

/**
 * The fields of a client's own bytes in which thinking stands that the API itself did not sign, without it: another provider's, shown
 * to the client and sent back, which the API refuses. Undefined where there is none. All other bytes of the messages stay.
 */
export function dropUnsigned(body: string, request?: ModelRequest): Unsigned | undefined {
  const isUsual = !request?.messages.some(({ content }) => content.some(isUnsigned))
  if (isUsual && !holdsSeal(body)) return undefined
  const { messages: said = '[]', thinking: asked = 'null' } = peekFields(body, ['messages', 'thinking'])
  const kept: string[] = []
  const losses: Loss[] = []
  let index = 0
  spliceElements(said, (element) => {
    const written = withoutThoughts(element, `messages[${index++}]`, losses)
    if (written !== undefined) kept.push(written)
    return element
  })
  const messages = `[${kept.join(',')}]`
  const thinking: unknown = JSON.parse(asked)
  const isStuck = isJsonObject(thinking) && thinking.type === 'enabled' && lacksThought(JSON.parse(messages))
  if (isStuck)
    losses.push({
      path: 'thinking.type',
      effect: 'dropped',
      detail: 'The turn that the tools answer has lost its thought.',
    })
  return { fields: { messages, ...(isStuck && { thinking: '{"type":"disabled"}' }) }, losses }
}

function isUnsigned(block: Block): boolean {
  return block.type === 'thinking' && !block.signature && block.redacted === undefined
}

/** Undefined where nothing is left of the message. */
function withoutThoughts(element: string, path: string, losses: Loss[]): string | undefined {
  const message = JSON.parse(element) as JsonObject
  if (!Array.isArray(message.content)) return element
  const content = message.content.filter((block: JsonValue, i) => {
    if (!isJsonObject(block)) return true
    const { type, signature, data } = block
    const isSeal = (type === 'thinking' && isSealed(signature)) || (type === 'redacted_thinking' && isSealed(data))
    if (!isSeal && (type !== 'thinking' || signature)) return true
    const detail = isSeal
      ? 'Another provider thought so, and it goes back to no other.'
      : 'Nobody signed this thinking: it goes back to no provider.'
    losses.push({ path: `${path}.content[${i}]`, effect: 'dropped', detail })
    return false
  })
  if (content.length === message.content.length) return element
  return content.length === 0 ? undefined : JSON.stringify({ ...message, content })
}
