import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { CacheMiss } from '../../core/reply.ts'
import { tokenCount } from '../read.ts'

/** Why the prompt cache was not read, as a response says it where it was asked, to spread into a reply; nothing where it was read. */
export function decodeCacheMiss({ prompt_cache_diagnostics: told }: JsonObject): { readonly cacheMiss?: CacheMiss } {
  if (!isJsonObject(told) || typeof told.type !== 'string' || told.type === 'cache_hit') return {}
  const missedTokens = tokenCount(told.cache_missed_tokens)
  const reason = typeof told.reason === 'string' ? told.reason : told.type
  return { cacheMiss: { reason, ...(missedTokens > 0 && { missedTokens }) } }
}
