import type { Call } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import type { LoadClass } from '../core/load-class.ts'
import type { Books } from '../core/ports.ts'
import type { Slot } from '../core/slot.ts'
import type { Target } from '../core/target.ts'
import { inputTokens, outputTokens, type Usage } from '../core/usage.ts'
import { isInseamError } from '../errors/index.ts'
import { createAdaptiveLimit } from './adaptive-limit.ts'
import type { OperatorLimits } from './operator-limits.ts'
import { Place, type PlaceKeeper } from './place.ts'
import { createProviderAllowances } from './provider-allowances.ts'
import { noTokens, roughAtMost, roughNeed, type TokenNeed, tokenNeed } from './token-need.ts'

/** Whose capacity it is. */
export interface TargetCapacityOptions {
  readonly clock: Clock
  readonly books: Pick<Books, 'estimate'>
  readonly target: Target
  /** The operator's, for the provider. */
  readonly operator: OperatorLimits
}

/** What a call asks for. */
export interface Ask {
  readonly loadClass: LoadClass
  readonly need: TokenNeed
}

/** What a target takes now. */
export interface TargetCapacity {
  readonly inFlight: number
  /** Whether nothing limits it, or no limit is near were this call let through. */
  hasPlenty(call: Call): boolean
  needOf(call: Call): TokenNeed
  /** The same, without reading the prompt where that will do. */
  quickNeedOf(call: Call): TokenNeed
  /** How long until a call may go, in milliseconds: 0 where it may now, infinite where another has to leave first. */
  waitMs(ask: Ask, now: number, interactiveWaits: boolean): number
  /** How long a call would wait behind so many, in milliseconds, as far as that is known. */
  likelyWaitMs(need: TokenNeed, ahead: number, now: number): number
  /** Takes a place, for a call that has waited since then. */
  open(call: Call, ask: Ask, now: number, since: number): Slot
}

/** How much the latest answer counts in how long an answer takes. */
const newest = 0.2

/**
 * Learns what a target takes from what becomes of the calls that were let through, and calls `changed` where the provider has said more of its
 * limits. A batch call may have every place but one, and half of them while anything interactive is about.
 */
export function createTargetCapacity(
  { clock, books, target, operator }: TargetCapacityOptions,
  changed: () => void,
): TargetCapacity {
  const limit = createAdaptiveLimit({ clock, initial: operator.limits.initialConcurrency })
  const allowances = createProviderAllowances()
  const inFlight: Record<LoadClass, number> = { interactive: 0, batch: 0 }
  let closedUntil = 0
  /** How long an answer takes, on average. */
  let answerMs: number | undefined

  const inFlightNow = () => inFlight.interactive + inFlight.batch
  const placesNow = () => Math.min(limit.value(), operator.limits.concurrency ?? Number.POSITIVE_INFINITY)
  const batchPlaces = (places: number, interactiveWaits: boolean) => {
    const isShared = inFlight.interactive > 0 || interactiveWaits
    return Math.max(1, isShared ? Math.floor(places / 2) : places - 1)
  }
  const needOf = (call: Call): TokenNeed => {
    const counts = allowances.countsTokens || operator.limits.tokensPerMinute !== undefined
    return counts ? tokenNeed(call, target, books) : noTokens
  }
  /** For everybody. Whether that is longer than it was closed for. */
  const closeFor = (ms: number, now: number): boolean => {
    if (now + ms <= closedUntil || ms <= 0) return false
    closedUntil = now + ms
    return true
  }
  const correct = ({ second, need }: Place, used: Usage) =>
    operator.correct(second, inputTokens(used) + outputTokens(used) - need.all)

  const keeper: PlaceKeeper = {
    answered: ({ taken }, limits) => {
      const now = clock.now()
      closeFor(allowances.learn(limits, now, taken), now)
      changed()
    },
    succeeded: (place, usage) => {
      const tookMs = clock.now() - place.startedAt
      answerMs = answerMs === undefined ? tookMs : answerMs + (tookMs - answerMs) * newest
      limit.success(place.taken.requests)
      correct(place, usage)
    },
    failed: (place, error) => {
      if (!isInseamError(error)) return
      if (error.arrived?.usage) correct(place, error.arrived.usage)
      if (error.code !== 'rate-limited' && error.code !== 'overloaded') return
      const { story } = place.call
      const { retryAfterMs = 0 } = error
      if (closeFor(retryAfterMs, clock.now()))
        story.note({ type: 'target-closed', target: target.name, ms: retryAfterMs })
      const lowered = limit.pushback(place.taken.requests, {
        inFlight: inFlightNow(),
        lastAdmitted: allowances.admitted,
        isRamp: 'providerCode' in error && error.providerCode === 'slow_down',
      })
      if (!lowered) return
      const from = Number.isFinite(lowered.from) ? lowered.from : undefined
      story.note({ type: 'limit-lowered', target: target.name, from, to: lowered.to })
    },
    released: ({ loadClass }) => {
      inFlight[loadClass]--
      // Whoever waits, here or for another model of the provider, waits there too.
      operator.leave()
    },
  }

  return {
    get inFlight() {
      return inFlightNow()
    },
    hasPlenty(call) {
      if (!limit.isOff || !operator.isOff) return false
      if (closedUntil > 0 && clock.now() < closedUntil) return false
      if (!allowances.countsTokens) return allowances.hasPlenty(noTokens)
      const rough = roughNeed(call, target)
      if (!rough) return false
      return allowances.hasPlenty({ input: rough.input * roughAtMost, all: rough.all * roughAtMost })
    },
    needOf,
    quickNeedOf: (call) => (allowances.countsTokens && roughNeed(call, target)) || needOf(call),
    waitMs({ loadClass, need }, now, interactiveWaits) {
      if (inFlightNow() >= limit.value()) {
        limit.hit()
        return Number.POSITIVE_INFINITY
      }
      if (loadClass === 'batch' && inFlight.batch >= batchPlaces(placesNow(), interactiveWaits))
        return Number.POSITIVE_INFINITY
      return Math.max(0, closedUntil - now, operator.waitMs(need.all, now), allowances.waitMs(need, now))
    },
    likelyWaitMs(need, ahead, now) {
      const places = placesNow()
      const turnMs = inFlightNow() >= places ? ((answerMs ?? 0) * (ahead + 1)) / places : 0
      const own = operator.waitMs(need.all, now)
      const stated = allowances.likelyWaitMs(need, now, ahead + 1)
      return Math.max(0, closedUntil - now, turnMs, Number.isFinite(own) ? own : 0, stated)
    },
    open(call, { loadClass, need }, now, since) {
      inFlight[loadClass]++
      const second = operator.enter(need.all, now)
      const taken = allowances.take(need, now)
      return new Place(keeper, { call, loadClass, need, queuedMs: now - since, startedAt: now, taken, second })
    },
  }
}
