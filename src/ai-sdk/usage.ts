import type { LanguageModelV4Usage } from '@ai-sdk/provider'
import { inputTokens, noUsage, outputTokens, type Usage } from '../core/usage.ts'

/** The usage that a model of the AI SDK tells, in parts that do not overlap; null where it tells none. */
export function readUsage(told: LanguageModelV4Usage | undefined): Usage | null {
  const input = told?.inputTokens
  const output = told?.outputTokens
  const cacheRead = count(input?.cacheRead) ?? 0
  const cacheWriteOther = count(input?.cacheWrite) ?? 0
  const outputReasoning = count(output?.reasoning) ?? 0
  const inputUncached = count(input?.noCache) ?? rest(input?.total, cacheRead + cacheWriteOther)
  const outputText = count(output?.text) ?? rest(output?.total, outputReasoning)
  if (inputUncached === undefined || outputText === undefined) return null
  const raw = told?.raw && { raw: JSON.parse(JSON.stringify(told.raw)) }
  return { ...noUsage, inputUncached, cacheRead, cacheWriteOther, outputText, outputReasoning, ...raw }
}

/** A usage as the AI SDK counts it. */
export function writeUsage(usage: Usage): LanguageModelV4Usage {
  const input = inputTokens(usage)
  const { cacheRead, cacheWrite5m, cacheWrite1h, cacheWriteOther, outputReasoning } = usage
  const cacheWrite = cacheWrite5m + cacheWrite1h + cacheWriteOther
  const output = outputTokens(usage)
  return {
    inputTokens: { total: input, noCache: input - cacheRead - cacheWrite, cacheRead, cacheWrite },
    outputTokens: { total: output, text: output - outputReasoning, reasoning: outputReasoning },
  }
}

const count = (told: number | undefined) =>
  told !== undefined && Number.isSafeInteger(told) && told >= 0 ? told : undefined

function rest(total: number | undefined, counted: number): number | undefined {
  const known = count(total)
  return known === undefined ? undefined : Math.max(0, known - counted)
}
