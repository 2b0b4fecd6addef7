import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Block, Message } from '../../core/message.ts'
import { InvalidRequest } from '../../errors/index.ts'
import { type CallLedger, callLedger } from '../call-ledger.ts'
import { asArray, asObject, asString, optionalString } from '../read.ts'
import { decodeContent, furtherFields } from './decode-content.ts'
import { decodeItem } from './decode-item.ts'
import { itemField, withExtras } from './extras.ts'

/**
 * The conversation. What the assistant said and asked for in a row is one message; so are the results of tools in a row, with
 * the user's own words that follow. A result must answer a call, unless a part of the conversation lies with the provider; no
 * call's id may come twice in a turn. Items of types that we do not know are opaque blocks.
 */
export function decodeInput(body: JsonObject): Message[] {
  const instructions = optionalString(body.instructions, 'instructions')
  const system: Message[] = instructions ? [{ role: 'system', content: [{ type: 'text', text: instructions }] }] : []
  const { input } = body
  if (typeof input === 'string') return [...system, { role: 'user', content: decodeContent(input, 'input') }]
  const items = input === undefined || input === null ? [] : asArray(input, 'input')
  const isHeld = liesWithProvider(body, items)
  if (items.length === 0 && !isHeld) throw new InvalidRequest('input', 'at least one item is needed.')
  return [...system, ...decodeItems(items, isHeld)]
}

const heldBy = ['previous_response_id', 'conversation', 'prompt']
const heldItems: ReadonlySet<unknown> = new Set(['item_reference', 'compaction'])

/** Whether what came before lies with the provider. */
function liesWithProvider(body: JsonObject, items: readonly JsonValue[]): boolean {
  const names = (field: string) => body[field] !== undefined && body[field] !== null
  return heldBy.some(names) || items.some((item) => isJsonObject(item) && heldItems.has(item.type))
}

function decodeItems(items: readonly JsonValue[], isHeld: boolean): Message[] {
  const messages: Message[] = []
  const calls = callLedger()
  let said: Block[] = []
  let results: Block[] = []
  const flush = (): void => {
    if (said.length > 0) messages.push({ role: 'assistant', content: said })
    if (results.length > 0) messages.push({ role: 'user', content: results })
    said = []
    results = []
  }
  for (const [i, value] of items.entries()) {
    const path = `input[${i}]`
    const item = asObject(value, path)
    const type = typeOf(item, path)
    if (type === 'function_call_output' && typeof item.call_id === 'string') {
      calls.turn()
      if (said.length > 0) flush()
      results.push(decodeResult(item, path, isHeld ? undefined : calls))
      continue
    }
    if (type === 'message' && item.role !== 'assistant') {
      calls.turn()
      const message = decodeMessage(item, path)
      const answers = message.role === 'user' ? results : []
      if (answers.length > 0) results = []
      flush()
      messages.push({ ...message, content: [...answers, ...message.content] })
      continue
    }
    if (results.length > 0) flush()
    const blocks = decodeItem(item, path)
    for (const block of blocks) if (block.type === 'tool-call') note(block.id, calls, path)
    said.push(...blocks)
  }
  flush()
  return messages
}

/** A message needs no type. */
function typeOf(item: JsonObject, path: string): string {
  return item.type === undefined && item.role !== undefined ? 'message' : asString(item.type, `${path}.type`)
}

const messageFields = new Set(['type', 'role', 'content', 'id', 'status'])

function decodeMessage(item: JsonObject, path: string): Message {
  const role = asString(item.role, `${path}.role`)
  const isSystem = role === 'system' || role === 'developer'
  if (!isSystem && role !== 'user') {
    throw new InvalidRequest(
      `${path}.role`,
      `expected developer, system, user or assistant, found ${JSON.stringify(role)}.`,
    )
  }
  return {
    role: isSystem ? 'system' : 'user',
    content: decodeContent(item.content, `${path}.content`),
    ...withExtras({ ...(isSystem && { role }), ...itemField(item), ...furtherFields(item, messageFields) }),
  }
}

const resultFields = new Set(['type', 'call_id', 'output', 'id', 'status'])

function decodeResult(item: JsonObject, path: string, calls: CallLedger | undefined): Block {
  const callId = asString(item.call_id, `${path}.call_id`)
  const found = calls?.answer(callId)
  if (found === 'unknown') {
    throw new InvalidRequest(
      `${path}.call_id`,
      `no item before it asks for tool call ${JSON.stringify(callId)}.`,
      'Send the function_call item before its function_call_output, or name the response that holds it.',
    )
  }
  if (found === 'answered') {
    throw new InvalidRequest(
      `${path}.call_id`,
      `tool call ${JSON.stringify(callId)} has been answered already.`,
      'Send one function_call_output for each function_call.',
    )
  }
  return {
    type: 'tool-result',
    callId,
    content: decodeContent(item.output, `${path}.output`),
    isError: false,
    ...withExtras({ ...itemField(item), ...furtherFields(item, resultFields) }),
  }
}

function note(id: string, calls: CallLedger, path: string): void {
  if (calls.call(id)) return
  throw new InvalidRequest(
    `${path}.call_id`,
    `${JSON.stringify(id)} is already the id of another tool call of the same turn.`,
    'Give each call of a turn an id of its own.',
  )
}
