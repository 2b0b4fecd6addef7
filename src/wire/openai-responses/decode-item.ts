import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import { text } from '../openai/fields.ts'
import { asArray, asObject, asString, optionalString } from '../read.ts'
import { decodeContent, furtherFields } from './decode-content.ts'
import { itemField, withExtras } from './extras.ts'
import { dialect } from './types.ts'

/** The blocks of an item that a model wrote. A type that we do not know is one opaque block. Throws `InvalidRequest`. */
export function decodeItem(item: JsonObject, path: string): Block[] {
  switch (item.type) {
    case undefined:
    case 'message':
      return decodeContent(item.content, `${path}.content`, messageFields(item))
    case 'reasoning':
      return decodeReasoning(item, path)
    case 'function_call':
      return [decodeCall(item, path)]
    default:
      return [{ type: 'opaque', dialect, value: item }]
  }
}

/** What the blocks of a message item keep of it: its id, and its phase. */
export function messageFields(item: JsonObject): JsonObject {
  return { ...itemField(item), ...(typeof item.phase === 'string' && { phase: item.phase }) }
}

const reasoningFields = new Set(['type', 'id', 'summary', 'content', 'encrypted_content', 'status'])

/** What the blocks of a reasoning item keep of it. */
export function thoughtFields(item: JsonObject): JsonObject {
  return { ...itemField(item), ...furtherFields(item, reasoningFields) }
}

/** One block a part; what proves the reasoning stands at the last of them, or alone where nothing is shown. */
function decodeReasoning(item: JsonObject, path: string): Block[] {
  const fields = thoughtFields(item)
  const parts = [...partsOf(item.summary, `${path}.summary`), ...partsOf(item.content, `${path}.content`)]
  const proof = optionalString(item.encrypted_content, `${path}.encrypted_content`)
  if (parts.length === 0) return [ciphertext(fields, proof)]
  return parts.map((part, i) => ({
    ...thought(fields, part.type),
    text: asString(part.text, `${path}.text`),
    ...(proof && i === parts.length - 1 && { signature: proof }),
  }))
}

function partsOf(value: JsonValue | undefined, path: string): JsonObject[] {
  if (value === undefined || value === null) return []
  return asArray(value, path).map((part, i) => asObject(part, `${path}[${i}]`))
}

/** A block of reasoning without its words. */
export function thought(
  fields: JsonObject,
  type: JsonValue | undefined,
): Extract<Block, { readonly type: 'thinking' }> {
  const isRaw = type === 'reasoning_text'
  return { type: 'thinking', text: '', dialect, ...withExtras({ ...fields, ...(isRaw && { part: type }) }) }
}

/** Reasoning that shows nothing of itself. */
export function ciphertext(fields: JsonObject, proof: string | undefined): Block {
  return { type: 'thinking', text: '', dialect, ...(proof && { redacted: proof }), ...withExtras(fields) }
}

const callFields = new Set(['type', 'id', 'call_id', 'name', 'arguments', 'status'])

function decodeCall(item: JsonObject, path: string): Block {
  const input = asString(item.arguments, `${path}.arguments`)
  return { ...startedCall(item, path), input: input === '' && item.status !== 'incomplete' ? '{}' : input }
}

/** A tool call without its arguments. */
export function startedCall(item: JsonObject, path: string): Extract<Block, { readonly type: 'tool-call' }> {
  return {
    type: 'tool-call',
    id: asString(item.call_id ?? item.id, `${path}.call_id`),
    name: asString(item.name, `${path}.name`),
    input: '',
    ...withExtras({ ...(text(item.call_id) !== '' && itemField(item)), ...furtherFields(item, callFields) }),
  }
}
