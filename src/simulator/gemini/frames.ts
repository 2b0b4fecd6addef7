import type { Part } from '@google/genai'
import type { Answer, AnswerPart } from '../answer.ts'
import type { Frame, ReplyMaterial } from '../dialect.ts'
import { deltasOf, partTokens } from '../model/answer-tokens.ts'
import { ending, facts, partOf, usageMetadata, type WireResponse } from './reply.ts'

/** A stream of responses: words piece by piece, calls whole, and the reason for the end with the usage in the last. */
export function* generateFrames(material: ReplyMaterial): Generator<Frame> {
  for (const [index, answer] of material.answers.entries()) yield* answerFrames(answer, index, material)
  const candidates = material.answers.map((answer, index) => ({
    content: { parts: [{ text: '' }], role: 'model' },
    ...ending(answer),
    index,
  }))
  const usage = material.omitUsage ? {} : { usageMetadata: usageMetadata(material) }
  const text = frameText({ candidates, ...usage, ...facts(material) })
  yield { text, kind: 'ending', outputTokens: 0, reasoningTokens: 0, carriesUsage: !material.omitUsage }
}

function* answerFrames(answer: Answer, index: number, material: ReplyMaterial): Generator<Frame> {
  const hidden = answer.hiddenReasoningTokens
  if (hidden > 0) yield silent(hidden, hidden)
  const firstCall = answer.parts.findIndex(({ type }) => type === 'tool-call')
  for (const [nth, part] of answer.parts.entries()) {
    yield* partFrames(part, nth === firstCall, (sent) => partText(sent, index, material), material.tokensPerDelta)
  }
}

function* partFrames(
  part: AnswerPart,
  isFirstCall: boolean,
  write: (part: Part) => string,
  tokensPerDelta: number,
): Generator<Frame> {
  const whole = partOf(part, isFirstCall)
  const tokens = partTokens(part)
  // What is written and cannot be sent is billed all the same.
  if (!whole) return yield silent(tokens, 0)
  if (part.type === 'tool-call') return yield content(write(whole), tokens, 0)
  for (const piece of deltasOf(part.text, tokensPerDelta)) {
    const isThought = part.type === 'thinking'
    yield content(write({ ...whole, text: piece.text }), piece.tokens, isThought ? piece.tokens : 0)
  }
}

function partText(part: Part, index: number, material: ReplyMaterial): string {
  return frameText({ candidates: [{ content: { parts: [part], role: 'model' }, index }], ...facts(material) })
}

function frameText(response: WireResponse): string {
  return `data: ${JSON.stringify(response)}\r\n\r\n`
}

function content(text: string, outputTokens: number, reasoningTokens: number): Frame {
  return { text, kind: 'content', outputTokens, reasoningTokens, carriesUsage: false }
}

function silent(outputTokens: number, reasoningTokens: number): Frame {
  return { text: '', kind: 'lifecycle', outputTokens, reasoningTokens, carriesUsage: false }
}
