import type { RateLimit, RateLimits } from '../core/rate-limits.ts'
import { type Allowance, createAllowance, type StatedLimit } from './allowance.ts'
import type { TokenNeed } from './token-need.ts'

/** What was taken of each limit so far: told again when the provider answers, so that what was sent since counts. */
export interface Taken {
  readonly requests: number
  readonly input: number
  readonly all: number
}

/** What is left of all that a provider limits at a target. */
export interface ProviderAllowances {
  /** Calls that were let through so far. */
  readonly admitted: number
  /** Whether tokens are limited, so that it matters how many a call needs. */
  readonly countsTokens: boolean
  /** Whether no limit is near, were a call to need that. */
  hasPlenty(need: TokenNeed): boolean
  /** How long until a call that needs that fits, in milliseconds; 0 where it does. */
  waitMs(need: TokenNeed, now: number): number
  /** How long until so many calls like it fit, one after the other, in milliseconds. */
  likelyWaitMs(need: TokenNeed, now: number, calls: number): number
  take(need: TokenNeed, now: number): Taken
  /** How long nothing fits, in milliseconds, where the provider says so without saying what its limit is. */
  learn(limits: RateLimits, now: number, then: Taken): number
}

/** Nothing is limited until the provider says so. */
export function createProviderAllowances(): ProviderAllowances {
  let requests: Allowance | undefined
  let tokens: Allowance | undefined
  let input: Allowance | undefined
  let output: Allowance | undefined
  let taken: Taken = { requests: 0, input: 0, all: 0 }
  /** Answers come in any order; the one to the latest call knows most. */
  let learntAt = 0

  const update = (known: Allowance | undefined, stated: RateLimit | undefined, now: number, since: number) => {
    if (stated === undefined || !hasLimit(stated)) return known
    if (!known) return createAllowance(stated, now, since)
    known.learn(stated, now, since)
    return known
  }
  return {
    get admitted() {
      return taken.requests
    },
    get countsTokens() {
      return tokens !== undefined || input !== undefined
    },
    hasPlenty: (need) =>
      (requests?.hasPlenty(1) ?? true) &&
      (tokens?.hasPlenty(need.all) ?? true) &&
      (input?.hasPlenty(need.input) ?? true) &&
      (output?.hasPlenty(1) ?? true),
    waitMs: (need, now) =>
      Math.max(
        requests?.waitMs(1, now) ?? 0,
        tokens?.waitMs(need.all, now) ?? 0,
        input?.waitMs(need.input, now) ?? 0,
        output?.waitMs(1, now) ?? 0,
      ),
    likelyWaitMs: (need, now, calls) =>
      Math.max(
        requests?.likelyWaitMs(calls, now) ?? 0,
        tokens?.likelyWaitMs(need.all * calls, now) ?? 0,
        input?.likelyWaitMs(need.input * calls, now) ?? 0,
        output?.likelyWaitMs(1, now) ?? 0,
      ),
    take(need, now) {
      requests?.take(1, now)
      tokens?.take(need.all, now)
      input?.take(need.input, now)
      taken = { requests: taken.requests + 1, input: taken.input + need.input, all: taken.all + need.all }
      return taken
    },
    learn(limits, now, then) {
      if (then.requests < learntAt) return 0
      learntAt = then.requests
      requests = update(requests, limits.requests, now, taken.requests - then.requests)
      tokens = update(tokens, limits.tokens, now, taken.all - then.all)
      input = update(input, limits.inputTokens, now, taken.input - then.input)
      output = update(output, limits.outputTokens, now, 0)
      return Math.max(
        emptyForMs(limits.requests),
        emptyForMs(limits.tokens),
        emptyForMs(limits.inputTokens),
        emptyForMs(limits.outputTokens),
      )
    },
  }
}

const hasLimit = (stated: RateLimit): stated is StatedLimit => stated.limit !== undefined && stated.limit > 0

const emptyForMs = (stated: RateLimit | undefined) =>
  stated !== undefined && stated.limit === undefined && stated.remaining === 0 ? (stated.resetMs ?? 0) : 0
