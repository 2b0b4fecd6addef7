import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { serviceTier } from '../../core/service-tier.ts'
import { inputTokens, noUsage, outputTokens, type Usage } from '../../core/usage.ts'
import { tokenCount } from '../read.ts'
import type { WireUsage } from './types.ts'

/**
 * Reads `usageMetadata` into parts that do not overlap: the prompt takes cached tokens in, results of the provider's own tools
 * come beside it, and thoughts beside what was said. Null where it does not count the prompt, or counts what is absurd: an
 * estimate is nearer to the truth then. A count of zero is left out on the wire.
 */
export function decodeUsage(value: JsonValue | undefined): Usage | null {
  if (!isJsonObject(value)) return null
  const prompt = tokenCount(value.promptTokenCount)
  if (prompt !== value.promptTokenCount) return null
  const output = value.candidatesTokenCount ?? 0
  if (tokenCount(output) !== output) return null
  const cacheRead = Math.min(tokenCount(value.cachedContentTokenCount), prompt)
  const ofTools = tokenCount(value.toolUsePromptTokenCount)
  const said = modalities(value.promptTokensDetails)
  const cached = modalities(value.cacheTokensDetails)
  const input = prompt - cacheRead + ofTools
  const audioIn = Math.min(Math.max(0, said.AUDIO - cached.AUDIO), input)
  const imageIn = Math.min(Math.max(0, said.IMAGE - cached.IMAGE), input - audioIn)
  const spoken = modalities(value.candidatesTokensDetails)
  const audioOut = Math.min(spoken.AUDIO, output)
  const imageOut = Math.min(spoken.IMAGE, output - audioOut)
  return {
    ...noUsage,
    inputUncached: input - audioIn - imageIn,
    cacheRead,
    audioIn,
    imageIn,
    outputText: output - audioOut - imageOut,
    outputReasoning: tokenCount(value.thoughtsTokenCount),
    audioOut,
    imageOut,
    ...serviceTier(value.serviceTier, value.trafficType),
    raw: value,
  }
}

function modalities(details: JsonValue | undefined): { readonly AUDIO: number; readonly IMAGE: number } {
  const counted = { AUDIO: 0, IMAGE: 0 }
  for (const entry of Array.isArray(details) ? details.filter(isJsonObject) : []) {
    if (entry.modality === 'AUDIO' || entry.modality === 'IMAGE')
      counted[entry.modality] += tokenCount(entry.tokenCount)
  }
  return counted
}

/** Puts together the usage of a stream, which is told as it grows: the last value of each field holds, and nothing is summed. */
export interface GrowingUsage {
  /** `isLast`: the answer is over, and its output is counted whole. */
  take(told: JsonValue | undefined, isLast: boolean): void
  readonly usage: Usage | null
  /** Whether something was counted when the answer was over. */
  readonly isFinal: boolean
}

/** Nothing told yet. */
export function growUsage(): GrowingUsage {
  let merged: JsonObject = {}
  const growing = {
    usage: null as Usage | null,
    isFinal: false,
    take: (told: JsonValue | undefined, isLast: boolean) => {
      if (!isJsonObject(told)) return
      merged = { ...merged, ...told }
      growing.usage = decodeUsage(merged)
      growing.isFinal ||= isLast && told.promptTokenCount !== undefined
    },
  }
  return growing
}

/** Writes usage in Google's convention. */
export function encodeUsage(usage: Usage): WireUsage {
  const { cacheRead, outputReasoning, audioIn, imageIn, audioOut, imageOut } = usage
  const promptTokenCount = inputTokens(usage)
  const candidatesTokenCount = outputTokens(usage) - outputReasoning
  return {
    promptTokenCount,
    ...(cacheRead > 0 && { cachedContentTokenCount: cacheRead }),
    candidatesTokenCount,
    ...(outputReasoning > 0 && { thoughtsTokenCount: outputReasoning }),
    totalTokenCount: promptTokenCount + candidatesTokenCount + outputReasoning,
    ...detailed('promptTokensDetails', audioIn, imageIn),
    ...detailed('candidatesTokensDetails', audioOut, imageOut),
  }
}

function detailed(
  name: 'promptTokensDetails' | 'candidatesTokensDetails',
  audio: number,
  image: number,
): Partial<WireUsage> {
  const details = [
    { modality: 'AUDIO' as const, tokenCount: audio },
    { modality: 'IMAGE' as const, tokenCount: image },
  ].filter(({ tokenCount }) => tokenCount > 0)
  return details.length > 0 ? { [name]: details } : {}
}
