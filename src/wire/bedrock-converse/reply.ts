import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import type { ProviderReply } from '../../core/provider.ts'
import { ReplyUnreadable } from '../../errors/index.ts'
import { askedModel } from '../asked-model.ts'
import type { DecodeContext } from '../codec.ts'
import { doubtUsage } from '../doubt-usage.ts'
import { withServiceTier } from '../with-service-tier.ts'
import { decodeEnding } from './ending.ts'
import { failureIn } from './error.ts'
import { dialect, fieldsOf, text } from './extras.ts'
import { decodeImage } from './media.ts'
import { decodeUsage, tierOf } from './usage.ts'

/**
 * Reads the reply to a call that is not streamed. It names neither itself nor its model. Throws `ProviderFailed` for an error in a
 * 200, and `ReplyUnreadable` for what is no reply: no message, no stop reason or one that we do not know, a block of the wrong shape.
 */
export function decodeReply(body: JsonValue, context: DecodeContext): ProviderReply {
  const { target } = context
  if (!isJsonObject(body)) throw new ReplyUnreadable(target, 'JSON that is no object')
  doubtUsage(context, body.usage)
  const failure = failureIn(body, target)
  if (failure) throw failure
  const { content } = fieldsOf(fieldsOf(body.output).message)
  if (!Array.isArray(content)) throw new ReplyUnreadable(target, 'a reply without a message')
  const rawStop = text(body.stopReason)
  if (rawStop === '') throw new ReplyUnreadable(target, 'a message without a stop reason')
  return {
    id: '',
    model: askedModel(target),
    content: content.map((block) => decodeAnswerBlock(block, target)).filter((block) => block !== undefined),
    ending: decodeEnding(rawStop, body.additionalModelResponseFields, target),
    rawStop,
    usage: withServiceTier(decodeUsage(body.usage), tierOf(body)),
  }
}

/** One block of an answer; undefined for one that says nothing. Throws `ReplyUnreadable` where it has the wrong shape. */
export function decodeAnswerBlock(value: JsonValue, target: string): Block | undefined {
  if (!isJsonObject(value)) throw new ReplyUnreadable(target, 'a block that is no object')
  const { text: words, toolUse, reasoningContent, citationsContent, image } = value
  if (words !== undefined) {
    if (typeof words !== 'string') throw new ReplyUnreadable(target, 'a text that is none')
    return words === '' ? undefined : { type: 'text', text: words }
  }
  if (toolUse !== undefined) return decodeToolUse(fieldsOf(toolUse), value, target)
  if (reasoningContent !== undefined) return decodeReasoning(fieldsOf(reasoningContent), value)
  if (isJsonObject(citationsContent)) return decodeCited(citationsContent)
  const picture = isJsonObject(image) ? decodeImage(image) : undefined
  return picture ?? { type: 'opaque', dialect, value }
}

/** A tool that the provider runs itself is none for the caller to run. */
function decodeToolUse(toolUse: JsonObject, value: JsonObject, target: string): Block {
  if (text(toolUse.type) !== '') return { type: 'opaque', dialect, value }
  const { toolUseId, name, input = {} } = toolUse
  if (typeof toolUseId !== 'string' || typeof name !== 'string' || name === '') {
    throw new ReplyUnreadable(target, 'a tool call without an id or a name')
  }
  return { type: 'tool-call', id: toolUseId, name, input: JSON.stringify(input) }
}

function decodeReasoning({ reasoningText, redactedContent }: JsonObject, value: JsonObject): Block {
  if (isJsonObject(reasoningText)) {
    const signature = text(reasoningText.signature)
    return { type: 'thinking', text: text(reasoningText.text), dialect, ...(signature !== '' && { signature }) }
  }
  if (typeof redactedContent === 'string') return { type: 'thinking', text: '', dialect, redacted: redactedContent }
  return { type: 'opaque', dialect, value }
}

function decodeCited({ content, citations }: JsonObject): Block {
  const words = Array.isArray(content) ? content.map((piece) => text(fieldsOf(piece).text)).join('') : ''
  const list = Array.isArray(citations) ? citations : []
  return { type: 'text', text: words, ...(list.length > 0 && { extras: { dialect, fields: { citations: list } } }) }
}
