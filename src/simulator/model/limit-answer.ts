import type { Answer, AnswerPart } from '../answer.ts'
import { countTokens, tokensOf } from '../books/count-tokens.ts'
import { partTokens } from './answer-tokens.ts'

/** The answer up to the first stop sequence in its text. */
export function stopAnswer(answer: Answer, stopSequences: readonly string[]): Answer {
  for (const [index, part] of answer.parts.entries()) {
    if (part.type !== 'text') continue
    const found = firstOf(part.text, stopSequences)
    if (found === undefined) continue
    const cut = { ...part, text: part.text.slice(0, found.at) }
    const parts = [...answer.parts.slice(0, index), ...(cut.text === '' ? [] : [cut])]
    return { ...answer, parts, ending: 'stop-sequence', stopSequence: found.sequence }
  }
  return answer
}

/** The answer up to `maxTokens` of output, reasoning included. */
export function limitAnswer(answer: Answer, maxTokens: number): Answer {
  let left = maxTokens - answer.hiddenReasoningTokens
  if (left < 0) return { parts: [], ending: 'length', hiddenReasoningTokens: maxTokens }
  const parts: AnswerPart[] = []
  for (const part of answer.parts) {
    const tokens = partTokens(part)
    if (tokens > left) {
      const cut = cutPart(part, left)
      if (cut !== undefined) parts.push(cut)
      return { parts, ending: 'length', hiddenReasoningTokens: answer.hiddenReasoningTokens }
    }
    parts.push(part)
    left -= tokens
  }
  return answer
}

function cutPart(part: AnswerPart, tokens: number): AnswerPart | undefined {
  if (part.type !== 'tool-call') return tokens > 0 ? { ...part, text: firstTokens(part.text, tokens) } : undefined
  const forInput = tokens - countTokens(part.name)
  return forInput >= 0 ? { ...part, input: firstTokens(part.input, forInput) } : undefined
}

export function firstTokens(text: string, count: number): string {
  return tokensOf(text).slice(0, count).join('')
}

function firstOf(text: string, sequences: readonly string[]): { at: number; sequence: string } | undefined {
  const found = sequences
    .filter((sequence) => sequence !== '')
    .map((sequence) => ({ sequence, at: text.indexOf(sequence) }))
    .filter(({ at }) => at >= 0)
  return found.sort((left, right) => left.at - right.at)[0]
}
