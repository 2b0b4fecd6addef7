import type { Answer, AnswerPart } from '../answer.ts'
import { countTokens, tokensOf } from '../books/count-tokens.ts'

/** What the answer is billed as output, reasoning included. */
export function outputTokens(answer: Answer): number {
  return answer.parts.reduce((sum, part) => sum + partTokens(part), answer.hiddenReasoningTokens)
}

/** The part of the output that is reasoning. */
export function reasoningTokens(answer: Answer): number {
  const shown = answer.parts.filter((part) => part.type === 'thinking')
  return shown.reduce((sum, part) => sum + partTokens(part), answer.hiddenReasoningTokens)
}

/** A tool call counts its name and its input. */
export function partTokens(part: AnswerPart): number {
  return part.type === 'tool-call' ? countTokens(part.name) + countTokens(part.input) : countTokens(part.text)
}

/** The text cut into what one delta carries. */
export function deltasOf(
  text: string,
  tokensPerDelta: number,
): readonly { readonly text: string; readonly tokens: number }[] {
  const tokens = tokensOf(text)
  const deltas: { text: string; tokens: number }[] = []
  for (let at = 0; at < tokens.length; at += tokensPerDelta) {
    const group = tokens.slice(at, at + tokensPerDelta)
    deltas.push({ text: group.join(''), tokens: group.length })
  }
  return deltas
}
