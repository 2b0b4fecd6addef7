import { isJsonObject, type JsonValue } from '../../core/json.ts'
import type { CacheMiss } from '../../core/reply.ts'
import { tokenCount } from '../read.ts'

/** Why the prompt cache was not read, as `diagnostics` of a message says it, to spread into a reply; nothing where it does not. */
export function decodeCacheMiss(diagnostics: JsonValue | undefined): { readonly cacheMiss?: CacheMiss } {
  const told = isJsonObject(diagnostics) ? diagnostics.cache_miss_reason : undefined
  if (!isJsonObject(told) || typeof told.type !== 'string') return {}
  const missedTokens = tokenCount(told.cache_missed_input_tokens)
  return { cacheMiss: { reason: told.type, ...(missedTokens > 0 && { missedTokens }) } }
}
