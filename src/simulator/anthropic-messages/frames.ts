import type { ContentBlock, RawContentBlockDelta, RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages'
import type { Answer, AnswerPart } from '../answer.ts'
import { countTokens } from '../books/count-tokens.ts'
import type { Frame, ReplyMaterial } from '../dialect.ts'
import { deltasOf, outputTokens } from '../model/answer-tokens.ts'
import { ofPart } from '../of-part.ts'
import { deltaUsage, emptyMessage, signatureOf, stopDetails, stopReason, textBlock, toolUse } from './reply.ts'

export const pingFrame = 'event: ping\ndata: {"type": "ping"}\n\n'

/** A Messages stream: message_start, a ping, each block from its start to its stop, message_delta, message_stop. */
export function* messagesFrames(material: ReplyMaterial): Generator<Frame> {
  const answer = material.answers[0]!
  yield lifecycle(withoutUsage({ type: 'message_start', message: emptyMessage(material) }, material.omitUsage))
  yield { ...silent, kind: 'lifecycle', text: pingFrame }
  let index = 0
  if (answer.hiddenReasoningTokens > 0) yield* omittedThinking(answer, index++)
  for (const part of answer.parts) {
    // The words of a refusal are billed, and sent only as its explanation.
    if (part.type === 'refusal') yield { ...silent, kind: 'lifecycle', text: '', outputTokens: countTokens(part.text) }
    else yield* ofPart(index, blockFrames(part, index++, material.tokensPerDelta))
  }
  yield { ...ending(lastDelta(material, answer)), carriesUsage: !material.omitUsage }
  yield ending({ type: 'message_stop' })
}

const silent = { outputTokens: 0, reasoningTokens: 0, carriesUsage: false } as const

function event(event: RawMessageStreamEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}

function lifecycle(raw: RawMessageStreamEvent): Frame {
  return { ...silent, kind: 'lifecycle', text: event(raw) }
}

function ending(raw: RawMessageStreamEvent): Frame {
  return { ...silent, kind: 'ending', text: event(raw) }
}

function lastDelta(material: ReplyMaterial, answer: Answer): RawMessageStreamEvent {
  const delta = {
    container: null,
    stop_reason: stopReason(answer.ending),
    stop_sequence: answer.stopSequence ?? null,
    stop_details: stopDetails(answer),
  }
  const usage = deltaUsage(material, outputTokens(answer), answer)
  return withoutUsage({ type: 'message_delta', delta, usage }, material.omitUsage)
}

/** The event with its usage taken out, which no type allows and some hosts do. */
function withoutUsage(raw: RawMessageStreamEvent, omit: boolean): RawMessageStreamEvent {
  if (!omit) return raw
  return JSON.parse(JSON.stringify(raw, (key, value) => (key === 'usage' ? undefined : value)))
}

function* omittedThinking(answer: Answer, index: number): Generator<Frame> {
  const tokens = answer.hiddenReasoningTokens
  yield {
    ...lifecycle(blockStart(index, { type: 'thinking', thinking: '', signature: '' })),
    outputTokens: tokens,
    reasoningTokens: tokens,
  }
  yield lifecycle(blockDelta(index, { type: 'signature_delta', signature: signatureOf(String(tokens)) }))
  yield lifecycle({ type: 'content_block_stop', index })
}

function* blockFrames(
  part: Exclude<AnswerPart, { type: 'refusal' }>,
  index: number,
  tokensPerDelta: number,
): Generator<Frame> {
  const nameTokens = part.type === 'tool-call' ? countTokens(part.name) : 0
  yield { ...lifecycle(blockStart(index, emptyBlock(part))), outputTokens: nameTokens }
  if (part.type === 'tool-call') yield lifecycle(blockDelta(index, { type: 'input_json_delta', partial_json: '' }))
  for (const { text, tokens } of deltasOf(part.type === 'tool-call' ? part.input : part.text, tokensPerDelta)) {
    yield content(blockDelta(index, deltaOf(part, text)), tokens, part.type === 'thinking' ? tokens : 0)
  }
  if (part.type === 'thinking') {
    yield lifecycle(blockDelta(index, { type: 'signature_delta', signature: signatureOf(part.text) }))
  }
  yield lifecycle({ type: 'content_block_stop', index })
}

function emptyBlock(part: Exclude<AnswerPart, { type: 'refusal' }>): ContentBlock {
  if (part.type === 'thinking') return { type: 'thinking', thinking: '', signature: '' }
  if (part.type === 'tool-call') return toolUse(part, {})
  return textBlock('')
}

function deltaOf(part: AnswerPart, text: string): RawContentBlockDelta {
  if (part.type === 'thinking') return { type: 'thinking_delta', thinking: text }
  if (part.type === 'tool-call') return { type: 'input_json_delta', partial_json: text }
  return { type: 'text_delta', text }
}

function blockStart(index: number, block: ContentBlock): RawMessageStreamEvent {
  return { type: 'content_block_start', index, content_block: block }
}

function blockDelta(index: number, delta: RawContentBlockDelta): RawMessageStreamEvent {
  return { type: 'content_block_delta', index, delta }
}

function content(raw: RawMessageStreamEvent, tokens: number, reasoningTokens: number): Frame {
  return { text: event(raw), kind: 'content', outputTokens: tokens, reasoningTokens, carriesUsage: false }
}
