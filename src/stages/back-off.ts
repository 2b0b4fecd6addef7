import type { RetryPolicy } from '../core/alias.ts'

/**
 * Full jitter: anywhere between 0 and the exponential step, `random(0, min(cap, base * 2^n))`; `retry` counts from 0. After
 * gRPC's proposal A6 and "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015): correlated clients drift apart.
 */
export function fullJitter(retry: number, { baseMs, capMs }: RetryPolicy, random: () => number): number {
  return random() * Math.min(capMs, baseMs * 2 ** retry)
}

/** The provider's own wait, never shortened: up to a tenth is added, so that those told the same do not return together. */
export function afterPushback(retryAfterMs: number, random: () => number): number {
  return retryAfterMs * (1 + random() / 10)
}
