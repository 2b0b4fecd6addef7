import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Block, ToolCallBlock } from '../../core/message.ts'
import type { ProviderReply } from '../../core/provider.ts'
import type { Reply } from '../../core/reply.ts'
import { InvalidRequest, ReplyUnreadable } from '../../errors/index.ts'
import { askedModel } from '../asked-model.ts'
import type { AnswerContext, DecodeContext, Encoded } from '../codec.ts'
import { doubtUsage } from '../doubt-usage.ts'
import { collectLosses, type LossList } from '../losses.ts'
import { parsedObject } from '../parse-json.ts'
import { takeSources } from '../sources.ts'
import { type CallBook, idInAnswer } from './call-ids.ts'
import { candidateExtras, writeCandidateFields } from './candidate-fields.ts'
import { decodePart } from './decode-content.ts'
import { encodeCall, encodeThought, partFields } from './encode-content.ts'
import { blockedPrompt, decodeEnding, encodeEnding } from './ending.ts'
import { failureIn } from './error.ts'
import { dialect, text } from './extras.ts'
import { encodeMedia } from './media.ts'
import { decodeUsage, encodeUsage } from './usage.ts'
import { writeGrounding } from './write-grounding.ts'

/**
 * Reads a whole answer; candidates beyond the first stay in the provider's bytes. Throws `ProviderFailed` for an error in a
 * 200, and `ReplyUnreadable` for what is no reply: no candidate, no finish reason, a part of the wrong shape.
 */
export function decodeReply(body: JsonValue, context: DecodeContext): ProviderReply {
  const { target } = context
  const failure = failureIn(body, target)
  if (failure) throw failure
  if (!isJsonObject(body)) throw new ReplyUnreadable(target, 'JSON that is no object')
  doubtUsage(context, body.usageMetadata)
  const id = text(body.responseId)
  const facts = { id, model: text(body.modelVersion) || askedModel(target), usage: decodeUsage(body.usageMetadata) }
  const candidate = firstCandidate(body)
  if (!candidate) {
    const blocked = blockedPrompt(body)
    if (blocked) return { ...facts, content: [], ...blocked }
    throw new ReplyUnreadable(target, 'a reply without candidates')
  }
  if (text(candidate.finishReason) === '') throw new ReplyUnreadable(target, 'a candidate without a finishReason')
  const content = decodeAnswer(
    candidate,
    answerCalls(() => id),
    target,
  )
  const ending = decodeEnding(
    candidate,
    content.some(({ type }) => type === 'tool-call'),
    target,
  )
  return { ...facts, content, ending, rawStop: text(candidate.finishReason) }
}

/** The candidate that is the answer. */
function firstCandidate({ candidates }: JsonObject): JsonObject | undefined {
  const all = Array.isArray(candidates) ? candidates.filter(isJsonObject) : []
  return all.find(({ index }) => index === 0) ?? all[0]
}

/** The parts of a candidate. Throws `ReplyUnreadable` where they are none. */
export function partsOf({ content }: JsonObject, target: string): readonly JsonValue[] {
  const parts = isJsonObject(content) ? (content.parts ?? []) : []
  if (Array.isArray(parts)) return parts
  throw new ReplyUnreadable(target, 'content whose parts are no list')
}

/** Numbers the calls of an answer that come without an id. */
export function answerCalls(answerId: () => string): CallBook {
  let count = 0
  return {
    called: (_, given) => {
      const ordinal = count++
      return given || idInAnswer(answerId(), ordinal)
    },
    answered: (name, given) => given ?? name,
    turn: () => undefined,
  }
}

function decodeAnswer(candidate: JsonObject, calls: CallBook, target: string): Block[] {
  const blocks = partsOf(candidate, target).map((part, index) => decodeAnswerPart(part, index, calls, target))
  const said = blocks.filter((block) => block.type !== 'text' || block.text !== '' || block.extras !== undefined)
  const extras = candidateExtras(candidate)
  const last = said.findLastIndex(({ type }) => type === 'text')
  const words = said[last]
  if (!words || Object.keys(extras).length === 0) return said
  return said.with(last, { ...words, extras: { dialect, fields: { ...words.extras?.fields, ...extras } } })
}

