import type { CallLimit } from '../core/call-limit.ts'
import type { RateLimit, RateLimits } from '../core/rate-limits.ts'

/** What is counted by the minute. */
export const minuteKinds = ['requests', 'inputTokens', 'outputTokens'] as const

/** One of {@link minuteKinds}. */
export type MinuteKind = (typeof minuteKinds)[number]

/** How one limit stands. */
export interface Standing {
  readonly limit: CallLimit
  readonly used: Readonly<Record<MinuteKind, number>>
  /** Milliseconds until nothing of it is used. */
  readonly resetMs: number
}

/** Of each kind, the limit of which the least is left. */
export function tightestRates(standings: readonly Standing[]): RateLimits {
  const rates: Partial<Record<MinuteKind, RateLimit>> = {}
  for (const { limit, used, resetMs } of standings) {
    for (const kind of minuteKinds) {
      const most = limit[kind]
      if (most === undefined) continue
      const remaining = Math.max(0, most - used[kind])
      const before = rates[kind]
      if (!before || remaining < before.remaining) rates[kind] = { limit: most, remaining, resetMs }
    }
  }
  return rates
}

/** Nobody knows when one of the calls at once will end: this is when it is worth another look, in milliseconds. */
export const concurrencyRetryMs = 1_000
