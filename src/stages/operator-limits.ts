import type { ProviderLimits } from '../core/provider-limits.ts'
import { createMinuteWindow, type MinuteWindow } from './minute-window.ts'

/** The operator's own limits for one provider and credential, which its models share. */
export interface OperatorLimits {
  /** Whether there are none. */
  readonly isOff: boolean
  /** What is configured now; what was counted stays counted where the limit is the same. */
  configure(limits: ProviderLimits | undefined): void
  readonly limits: ProviderLimits
  /** How long until one more call fits, in milliseconds: 0 where it does, infinite where one in flight must end first. */
  waitMs(tokens: number, now: number): number
  /** Counts a call; gives the second that its tokens were counted in. */
  enter(tokens: number, now: number): number
  /** A call used so many tokens more, or fewer, than was counted. */
  correct(second: number, by: number): void
  leave(): void
  /** Calls `pump` whenever a call has left, of whichever model, in the order in which they began to wait. */
  wait(pump: () => void): void
  stopWaiting(pump: () => void): void
}

/** Counts what a provider is asked, over all of its models. */
export function createOperatorLimits(): OperatorLimits {
  let limits: ProviderLimits = {}
  let requests: MinuteWindow | undefined
  let tokens: MinuteWindow | undefined
  let inFlight = 0
  const waiting = new Set<() => void>()

  return {
    get isOff() {
      return limits.concurrency === undefined && !requests && !tokens
    },
    get limits() {
      return limits
    },
    configure(next = {}) {
      const { requestsPerMinute, tokensPerMinute } = next
      if (requestsPerMinute !== limits.requestsPerMinute)
        requests = requestsPerMinute === undefined ? undefined : createMinuteWindow(requestsPerMinute)
      if (tokensPerMinute !== limits.tokensPerMinute)
        tokens = tokensPerMinute === undefined ? undefined : createMinuteWindow(tokensPerMinute)
      limits = next
    },
    waitMs(amount, now) {
      if (inFlight >= (limits.concurrency ?? Number.POSITIVE_INFINITY)) return Number.POSITIVE_INFINITY
      return Math.max(requests?.waitMs(1, now) ?? 0, tokens?.waitMs(amount, now) ?? 0)
    },
    enter(amount, now) {
      inFlight++
      requests?.take(1, now)
      return tokens?.take(amount, now) ?? 0
    },
    correct: (second, by) => tokens?.correct(second, by),
    leave() {
      inFlight--
      if (waiting.size > 0) for (const pump of [...waiting]) pump()
    },
    wait: (pump) => void waiting.add(pump),
    stopWaiting: (pump) => void waiting.delete(pump),
  }
}
