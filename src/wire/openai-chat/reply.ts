import { collect } from '../../core/collect.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { ProviderReply } from '../../core/provider.ts'
import type { Reply } from '../../core/reply.ts'
import { ReplyUnreadable } from '../../errors/index.ts'
import { askedModel } from '../asked-model.ts'
import type { AnswerContext, DecodeContext, Encoded } from '../codec.ts'
import { doubtUsage } from '../doubt-usage.ts'
import { collectLosses, type LossList } from '../losses.ts'
import { text } from '../openai/fields.ts'
import { refusalSentence } from '../openai/refusal.ts'
import { takeSources } from '../sources.ts'
import { withServiceTier } from '../with-service-tier.ts'
import { writeAnnotations } from './annotations.ts'
import { assembleDeltas } from './assemble-deltas.ts'
import { encodeCustomCall, encodeSound, encodeToolCall } from './encode-content.ts'
import { decodeEnding, encodeEnding } from './ending.ts'
import { failureIn } from './error.ts'
import { ownFields, thinkingField } from './extras.ts'
import { reportThinking } from './losses.ts'
import { dialect } from './types.ts'
import { decodeUsage, encodeUsage } from './usage.ts'

/** A whole answer. Choices beyond the first stay in the provider's bytes. */
export function decodeReply(body: JsonValue, context: DecodeContext): ProviderReply {
  const { target, quirks } = context
  if (!isJsonObject(body)) throw new ReplyUnreadable(target, 'JSON that is no object')
  doubtUsage(context, body.usage)
  const choice = firstChoice(body.choices)
  const failure = failureIn(body, target) ?? (choice && failureIn(choice, target))
  if (failure) throw failure
  if (!choice) throw new ReplyUnreadable(target, 'a reply without choices')
  if (!isJsonObject(choice.message)) throw new ReplyUnreadable(target, 'a choice without a message')
  const rawStop = text(choice.finish_reason)
  const needsStop = (quirks.terminal ?? 'stop-reason') === 'stop-reason'
  if (rawStop === '' && needsStop) throw new ReplyUnreadable(target, 'a reply without a finish_reason')
  const id = text(body.id)
  const blocks = assembleDeltas(target, () => id)
  blocks.add(withIndices(choice.message))
  const ending = decodeEnding(rawStop, choice, blocks, target)
  blocks.end(ending.type === 'completed')
  const content = collect()
  for (const delta of blocks.take()) content.add(delta)
  return {
    id,
    model: text(body.model) || askedModel(target),
    content: content.content(),
    ending,
    rawStop,
    usage: withServiceTier(decodeUsage(body.usage), body.service_tier),
  }
}

function firstChoice(choices: JsonValue | undefined): JsonObject | undefined {
  const all = Array.isArray(choices) ? choices.filter(isJsonObject) : []
  return all.find(({ index }) => index === 0) ?? all[0]
}

/** In a whole message the place of a tool call is its index. */
function withIndices(message: JsonObject): JsonObject {
  if (!Array.isArray(message.tool_calls)) return message
  return {
    ...message,
    tool_calls: message.tool_calls.map((call: JsonValue, index) => (isJsonObject(call) ? { ...call, index } : call)),
  }
}

/** The answer as a `chat.completion`. Reasoning stands in `reasoning_content`, as its hosts have it; OpenAI has no field for it. */
export function encodeReply(reply: Reply, { callId, model, created }: AnswerContext): Encoded {
  const losses = collectLosses(dialect)
  const message = encodeMessage(reply, losses)
  reportServerTools(reply, losses)
  const body = {
    id: reply.id || `chatcmpl-${callId}`,
    object: 'chat.completion',
    created,
    model: reply.model || model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: encodeEnding(reply, losses) }],
    usage: encodeUsage(reply.usage),
  }
  return { body, losses: losses.list }
}

/** Names the calls of a provider's own tools, which this dialect's usage cannot count. */
export function reportServerTools({ usage }: Pick<Reply, 'usage'>, losses: LossList): void {
  if (usage.serverToolCalls) losses.dropped('usage.server_tool_use', `${dialect} does not count them.`)
}

function encodeMessage(reply: Reply, losses: LossList): JsonObject {
  let words: string | null = null
  let refusal = refusalSentence(reply)
  const thoughts: Record<string, string> = {}
  const calls: JsonObject[] = []
  const { rest: content, cited } = takeSources(reply.content, dialect)
  const annotations: JsonValue[] = writeAnnotations(cited, losses)
  let audio: JsonValue | undefined
  for (const [i, block] of content.entries()) {
    const path = `content[${i}]`
    losses.foreignExtras(block.extras, path)
    switch (block.type) {
      case 'text':
        if (calls.length > 0) losses.approximated(path, 'it stood after a tool call.')
        words = (words ?? '') + block.text
        annotations.push(...listOf(ownFields(block.extras).annotations))
        break
      case 'refusal':
        refusal += block.text
        break
      case 'thinking': {
        if (block.text !== '' || block.redacted) reportThinking(block, path, losses)
        const field = thinkingField(block.extras)
        if (block.text !== '') thoughts[field] = (thoughts[field] ?? '') + block.text
        break
      }
      case 'tool-call':
        calls.push(encodeToolCall(block))
        break
      case 'opaque': {
        const call = encodeCustomCall(block)
        const sound = encodeSound(block)
        audio ??= sound
        if (call) calls.push(call)
        else if (!sound) losses.dropped(path, `it belongs to ${block.dialect} alone.`)
        break
      }
      default:
        losses.dropped(path, `a ${block.type} cannot stand in an answer of ${dialect}.`)
    }
  }
  const isSilent = calls.length > 0 || refusal !== '' || audio !== undefined
  return {
    role: 'assistant',
    content: words ?? (isSilent ? null : ''),
    ...thoughts,
    refusal: refusal === '' ? null : refusal,
    ...(annotations.length > 0 && { annotations }),
    ...(audio !== undefined && { audio }),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}
