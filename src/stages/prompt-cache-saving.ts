import type { Cost } from '../core/cost.ts'
import type { Books } from '../core/ports.ts'
import type { Target } from '../core/target.ts'
import type { Usage } from '../core/usage.ts'

/**
 * What the provider's prompt cache spared an attempt, in nano-dollars: the same usage at the price of input that touched no cache,
 * less what was paid. Negative where writing cost more than reading spared. `undefined` where no cache was used, or a price is not known.
 */
export function promptCacheSaving(
  books: Pick<Books, 'price'>,
  target: Target,
  usage: Usage,
  paid: Cost,
): number | undefined {
  const cached = usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h + usage.cacheWriteOther
  if (cached === 0 || paid.nanoUsd === null) return undefined
  const none = { cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheWriteOther: 0 }
  const { nanoUsd } = books.price(target, { ...usage, ...none, inputUncached: usage.inputUncached + cached })
  return nanoUsd === null ? undefined : nanoUsd - paid.nanoUsd
}
