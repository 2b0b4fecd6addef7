import type { JsonValue } from '../core/json.ts'
import { serviceTier } from '../core/service-tier.ts'
import type { Usage } from '../core/usage.ts'

/** A usage with the tier that was told beside it. */
export function withServiceTier(usage: Usage | null, word: JsonValue | undefined): Usage | null {
  if (!usage || word === undefined) return usage
  const told = serviceTier(word)
  return told.serviceTier === undefined ? usage : { ...usage, ...told }
}
