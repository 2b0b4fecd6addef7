import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { serviceTier } from '../../core/service-tier.ts'
import { inputTokens, noUsage, outputTokens, type Usage } from '../../core/usage.ts'
import { nestedFields } from '../openai/fields.ts'
import { tokenCount } from '../read.ts'

/**
 * The usage of a response in parts that do not overlap and that sum to what the provider counts: a detail is never more than
 * what it is a detail of. Null where a main count is absent or absurd: an estimate is nearer to the truth then.
 */
export function decodeUsage({ usage: raw, tool_usage: tools, service_tier: tier }: JsonObject): Usage | null {
  if (!isJsonObject(raw)) return null
  const input = tokenCount(raw.input_tokens)
  const output = tokenCount(raw.output_tokens)
  if (input !== raw.input_tokens || output !== raw.output_tokens) return null
  const details = nestedFields(raw, 'input_tokens_details')
  const cacheRead = Math.min(tokenCount(details.cached_tokens), input)
  const cacheWriteOther = Math.min(tokenCount(details.cache_write_tokens), input - cacheRead)
  const reasoning = tokenCount(nestedFields(raw, 'output_tokens_details').reasoning_tokens)
  const outputReasoning = Math.min(reasoning, output)
  const serverToolCalls = decodeToolUsage(tools)
  return {
    ...noUsage,
    inputUncached: input - cacheRead - cacheWriteOther,
    cacheRead,
    cacheWriteOther,
    outputText: output - outputReasoning,
    outputReasoning,
    ...(serverToolCalls && { serverToolCalls }),
    ...serviceTier(tier),
    raw,
  }
}

/** Calls of the provider's own tools, by name: what is counted in requests. */
function decodeToolUsage(tools: JsonValue | undefined): Usage['serverToolCalls'] {
  const counted = isJsonObject(tools) ? Object.entries(tools) : []
  const calls = counted
    .map(([name, used]): [string, number] => [name, isJsonObject(used) ? tokenCount(used.num_requests) : 0])
    .filter(([, count]) => count > 0)
  return calls.length > 0 ? Object.fromEntries(calls) : undefined
}

/** The usage as this dialect counts it: cached tokens within the input, reasoning within the output. */
export function encodeUsage(usage: Usage): JsonObject {
  const input = inputTokens(usage)
  const output = outputTokens(usage)
  const written = usage.cacheWrite5m + usage.cacheWrite1h + usage.cacheWriteOther
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: usage.cacheRead, cache_write_tokens: written },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.outputReasoning },
    total_tokens: input + output,
  }
}

/** The calls of the provider's own tools as this dialect counts them; nothing where there were none. */
export function encodeToolUsage({ serverToolCalls }: Usage): { readonly tool_usage?: JsonObject } {
  if (!serverToolCalls) return {}
  const counted = Object.entries(serverToolCalls).map(([name, count]) => [name, { num_requests: count }])
  return { tool_usage: Object.fromEntries(counted) }
}
