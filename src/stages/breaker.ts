import type { Clock } from '../core/clock.ts'
import type { ErrorCode, InseamError } from '../errors/index.ts'

/** When a breaker opens, and for how long. */
export interface BreakerOptions {
  readonly clock: Clock
  /** It opens after this many failures in a row. Default 5. */
  readonly failures?: number
  /** It stays open this long, and twice as long after each failed probe. Default 5,000 ms. */
  readonly openMs?: number
  /** But never longer, unless the provider states when its quota resets. Default 60,000 ms. */
  readonly maxOpenMs?: number
  /** How long a quota that states no reset keeps it open. Default 60,000 ms. */
  readonly quotaMs?: number
}

/** Why a breaker lets nothing through. */
export interface Refusal {
  /** 0 where it waits for its probe, which is under way. */
  readonly retryInMs: number
  /** The failure that it counted last. */
  readonly because: ErrorCode | undefined
}

/** One call that a breaker let through. What it brings counts until the breaker opens or closes; after that, it is old news. */
export interface Passage {
  readonly isProbe: boolean
  succeed(): void
  /** A failure that is the target's fault. */
  fail(error: InseamError): void
  /** It is over, whatever it brought. */
  end(): void
}

/** The state of one circuit breaker. */
export interface Breaker {
  enter(): Passage | Refusal
}

/**
 * A circuit breaker. Closed, it counts failures in a row. Open, it refuses. After its time it lets one probe through: a
 * success closes it, a failure opens it for twice as long, and a probe that says neither makes room for the next one.
 */
export function createBreaker(options: BreakerOptions): Breaker {
  const { clock, failures = 5, openMs = 5_000, maxOpenMs = 60_000, quotaMs = 60_000 } = options
  let failuresInRow = 0
  let timesOpened = 0
  let openUntil = 0
  let isProbing = false
  let because: ErrorCode | undefined
  let epoch = 0

  const succeed = () => {
    failuresInRow = 0
    if (timesOpened === 0) return
    timesOpened = 0
    isProbing = false
    epoch++
  }
  const fail = (error: InseamError) => {
    failuresInRow++
    because = error.code
    const isQuota = error.code === 'quota-exhausted'
    if (!isQuota && timesOpened === 0 && failuresInRow < failures) return
    const doubledMs = Math.min(maxOpenMs, openMs * 2 ** timesOpened)
    openUntil = clock.now() + (isQuota ? (error.retryAfterMs ?? quotaMs) : doubledMs)
    timesOpened++
    isProbing = false
    epoch++
  }

  return {
    enter() {
      const retryInMs = timesOpened > 0 ? Math.max(0, openUntil - clock.now()) : 0
      if (retryInMs > 0 || isProbing) return { retryInMs, because }
      const entered = epoch
      const isProbe = timesOpened > 0
      isProbing = isProbe
      return {
        isProbe,
        succeed: () => {
          if (epoch === entered) succeed()
        },
        fail: (error) => {
          if (epoch === entered) fail(error)
        },
        end: () => {
          if (epoch === entered) isProbing = false
        },
      }
    },
  }
}