/** One part of an answer. Throws `ReplyUnreadable` where it has the wrong shape. */
export function decodeAnswerPart(part: JsonValue | undefined, index: number, calls: CallBook, target: string): Block {
  try {
    return decodePart(part, `parts[${index}]`, calls)
  } catch (thrown) {
    if (!(thrown instanceof InvalidRequest)) throw thrown
    throw new ReplyUnreadable(target, `a part of the wrong shape (${thrown.message.replace(/\.$/, '')})`, thrown)
  }
}

/** Writes a reply. */
export function encodeReply(reply: Reply, { callId, model }: AnswerContext): Encoded {
  const losses = collectLosses(dialect)
  const { rest: content, cited } = takeSources(reply.content, dialect)
  const blocks = content.map((block, index) => encodeAnswerBlock(block, `content[${index}]`, losses))
  const parts = blocks.filter((part) => part !== undefined)
  const candidate = {
    content: { parts, role: 'model' },
    ...endingOf(reply, losses),
    index: 0,
    ...writeCandidateFields(content),
    ...writeGrounding(cited, (index) => blocks.slice(0, index).filter((part) => part !== undefined).length),
  }
  reportServerTools(reply, losses)
  const body = {
    candidates: [candidate],
    usageMetadata: encodeUsage(reply.usage),
    modelVersion: reply.model || model,
    responseId: reply.id || callId,
  }
  return { body, losses: losses.list }
}

/** Names the calls of a provider's own tools, which this dialect's usage cannot count. */
export function reportServerTools({ usage }: Pick<Reply, 'usage'>, losses: LossList): void {
  if (usage.serverToolCalls) losses.dropped('usage.server_tool_use', 'Gemini does not count them.')
}

/** An answer that would be run as a whole one, but for a call whose arguments cannot be read, says that it is malformed. */
export function endingOf(reply: Pick<Reply, 'ending' | 'content'>, losses: LossList): JsonObject {
  const isBroken = reply.content.some((block) => block.type === 'tool-call' && !argumentsIn(block))
  if (reply.ending.type !== 'completed' || !isBroken) return encodeEnding(reply, losses)
  return { finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: 'The arguments of a call are no JSON object.' }
}

/**
 * Writes one block of an answer; undefined where it cannot be said. Thinking of another provider is shown as a thought, and sealed
 * beside it.
 */
export function encodeAnswerBlock(block: Block, path: string, losses: LossList): JsonObject | undefined {
  const own = partFields(block, path, losses)
  switch (block.type) {
    case 'text':
      return block.text === '' && Object.keys(own).length === 0 ? undefined : { text: block.text, ...own }
    case 'refusal':
      losses.approximated(path, 'A refusal is sent as text; `finishReason` and `finishMessage` say what it is.')
      return block.text === '' ? undefined : { text: block.text, ...own }
    case 'thinking':
      if (block.dialect === dialect) return encodeThought(block.text, block.signature, own)
      return block.text === '' ? undefined : encodeThought(block.text, undefined, own)
    case 'tool-call': {
      const args = argumentsIn(block)
      if (args) return encodeCall(block, args, own)
      losses.dropped(path, 'The arguments of this call are no JSON object, and the dialect has no other form for them.')
      return undefined
    }
    case 'image':
    case 'document': {
      const { mimeType: _, displayName: __, ...further } = own
      const part = encodeMedia(block, own, path, losses)
      return part && { ...part, ...further }
    }
    case 'opaque':
      if (block.dialect === dialect && isJsonObject(block.value)) return block.value
      losses.dropped(path, `A block of ${block.dialect} has no meaning to a client of Gemini's.`)
      return undefined
    case 'tool-result':
      losses.dropped(path, 'Gemini has no tool result in an answer.')
      return undefined
  }
}

function argumentsIn({ input }: ToolCallBlock): JsonObject | undefined {
  return input.trim() === '' ? {} : parsedObject(input)
}
