import type { ContentBlockDelta, ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime'
import type { AnswerPart } from '../answer.ts'
import { countTokens } from '../books/count-tokens.ts'
import type { Frame, ReplyMaterial } from '../dialect.ts'
import { deltasOf } from '../model/answer-tokens.ts'
import { ofPart } from '../of-part.ts'
import { eventMessage } from './event-stream.ts'
import { signatureOf, stopReason, stopSequence, tokenUsage, toolUse } from './reply.ts'

type EventName = Extract<keyof ConverseStreamOutput, string>
const silent = { outputTokens: 0, reasoningTokens: 0, carriesUsage: false } as const

/** A ConverseStream: messageStart, the blocks (only those of tools are announced), messageStop, and metadata after it. */
export function* converseFrames(material: ReplyMaterial): Generator<Frame> {
  const answer = material.answers[0]!
  yield lifecycle('messageStart', { role: 'assistant' })
  const hidden = answer.hiddenReasoningTokens
  if (hidden > 0) yield { ...silent, kind: 'lifecycle', text: '', outputTokens: hidden, reasoningTokens: hidden }
  let index = 0
  for (const part of answer.parts) {
    // The words of a refusal are billed, and not sent.
    if (part.type === 'refusal') yield { ...silent, kind: 'lifecycle', text: '', outputTokens: countTokens(part.text) }
    else yield* ofPart(index, blockFrames(part, index++, material.tokensPerDelta))
  }
  const stop = { stopReason: stopReason(answer.ending), ...stopSequence(answer) }
  yield { ...silent, kind: 'ending', text: eventFrame('messageStop', stop) }
  const metadata = { ...(!material.omitUsage && { usage: tokenUsage(material) }), metrics: { latencyMs: 1 } }
  yield { ...silent, kind: 'ending', text: eventFrame('metadata', metadata), carriesUsage: !material.omitUsage }
}

/** One event. What `p` holds only makes its length hard to guess from outside, as the service does. */
export function eventFrame(name: EventName | 'ping' | 'novelty', payload: object): Uint8Array {
  return eventMessage(
    eventHeaders(name),
    JSON.stringify({ ...payload, p: 'abcdefghijklmnop'.slice(0, 3 + (name.length % 7)) }),
  )
}

export function eventHeaders(name: string): Readonly<Record<string, string>> {
  return { ':event-type': name, ':content-type': 'application/json', ':message-type': 'event' }
}

function lifecycle(name: EventName, payload: object): Frame {
  return { ...silent, kind: 'lifecycle', text: eventFrame(name, payload) }
}

function* blockFrames(
  part: Exclude<AnswerPart, { type: 'refusal' }>,
  contentBlockIndex: number,
  tokensPerDelta: number,
): Generator<Frame> {
  const delta = (said: ContentBlockDelta) => eventFrame('contentBlockDelta', { contentBlockIndex, delta: said })
  if (part.type === 'tool-call') {
    const begin = lifecycle('contentBlockStart', { contentBlockIndex, start: { toolUse: toolUse(part) } })
    yield { ...begin, outputTokens: countTokens(part.name) }
  }
  for (const { text, tokens } of deltasOf(part.type === 'tool-call' ? part.input : part.text, tokensPerDelta)) {
    const reasoningTokens = part.type === 'thinking' ? tokens : 0
    yield { ...silent, kind: 'content', text: delta(deltaOf(part, text)), outputTokens: tokens, reasoningTokens }
  }
  if (part.type === 'thinking') {
    yield { ...silent, kind: 'lifecycle', text: delta({ reasoningContent: { signature: signatureOf(part.text) } }) }
  }
  yield lifecycle('contentBlockStop', { contentBlockIndex })
}

function deltaOf(part: AnswerPart, text: string): ContentBlockDelta {
  if (part.type === 'thinking') return { reasoningContent: { text } }
  return part.type === 'tool-call' ? { toolUse: { input: text } } : { text }
}
