import type { JsonValue } from './json.ts'

/**
 * Tokens used by one attempt, in parts that do not overlap: the cost is the sum of part times price.
 * `measured` parts are the provider's word; `estimated` ones are ours, where its word never came.
 */
export interface Usage {
  readonly source: 'measured' | 'estimated'
  readonly inputUncached: number
  readonly cacheRead: number
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
  readonly cacheWriteOther: number
  readonly outputText: number
  readonly outputReasoning: number
  readonly audioIn: number
  readonly audioOut: number
  readonly imageIn: number
  readonly imageOut: number
  /** Calls of the provider's own tools (web searches, say), by name. */
  readonly serverToolCalls?: Readonly<Record<string, number>>
  /** The service tier that it was billed at (`batch`, `flex`, `priority`, `fast`), in the provider's word. Absent: the standard one. */
  readonly serviceTier?: string
  /** Where it was computed, where that was chosen and costs more (`us`). Absent: wherever the provider likes. */
  readonly inferenceGeo?: string
  /** The provider's usage object as it came. */
  readonly raw?: JsonValue
}

/** The counted parts of a {@link Usage}. */
export const usageParts = [
  'inputUncached',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'cacheWriteOther',
  'outputText',
  'outputReasoning',
  'audioIn',
  'audioOut',
  'imageIn',
  'imageOut',
] as const satisfies readonly (keyof Usage)[]

/** The name of one counted part. */
export type UsagePart = (typeof usageParts)[number]

/** A usage of nothing, to spread over. */
export const noUsage: Usage = Object.freeze({
  source: 'measured',
  inputUncached: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  cacheWriteOther: 0,
  outputText: 0,
  outputReasoning: 0,
  audioIn: 0,
  audioOut: 0,
  imageIn: 0,
  imageOut: 0,
})

/** The sum of two usages: `estimated` when either is. The raw objects and the tiers are not kept: they belong to one attempt. */
export function addUsage(left: Usage, right: Usage): Usage {
  const sum: Record<UsagePart, number> = { ...noUsage }
  for (const part of usageParts) sum[part] = left[part] + right[part]
  const source = left.source === 'estimated' || right.source === 'estimated' ? 'estimated' : 'measured'
  const serverToolCalls = addCounts(left.serverToolCalls, right.serverToolCalls)
  return serverToolCalls ? { ...sum, source, serverToolCalls } : { ...sum, source }
}

/** All tokens that went in, cached or not. */
export function inputTokens(usage: Usage): number {
  const { inputUncached, cacheRead, cacheWrite5m, cacheWrite1h, cacheWriteOther, audioIn, imageIn } = usage
  return inputUncached + cacheRead + cacheWrite5m + cacheWrite1h + cacheWriteOther + audioIn + imageIn
}

/** All tokens that came out, reasoning included. */
export function outputTokens(usage: Usage): number {
  return usage.outputText + usage.outputReasoning + usage.audioOut + usage.imageOut
}

function addCounts(left: Usage['serverToolCalls'], right: Usage['serverToolCalls']): Usage['serverToolCalls'] {
  if (!left || !right) return left ?? right
  // A provider chooses the names: one that every object has (`constructor`) must count from 0 too.
  const sum = new Map(Object.entries(left))
  for (const [name, count] of Object.entries(right)) sum.set(name, (sum.get(name) ?? 0) + count)
  return Object.fromEntries(sum)
}
