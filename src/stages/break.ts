import type { Call } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import type { Handler, Stage } from '../core/handler.ts'
import type { Target } from '../core/target.ts'
import { asInseamError, errorCodes, InseamError } from '../errors/index.ts'
import { pushbackOf } from './back-off.ts'
import { aliasOf, targetOf } from './routed.ts'

/** When a breaker opens, and for how long. */
export interface BreakOptions {
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

interface Breaker {
  failuresInRow: number
  /** How often it opened since it last saw a success. */
  timesOpened: number
  openUntil: number
  isProbing: boolean
}

/**
 * A circuit breaker per provider, model and credential. Closed, it counts failures in a row that are the target's fault.
 * Open, it sends the call on at once, for nothing. After its time one call probes; a success closes it.
 */
export function breakCircuit(options: BreakOptions): Stage {
  const { clock, failures = 5, openMs = 5_000, maxOpenMs = 60_000, quotaMs = 60_000 } = options
  const breakers = new Map<string, Breaker>()

  const breakerOf = ({ name, credential }: Target): Breaker => {
    const key = `${name} ${credential}`
    const known = breakers.get(key)
    if (known) return known
    const breaker: Breaker = { failuresInRow: 0, timesOpened: 0, openUntil: 0, isProbing: false }
    breakers.set(key, breaker)
    return breaker
  }
  const open = (breaker: Breaker, forMs: number): void => {
    breaker.timesOpened++
    breaker.openUntil = clock.now() + forMs
  }
  const fail = (breaker: Breaker, error: InseamError): void => {
    breaker.failuresInRow++
    if (error.code === 'quota-exhausted') open(breaker, pushbackOf(error) ?? quotaMs)
    else if (breaker.failuresInRow >= failures) open(breaker, Math.min(maxOpenMs, openMs * 2 ** breaker.timesOpened))
  }
  const succeed = (breaker: Breaker): void => {
    Object.assign(breaker, { failuresInRow: 0, timesOpened: 0, openUntil: 0 })
  }

  return (next: Handler) =>
    async function* breakCircuit(call) {
      const target = targetOf(call)
      const breaker = breakerOf(target)
      const isProbe = breaker.timesOpened > 0
      const retryInMs = breaker.openUntil - clock.now()
      if (retryInMs > 0 || (isProbe && breaker.isProbing)) {
        call.story.note({ type: 'breaker-open', target: target.name, retryInMs: Math.max(0, retryInMs) })
        throw new InseamError(
          'breaker-open',
          `${target.name} is not asked: its circuit breaker is open for ${Math.ceil(Math.max(0, retryInMs))} ms more.`,
          {
            fix: `Look at its last failures (\`inseam explain\`); add a target to "${aliasOf(call).name}" to fall back to.`,
          },
        )
      }
      breaker.isProbing = isProbe
      try {
        const reply = yield* next(call)
        succeed(breaker)
        return reply
      } catch (thrown) {
        const error = asInseamError(thrown)
        if (isItsFault(error, call)) fail(breaker, error)
        else if (error.advice === 'stop' && !call.signal.aborted) succeed(breaker)
        throw error
      } finally {
        if (isProbe) breaker.isProbing = false
      }
    }
}

/** A passed deadline counts only where it was the operator's: a hurried caller must not open the breaker for all. */
function isItsFault({ code }: InseamError, call: Call): boolean {
  if (code !== 'deadline-exceeded') return errorCodes[code].tripsBreaker
  return call.timeoutMs === undefined || call.timeoutMs >= aliasOf(call).timeouts.totalMs
}
