import { type BreakerPolicy, defaultBreakerPolicy } from '../core/breaker-policy.ts'
import type { Clock } from '../core/clock.ts'
import type { ErrorCode, InseamError } from '../errors/index.ts'
import { createFailureShare } from './failure-share.ts'

/** What a breaker is made of. */
export interface BreakerOptions {
  readonly clock: Clock
  /** For jitter: from 0 to 1. */
  readonly random: () => number
  /** Default {@link defaultBreakerPolicy}. */
  readonly policy?: BreakerPolicy
  /** Told when it opens for a target that fails. Must neither throw nor take long. */
  readonly onFailing?: (because: ErrorCode) => void
}

/** Why a breaker lets nothing through. */
export interface Refusal {
  /** When it lets its next probe through. */
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
  /** It never reached the target, or came back without a word on its health: where it was a probe, the next call is one. */
  waive(): void
}

/** How an open breaker stands. */
export interface BreakerStanding extends Refusal {
  readonly opened: Opened
}

/** The state of one circuit breaker. */
export interface Breaker {
  /** `isLast`: whether nobody else is left to be asked. */
  enter(isLast: boolean): Passage | Refusal
  /** Asked later, tells why a call that was let through and has waited since must not go on: it has opened meanwhile. */
  watch(): () => Refusal | undefined
  /**
   * Another process has found that the target fails: the next call here is a probe, and until it has succeeded others are better. Nobody is
   * refused for a hint who has no other way, and what opened by itself stays as it is.
   */
  suspect(because: ErrorCode): void
  /** How it stands where it is open; undefined where it is closed. */
  readonly standing: BreakerStanding | undefined
  /** Closed, and with nothing to remember: a new one would do the same. */
  readonly isAtRest: boolean
}

/**
 * - `failing`: so many failures in a row that it does not answer.
 * - `ejected`: it fails often, and answers now and then, or others say so: others are better, and it is better than none.
 * - `quota`: its quota is used up until a stated time.
 */
type Opened = 'failing' | 'ejected' | 'quota'

/** Below so many calls in the window their share of failures says nothing; after Hystrix's `requestVolumeThreshold`. */
const fewestCalls = 20

/** How long a quota that states no reset keeps it open, in milliseconds. */
const quotaMs = 60_000

/**
 * A circuit breaker. Closed, it counts failures in a row, and their share of the calls of the window; unknown targets are closed. Open,
 * it lets one call through an interval, whatever becomes of that (one that hangs does not keep the target out), and refuses all others;
 * the first probe that succeeds closes it. The interval is shortened by up to a tenth, so that replicas do not probe together.
 */
export function createBreaker({ clock, random, policy = defaultBreakerPolicy, onFailing }: BreakerOptions): Breaker {
  const share = createFailureShare(clock, policy.windowMs)
  let failuresInRow = 0
  let opened: Opened | undefined
  let nextProbeAt = 0
  let because: ErrorCode | undefined
  let epoch = 0

  const interval = () => policy.probeEveryMs * (1 - random() / 10)

  const open = (how: Opened, forMs: number) => {
    opened = how
    nextProbeAt = clock.now() + forMs
    failuresInRow = 0
    epoch++
  }
  const succeed = (isProbe: boolean) => {
    failuresInRow = 0
    if (!opened) share.add(false)
    if (!isProbe) return
    opened = undefined
    share.clear()
    epoch++
  }
  const fail = (error: InseamError, isProbe: boolean) => {
    because = error.code
    if (error.code === 'quota-exhausted') return open('quota', error.retryAfterMs ?? quotaMs)
    // The next probe was set when this one was let through.
    if (isProbe) return
    failuresInRow++
    if (!opened) share.add(true)
    if (failuresInRow >= policy.failures) {
      if (opened !== 'failing') onFailing?.(error.code)
      open('failing', interval())
    } else if (!opened && failsOften()) open('ejected', interval())
  }
  const failsOften = () => {
    const { calls, failures } = share.read()
    return calls >= fewestCalls && failures >= calls * policy.ratio
  }
  const pass = (isProbe: boolean): Passage => {
    const entered = epoch
    return {
      isProbe,
      succeed: () => {
        if (epoch === entered) succeed(isProbe)
      },
      fail: (error) => {
        if (epoch === entered) fail(error, isProbe)
      },
      waive: () => {
        if (isProbe && epoch === entered) nextProbeAt = clock.now()
      },
    }
  }

  return {
    enter(isLast) {
      if (!opened) return pass(false)
      const retryInMs = nextProbeAt - clock.now()
      if (retryInMs <= 0) {
        nextProbeAt = clock.now() + interval()
        return pass(true)
      }
      return opened === 'ejected' && isLast ? pass(false) : { retryInMs, because }
    },
    watch() {
      const since = epoch
      return () => (opened && epoch !== since ? { retryInMs: nextProbeAt - clock.now(), because } : undefined)
    },
    suspect(code) {
      if (opened) return
      // Calls under way go on, and count.
      opened = 'ejected'
      nextProbeAt = clock.now()
      because = code
    },
    get standing() {
      return opened && { opened, because, retryInMs: Math.max(0, nextProbeAt - clock.now()) }
    },
    get isAtRest() {
      return !opened && failuresInRow === 0 && share.read().failures === 0
    },
  }
}
