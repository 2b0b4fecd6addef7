import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Block, ToolCallBlock } from '../../core/message.ts'
import type { ProviderReply } from '../../core/provider.ts'
import type { Reply } from '../../core/reply.ts'
import { InvalidRequest, ReplyUnreadable } from '../../errors/index.ts'
import { askedModel } from '../asked-model.ts'
import { excerpt } from '../classify.ts'
import type { AnswerContext, DecodeContext, Encoded } from '../codec.ts'
import { doubtUsage } from '../doubt-usage.ts'
import { collectLosses, type LossList } from '../losses.ts'
import { parseJson } from '../parse-json.ts'
import { decodeCacheMiss } from './cache-miss.ts'
import { decodeBlock } from './decode-content.ts'
import { decodeEnding, encodeEnding } from './ending.ts'
import { decodeErrorEvent } from './error.ts'
import { dialect, ownFields } from './extras.ts'
import { decodeUsage, encodeUsage } from './usage.ts'

/**
 * Reads the reply to a call that is not streamed. Throws `ProviderFailed` for an error in a 200, and `ReplyUnreadable` for
 * what is no reply: no content, no stop reason or one that we do not know, a block of the wrong shape.
 */
export function decodeReply(body: JsonValue, context: DecodeContext): ProviderReply {
  const { target } = context
  if (!isJsonObject(body)) throw new ReplyUnreadable(target, 'JSON that is no object')
  doubtUsage(context, body.usage)
  if (body.type === 'error' || (isJsonObject(body.error) && !body.content)) throw decodeErrorEvent(body, context)
  if (!Array.isArray(body.content)) throw new ReplyUnreadable(target, 'a message without content')
  if (typeof body.stop_reason !== 'string') throw new ReplyUnreadable(target, 'a message without a stop reason')
  const ending = decodeEnding(body.stop_reason, body.stop_sequence, body.stop_details)
  if (!ending) throw new ReplyUnreadable(target, `the unknown stop reason "${excerpt(body.stop_reason, 80)}"`)
  return {
    id: typeof body.id === 'string' ? body.id : '',
    model: (typeof body.model === 'string' && body.model) || askedModel(target),
    content: decodeAnswer(body.content, target),
    ending,
    rawStop: body.stop_reason,
    usage: decodeUsage(body.usage),
    ...decodeCacheMiss(body.diagnostics),
  }
}

/** The blocks of an answer. Throws `ReplyUnreadable` for a block of the wrong shape. */
export function decodeAnswer(content: readonly JsonValue[], target: string): Block[] {
  return content.map((block, index) => decodeAnswerBlock(block, `content[${index}]`, target))
}

/** One block of an answer. Throws `ReplyUnreadable` where it has the wrong shape. */
export function decodeAnswerBlock(block: JsonValue | undefined, path: string, target: string): Block {
  try {
    return decodeBlock(block, path)
  } catch (thrown) {
    if (!(thrown instanceof InvalidRequest)) throw thrown
    throw new ReplyUnreadable(target, `a block of the wrong shape (${thrown.message.replace(/\.$/, '')})`, thrown)
  }
}

/** Writes a reply. */
export function encodeReply(reply: Reply, context: AnswerContext): Encoded {
  const losses = collectLosses(dialect)
  const content: JsonObject[] = []
  for (const [index, block] of reply.content.entries()) {
    const written = encodeAnswerBlock(block, `content[${index}]`, losses)
    if (written) content.push(written)
  }
  const body = {
    id: reply.id.startsWith('msg_') ? reply.id : messageId(context.callId),
    type: 'message',
    role: 'assistant',
    model: reply.model || context.model,
    content,
    ...encodeEnding(reply, losses),
    usage: encodeUsage(reply.usage),
  }
  return { body, losses: losses.list }
}

/** The id of an answer that has none of this dialect's own. */
export function messageId(callId: string): string {
  return `msg_${callId.replace(/^[a-z]+_/, '')}`
}

/**
 * Writes one block of an answer; undefined where it cannot be said. Thinking of another provider is shown without a
 * signature, which nobody could check: sent back, it is left out.
 */
export function encodeAnswerBlock(block: Block, path: string, losses: LossList): JsonObject | undefined {
  const written = encodeKnown(block, path, losses)
  const own = ownFields(block.extras, path, losses)
  return written && { ...written, ...own }
}

function encodeKnown(block: Block, path: string, losses: LossList): JsonObject | undefined {
  switch (block.type) {
    case 'text':
      return block.text === '' ? undefined : { type: 'text', text: block.text }
    case 'refusal':
      losses.approximated(path, 'A refusal is sent as text; `stop_reason` and `stop_details` say what it is.')
      return block.text === '' ? undefined : { type: 'text', text: block.text }
    case 'thinking': {
      const isOwn = block.dialect === dialect
      if (isOwn && block.redacted !== undefined) return { type: 'redacted_thinking', data: block.redacted }
      if (isOwn && block.signature) return { type: 'thinking', thinking: block.text, signature: block.signature }
      if (block.redacted !== undefined) {
        losses.dropped(path, `Only ${block.dialect} can read this thinking.`)
        return undefined
      }
      if (block.text === '') return undefined
      losses.approximated(path, 'Thinking is shown without a signature: it cannot be sent back.')
      return { type: 'thinking', thinking: block.text }
    }
    case 'tool-call':
      return encodeToolUse(block, path, losses)
    case 'opaque':
      if (block.dialect === dialect && isJsonObject(block.value)) return block.value
      losses.dropped(path, `A block of ${block.dialect} has no meaning to a client of Anthropic's.`)
      return undefined
    default:
      losses.dropped(path, `Anthropic has no ${block.type} in an answer.`)
      return undefined
  }
}

function encodeToolUse({ id, name, input }: ToolCallBlock, path: string, losses: LossList): JsonObject {
  const known = { type: 'tool_use', id, name }
  const caller = { caller: { type: 'direct' } }
  if (input.trim() === '') return { ...known, input: {}, ...caller }
  try {
    return { ...known, input: parseJson(input), ...caller }
  } catch {
    // An empty object here would be run as if the model had meant it; the text cannot be mistaken for arguments.
    losses.approximated(`${path}.input`, 'The model wrote no valid JSON: its text is given as it is.')
    return { ...known, input, ...caller }
  }
}
