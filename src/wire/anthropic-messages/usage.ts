import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { inferenceGeo, serviceTier } from '../../core/service-tier.ts'
import { inputTokens, noUsage, outputTokens, type Usage } from '../../core/usage.ts'
import { tokenCount } from '../read.ts'
import type { WireUsage } from './types.ts'

/**
 * Reads a usage object into parts that do not overlap. Null where it does not count both input and output, or counts what is
 * absurd: an estimate is nearer to the truth then.
 */
export function decodeUsage(value: JsonValue | undefined): Usage | null {
  return isJsonObject(value) ? read(value, false) : null
}

/** Puts together the usage of a stream, which is told as it grows: the last value of each field holds, and nothing is summed. */
export interface GrowingUsage {
  /** `isLast`: the answer is over, and its output is counted whole. */
  take(told: JsonValue | undefined, isLast: boolean): void
  readonly usage: Usage | null
  /** Whether the output was counted when the answer was over. */
  readonly isFinal: boolean
}

/** Nothing told yet. */
export function growUsage(): GrowingUsage {
  let merged: JsonObject | undefined
  let isBreakdownOld = false
  const growing = {
    usage: null as Usage | null,
    isFinal: false,
    take: (told: JsonValue | undefined, isLast: boolean) => {
      if (!isJsonObject(told)) return
      const news = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null && value !== undefined))
      if (news.cache_creation_input_tokens !== undefined) isBreakdownOld = news.cache_creation === undefined
      merged = { ...merged, ...news }
      growing.usage = read(merged, isBreakdownOld)
      growing.isFinal ||= isLast && news.output_tokens !== undefined
    },
  }
  return growing
}

function read(usage: JsonObject, isBreakdownOld: boolean): Usage | null {
  const output = tokenCount(usage.output_tokens)
  if (tokenCount(usage.input_tokens) !== usage.input_tokens || output !== usage.output_tokens) return null
  const details = isJsonObject(usage.output_tokens_details) ? usage.output_tokens_details : {}
  const reasoning = Math.min(tokenCount(details.thinking_tokens), output)
  const serverToolCalls = readServerTools(usage.server_tool_use)
  return {
    ...noUsage,
    inputUncached: tokenCount(usage.input_tokens),
    cacheRead: tokenCount(usage.cache_read_input_tokens),
    ...readCacheWrites(usage, isBreakdownOld),
    outputText: output - reasoning,
    outputReasoning: reasoning,
    ...(serverToolCalls && { serverToolCalls }),
    // A batch is billed as such; the fast mode has a field of its own.
    ...serviceTier(usage.service_tier, usage.speed),
    ...inferenceGeo(usage.inference_geo),
    raw: usage,
  }
}

function readCacheWrites(
  { cache_creation: breakdown, cache_creation_input_tokens }: JsonObject,
  isBreakdownOld: boolean,
): Pick<Usage, 'cacheWrite5m' | 'cacheWrite1h' | 'cacheWriteOther'> {
  const total = tokenCount(cache_creation_input_tokens)
  if (!isJsonObject(breakdown)) return { cacheWrite5m: total, cacheWrite1h: 0, cacheWriteOther: 0 }
  const cacheWrite5m = tokenCount(breakdown.ephemeral_5m_input_tokens)
  const cacheWrite1h = tokenCount(breakdown.ephemeral_1h_input_tokens)
  const rest = Math.max(0, total - cacheWrite5m - cacheWrite1h)
  // A stream tells the breakdown once, at its start, and then totals that grow: they grow by what was written before.
  if (isBreakdownOld && cacheWrite1h === 0)
    return { cacheWrite5m: cacheWrite5m + rest, cacheWrite1h, cacheWriteOther: 0 }
  if (isBreakdownOld && cacheWrite5m === 0)
    return { cacheWrite5m, cacheWrite1h: cacheWrite1h + rest, cacheWriteOther: 0 }
  return { cacheWrite5m, cacheWrite1h, cacheWriteOther: rest }
}

const requests = '_requests'

function readServerTools(value: JsonValue | undefined): Usage['serverToolCalls'] {
  if (!isJsonObject(value)) return undefined
  const calls = Object.entries(value)
    .map(([name, count]): [string, number] => [
      name.endsWith(requests) ? name.slice(0, -requests.length) : name,
      tokenCount(count),
    ])
    .filter(([, count]) => count > 0)
  return calls.length > 0 ? Object.fromEntries(calls) : undefined
}

/** Writes usage in Anthropic's convention. */
export function encodeUsage(usage: Usage): WireUsage {
  const { cacheRead, cacheWrite5m, cacheWrite1h, cacheWriteOther, outputReasoning, serverToolCalls } = usage
  const cacheWrites = cacheWrite5m + cacheWrite1h + cacheWriteOther
  const calls = Object.entries(serverToolCalls ?? {}).map(([name, count]) => [`${name}${requests}`, count])
  return {
    input_tokens: inputTokens(usage) - cacheRead - cacheWrites,
    cache_creation_input_tokens: cacheWrites,
    cache_read_input_tokens: cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: cacheWrite5m, ephemeral_1h_input_tokens: cacheWrite1h },
    output_tokens: outputTokens(usage),
    output_tokens_details: outputReasoning > 0 ? { thinking_tokens: outputReasoning } : null,
    server_tool_use: calls.length > 0 ? Object.fromEntries(calls) : null,
  }
}
