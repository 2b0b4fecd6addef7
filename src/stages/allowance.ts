import type { RateLimit } from '../core/rate-limits.ts'

/** What is left of one of a provider's limits, by what it said last and what was sent since. */
export interface Allowance {
  /** Whether more than half of it would be left after so much, so that nobody need look closer. */
  hasPlenty(amount: number): boolean
  /** How long until so much is there, in milliseconds; 0 where it is. More than there ever is waits until all is. */
  waitMs(amount: number, now: number): number
  /** How long until so much has come, were it taken as it comes, in milliseconds. */
  likelyWaitMs(amount: number, now: number): number
  take(amount: number, now: number): void
  /** The provider has answered a call; `since` is what was taken after that call was sent. */
  learn(stated: StatedLimit, now: number, since: number): void
}

/** A limit whose size is known. */
export type StatedLimit = RateLimit & { readonly limit: number }

/** Where a provider does not say when its limit is whole again, it counts by the minute. */
const usualWindowMs = 60_000

/**
 * A bucket that fills steadily, as OpenAI and Anthropic describe theirs: with `remaining` of `limit` left and `resetMs` until it is
 * full, it fills by (limit - remaining) / resetMs. Where a provider counts by fixed windows instead, this is hopeful, and its 429
 * says so.
 */
export function createAllowance(first: StatedLimit, createdAt: number, sinceFirst: number): Allowance {
  let limit = 0
  let level = 0
  let at = createdAt
  let perMs = 0

  const refill = (now: number) => {
    level = Math.min(limit, level + Math.max(0, now - at) * perMs)
    at = now
  }
  const learn = (stated: StatedLimit, now: number, since: number) => {
    const used = stated.limit - stated.remaining
    if (used > 0 && stated.resetMs !== undefined && stated.resetMs >= 1) perMs = used / stated.resetMs
    else if (perMs === 0 || limit !== stated.limit) perMs = stated.limit / usualWindowMs
    limit = stated.limit
    level = Math.min(limit, stated.remaining) - since
    at = now
  }
  learn(first, createdAt, sinceFirst)
  return {
    learn,
    hasPlenty: (amount) => level - amount >= limit / 2,
    waitMs(amount, now) {
      refill(now)
      const missing = Math.min(amount, limit) - level
      if (missing <= 0) return 0
      return perMs > 0 ? Math.ceil(missing / perMs) : usualWindowMs
    },
    likelyWaitMs(amount, now) {
      refill(now)
      return amount <= level || perMs <= 0 ? 0 : (amount - level) / perMs
    },
    take(amount, now) {
      refill(now)
      level -= amount
    },
  }
}
