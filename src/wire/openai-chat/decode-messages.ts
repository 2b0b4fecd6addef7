import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Block, Message, Role, ToolResultBlock } from '../../core/message.ts'
import { InvalidRequest } from '../../errors/index.ts'
import { type CallLedger, callLedger } from '../call-ledger.ts'
import { asArray, asObject, asString, optionalString, unknownFields } from '../read.ts'
import { decodeContent, decodeToolCall } from './decode-content.ts'
import { thinking, withExtras } from './extras.ts'
import { dialect, reasoningFields } from './types.ts'

/**
 * The conversation. The results of tools that stand in a row become one user message, which takes the user's own words that
 * follow, too. A result must answer a call, once, and no call's id may come twice in a turn. The result of a custom tool is a message of
 * its own, which no other dialect can say, as none can say its call.
 */
export function decodeMessages(value: JsonValue | undefined): Message[] {
  const items = asArray(value, 'messages')
  if (items.length === 0) throw new InvalidRequest('messages', 'at least one message is needed.')
  const messages: Message[] = []
  const calls = callLedger()
  const custom = new Set<string>()
  let results: Block[] = []
  const flush = (): void => {
    if (results.length > 0) messages.push({ role: 'user', content: results })
    results = []
  }
  for (const [i, item] of items.entries()) {
    const path = `messages[${i}]`
    const message = asObject(item, path)
    const role = asString(message.role, `${path}.role`)
    if (role === 'tool') {
      calls.turn()
      const result = decodeToolResult(message, path, calls)
      if (custom.has(result.callId)) {
        flush()
        messages.push(ownMessage(message))
      } else results.push(result)
    } else if (role === 'user') {
      calls.turn()
      const words = decodePlain('user', message, path)
      messages.push({ ...words, content: [...results, ...words.content] })
      results = []
    } else {
      flush()
      if (role === 'assistant') messages.push(decodeAssistant(message, path, calls, custom))
      else {
        calls.turn()
        messages.push(decodeOther(role, message, path))
      }
    }
  }
  flush()
  return messages
}

function decodeOther(role: string, message: JsonObject, path: string): Message {
  switch (role) {
    case 'system':
      return decodePlain('system', message, path)
    case 'developer':
      return decodePlain('system', message, path, { role })
    case 'function':
      // Superseded by tools in 2023; only a host of this dialect can make sense of it.
      return ownMessage(message)
    default:
      throw new InvalidRequest(
        `${path}.role`,
        `expected developer, system, user, assistant or tool, found ${JSON.stringify(role)}.`,
      )
  }
}

/** A message that only this dialect has, whole. */
function ownMessage(message: JsonObject): Message {
  return { role: 'user', content: [{ type: 'opaque', dialect, value: message }] }
}

const plainFields = new Set(['role', 'content'])

function decodePlain(role: Role, message: JsonObject, path: string, extra?: JsonObject): Message {
  return {
    role,
    content: decodeContent(message.content, `${path}.content`),
    ...withExtras({ ...extra, ...unknownFields(message, plainFields) }),
  }
}

const resultFields = new Set(['role', 'content', 'tool_call_id'])

function decodeToolResult(message: JsonObject, path: string, calls: CallLedger): ToolResultBlock {
  const callId = asString(message.tool_call_id, `${path}.tool_call_id`)
  const found = calls.answer(callId)
  if (found === 'unknown') {
    throw new InvalidRequest(
      `${path}.tool_call_id`,
      `no assistant message before it asks for tool call ${JSON.stringify(callId)}.`,
      'Send the assistant message with its tool_calls before the results.',
    )
  }
  if (found === 'answered') {
    throw new InvalidRequest(
      `${path}.tool_call_id`,
      `tool call ${JSON.stringify(callId)} has been answered already.`,
      'Send one result for each tool call.',
    )
  }
  return {
    type: 'tool-result',
    callId,
    content: decodeContent(message.content, `${path}.content`),
    isError: false,
    ...withExtras(unknownFields(message, resultFields)),
  }
}

const assistantFields = new Set(['role', 'content', 'refusal', 'tool_calls'])

function decodeAssistant(message: JsonObject, path: string, ledger: CallLedger, custom: Set<string>): Message {
  const content: Block[] = []
  const known = new Set(assistantFields)
  const field = reasoningFields.find((name) => typeof message[name] === 'string')
  if (field) {
    known.add(field)
    const thoughts = asString(message[field], `${path}.${field}`)
    if (thoughts !== '') content.push(thinking(field, thoughts))
  }
  if (message.content !== undefined && message.content !== null) {
    content.push(...decodeContent(message.content, `${path}.content`))
  }
  const refusal = optionalString(message.refusal, `${path}.refusal`)
  if (refusal) content.push({ type: 'refusal', text: refusal })
  const calls = message.tool_calls ?? []
  for (const [i, call] of asArray(calls, `${path}.tool_calls`).entries()) {
    const { id, block } = decodeToolCall(call, `${path}.tool_calls[${i}]`)
    if (!ledger.call(id)) {
      throw new InvalidRequest(
        `${path}.tool_calls[${i}].id`,
        `${JSON.stringify(id)} is already the id of another tool call of the same turn.`,
        'Give each call of a turn an id of its own.',
      )
    }
    if (block.type === 'opaque') custom.add(id)
    else custom.delete(id)
    content.push(block)
  }
  return { role: 'assistant', content, ...withExtras(unknownFields(message, known)) }
}
