import type { Target } from '../core/target.ts'
import { estimateTokens } from '../models/estimate-tokens.ts'

/** Texts that are sent together. */
export interface Batch {
  /** The place of the first among all. */
  readonly start: number
  readonly texts: readonly string[]
}

/** OpenAI takes 300,000 tokens in one request, all texts together; an estimate leans high, and need not. */
const usualTokens = 250_000

/**
 * Splits texts into as many as every target takes in one request, whichever of them answers. A text that is longer than the
 * bound of all together goes alone, for the provider to judge.
 */
export function splitTexts(
  texts: readonly string[],
  targets: readonly Pick<Target, 'maxInputs' | 'maxInputTokens'>[],
): readonly Batch[] {
  const most = Math.min(...targets.map(({ maxInputs = Number.POSITIVE_INFINITY }) => maxInputs), texts.length)
  const maxTokens = Math.min(...targets.map(({ maxInputTokens = usualTokens }) => maxInputTokens), usualTokens)
  const batches: { readonly start: number; readonly texts: string[] }[] = []
  let tokens = 0
  for (const [index, text] of texts.entries()) {
    const estimated = estimateTokens(text)
    const last = batches.at(-1)
    if (last && last.texts.length < most && tokens + estimated <= maxTokens) {
      last.texts.push(text)
      tokens += estimated
    } else {
      batches.push({ start: index, texts: [text] })
      tokens = estimated
    }
  }
  return batches
}
