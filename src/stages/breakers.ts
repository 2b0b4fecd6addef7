import type { BreakerHints } from '../core/breaker-hints.ts'
import type { Clock } from '../core/clock.ts'
import type { Target } from '../core/target.ts'
import { type ErrorCode, errorCodes } from '../errors/index.ts'
import { type Breaker, type BreakerStanding, createBreaker } from './breaker.ts'

/** A circuit breaker for each provider, model and credential. */
export interface Breakers {
  of(target: Target): Breaker
  /** Those that are open now, by target. Of keys that callers brought, none. */
  open(): readonly OpenBreaker[]
  /** What is known of these providers' targets holds no more: they were configured anew. */
  forget(providers: ReadonlySet<string>): void
}

/** A breaker that is open, and whose. */
export interface OpenBreaker extends BreakerStanding {
  readonly target: string
}

/** What breakers share. */
export interface BreakersOptions {
  readonly clock: Clock
  readonly random: () => number
  /** Default 1,000. Callers choose names of models; more than these are not remembered. */
  readonly most?: number
  /** What other processes find out. Default: nothing is told and nothing heard. */
  readonly hints?: BreakerHints
}

interface Kept {
  readonly provider: string
  readonly target: string
  readonly breaker: Breaker
  /** Whether it is of a key that a caller brought: those come and go. */
  readonly isGuest: boolean
}

/** Keeps breakers by name, within bounds: those with nothing to remember go first, then those of callers' own keys, then the one that was made first. */
export function createBreakers({ clock, random, most = 1_000, hints }: BreakersOptions): Breakers {
  const kept = new Map<string, Kept>()
  /** Hints of targets that nobody has asked for here, and until when they are news. */
  const early = new Map<string, { readonly because: ErrorCode; readonly until: number }>()
  hints?.onHint(({ breaker, because }) => {
    if (!isErrorCode(because)) return
    const known = kept.get(breaker)
    if (known) return known.breaker.suspect(because)
    for (const [key, { until }] of early) if (until <= clock.now()) early.delete(key)
    if (early.size < most) early.set(breaker, { because, until: clock.now() + newsMs })
  })
  const heardEarly = (key: string): ErrorCode | undefined => {
    const hint = early.get(key)
    early.delete(key)
    return hint && hint.until > clock.now() ? hint.because : undefined
  }
  const makeRoom = () => {
    for (const [key, { breaker }] of kept) if (breaker.isAtRest) kept.delete(key)
    if (kept.size < most) return
    const [oldest] = [...kept].find(([, { isGuest }]) => isGuest) ?? [...kept.keys()]
    if (oldest !== undefined) kept.delete(oldest)
  }
  return {
    of({ name, provider, credential, insteadOf, breaker: policy }) {
      const key = `${name} ${credential}`
      const known = kept.get(key)
      if (known) return known.breaker
      if (kept.size >= most) makeRoom()
      // Nobody else has calls with a key that a caller brought here.
      const told = insteadOf ? undefined : hints
      const onFailing = told && ((because: ErrorCode) => told.tell({ breaker: key, because }))
      const breaker = createBreaker({ clock, random, policy, onFailing })
      const because = heardEarly(key)
      if (because) breaker.suspect(because)
      kept.set(key, { provider, target: name, breaker, isGuest: insteadOf !== undefined })
      return breaker
    },
    open: () =>
      [...kept.values()].flatMap(({ target, breaker, isGuest }) => {
        const { standing } = breaker
        return standing && !isGuest ? [{ target, ...standing }] : []
      }),
    forget(providers) {
      for (const [key, { provider }] of kept) if (providers.has(provider)) kept.delete(key)
    },
  }
}

/** How long a hint of a target is news that is asked for here for the first time, in milliseconds. */
const newsMs = 10_000

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorCodes, code)
