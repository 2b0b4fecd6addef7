import type { Clock } from '../core/clock.ts'

/** How many calls a target is given at once, as it takes them. */
export interface AdaptiveLimit {
  /** Whether there is none. */
  readonly isOff: boolean
  /** In flight at most; infinite where it is off. */
  value(): number
  /** Somebody waits because of it. */
  hit(): void
  /** The call with this number, counted by admission, was answered. */
  success(admitted: number): void
  /** The target turned the call with this number away for being one too many. What the limit was and is, where that lowered it. */
  pushback(admitted: number, state: PushbackState): Lowered | undefined
}

/** How things stood when a target pushed back. */
export interface PushbackState {
  /** The call that was turned away included. */
  readonly inFlight: number
  /** The number of the call that was admitted last. */
  readonly lastAdmitted: number
  /** The target asks for slow growth, and not for fewer calls alone. */
  readonly isRamp: boolean
}

/** A limit that was lowered. */
export interface Lowered {
  /** Infinite where there was none. */
  readonly from: number
  readonly to: number
}

const decrease = 0.7
/** A call that was alone says nothing of how many are too many: then so many at once, and more with each that is answered. */
const afterOneAlone = 4
const forgottenAfterMs = 10 * 60_000
const rampMs = 15 * 60_000
const rampGrowth = 1.5
/** By then the ramp allows ten times what it began with. */
const rampForgottenAfterMs = 90 * 60_000

/**
 * Additive increase, multiplicative decrease, as TCP does (Chiu and Jain, 1989) and Netflix's concurrency-limits (`AIMDLimit`): off
 * until the first pushback, or `initial`; then 0.7 of what was in flight. A window is what was admitted since the last change: what
 * was admitted before is news of the old limit, so that one crowd lowers it once. One more is let in for each window of successes
 * in which somebody waited because of it; before the first crowd (`initial`, a call that was alone) one more for each success, as in
 * TCP's slow start. Forgotten ten minutes after the last pushback.
 *
 * After OpenAI's `slow_down` it grows by half in 15 minutes at most, as OpenAI's rate-limit guide asks of traffic that was ramped up
 * too fast. As many in flight is as many a minute while answers take equally long (Little's law).
 */
export function createAdaptiveLimit({
  clock,
  initial = Number.POSITIVE_INFINITY,
}: {
  readonly clock: Clock
  readonly initial?: number
}): AdaptiveLimit {
  let limit = initial
  /** From here on it grows by windows. */
  let threshold = Number.POSITIVE_INFINITY
  let changedAt = 0
  let successes = 0
  let wasHit = false
  let loweredAt: number | undefined
  let ramp: { readonly from: number; readonly at: number } | undefined

  const forget = () => {
    limit = initial
    threshold = Number.POSITIVE_INFINITY
    loweredAt = undefined
    ramp = undefined
  }
  const grow = () => {
    limit++
    successes = 0
    wasHit = false
  }
  return {
    get isOff() {
      return limit === Number.POSITIVE_INFINITY
    },
    value() {
      if (loweredAt === undefined) return limit
      const now = clock.now()
      if (now - loweredAt > (ramp ? rampForgottenAfterMs : forgottenAfterMs)) forget()
      if (!ramp) return limit
      return Math.max(1, Math.min(limit, Math.floor(ramp.from * rampGrowth ** ((now - ramp.at) / rampMs))))
    },
    hit() {
      wasHit = true
    },
    success(admitted) {
      if (limit === Number.POSITIVE_INFINITY || admitted <= changedAt) return
      successes++
      if (!wasHit) {
        if (successes >= limit) successes = 0
      } else if (limit < threshold || successes >= limit) grow()
    },
    pushback(admitted, { inFlight, lastAdmitted, isRamp }) {
      if (loweredAt !== undefined && admitted <= changedAt) return undefined
      const from = limit
      const crowd = Math.min(limit, inFlight)
      limit = crowd > 1 ? Math.max(1, Math.floor(crowd * decrease)) : Math.min(limit, afterOneAlone)
      threshold = crowd > 1 ? limit : threshold
      changedAt = lastAdmitted
      successes = 0
      wasHit = false
      loweredAt = clock.now()
      if (isRamp) ramp = { from: limit, at: loweredAt }
      return limit < from ? { from, to: limit } : undefined
    },
  }
}
