import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import type { Loss, ModelRequest } from '../../core/request.ts'
import { holdsSeal, isSealed } from '../sealed-thought.ts'
import { peekFields, spliceElements } from '../splice.ts'
import { itemId } from './extras.ts'

/** The ids that we give to items of other providers' answers. OpenAI's own have no second underscore. */
const ours = /^rs_[0-9a-v]+_\d+$/

/**
 * The `input` of a client's own bytes without the reasoning of other providers that was shown to it: the API looks it up by its
 * id, or cannot read it, and refuses it. Undefined where there is none. All other bytes of the items stay.
 */
export function dropShown(
  body: string,
  request?: ModelRequest,
): { readonly fields: { readonly input: string }; readonly losses: readonly Loss[] } | undefined {
  const isUsual = !request?.messages.some(({ content }) => content.some(isShown))
  if (isUsual && !holdsSeal(body)) return undefined
  const kept: string[] = []
  const losses: Loss[] = []
  let index = 0
  const { input = '[]' } = peekFields(body, ['input'])
  if (!input.startsWith('[')) return undefined
  spliceElements(input, (element) => {
    const item = JSON.parse(element) as JsonValue
    const isOurs = isJsonObject(item) && item.type === 'reasoning' && isForeign(item)
    const detail = 'Another provider reasoned so: it goes back to none.'
    if (isOurs) losses.push({ path: `input[${index}]`, effect: 'dropped', detail })
    else kept.push(element)
    index++
    return element
  })
  return { fields: { input: `[${kept.join(',')}]` }, losses }
}

function isForeign({ id, encrypted_content: proof }: JsonObject): boolean {
  return isSealed(proof) || (ours.test(String(id)) && !proof)
}

function isShown(block: Block): boolean {
  if (block.type !== 'thinking' || block.signature || block.redacted !== undefined) return false
  return ours.test(itemId(block.extras))
}
