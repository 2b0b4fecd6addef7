import type { Call } from '../core/call.ts'
import type { Delta } from '../core/delta.ts'
import { milliseconds } from '../core/figures.ts'
import { resume, type Stage } from '../core/handler.ts'
import type { Reply } from '../core/reply.ts'
import type { Target } from '../core/target.ts'
import { asInseamError, errorCodes, InseamError } from '../errors/index.ts'
import { type Breaker, type BreakerOptions, createBreaker, type Refusal } from './breaker.ts'
import { aliasOf, targetOf } from './routed.ts'

/** When breakers open, and for how long. */
export type BreakOptions = BreakerOptions

/**
 * A circuit breaker per provider, model and credential. Closed, it counts failures in a row that are the target's fault.
 * Open, it sends the call on at once, for nothing. After its time one call probes; the first delta or the reply closes it.
 */
export function breakCircuit(options: BreakOptions): Stage {
  const breakers = new Map<string, Breaker>()
  const breakerOf = ({ name, credential }: Target): Breaker => {
    const key = `${name} ${credential}`
    const breaker = breakers.get(key) ?? createBreaker(options)
    breakers.set(key, breaker)
    return breaker
  }
  return (next) =>
    async function* breakCircuit(call) {
      const target = targetOf(call)
      const passage = breakerOf(target).enter()
      if (!('isProbe' in passage)) throw refuse(passage, target, call)
      const askedAt = options.clock.now()
      try {
        const reply = yield* passage.isProbe ? onFirst(next(call), passage.succeed) : next(call)
        passage.succeed()
        return reply
      } catch (thrown) {
        const error = asInseamError(thrown)
        if (isItsFault(error, call, options.clock.now() - askedAt)) passage.fail(error)
        else if (isAnswer(error)) passage.succeed()
        throw error
      } finally {
        passage.end()
      }
    }
}

function refuse({ retryInMs, because }: Refusal, { name }: Target, call: Call): InseamError {
  call.story.note({ type: 'breaker-open', target: name, retryInMs })
  const until = retryInMs > 0 ? `open for ${milliseconds(Math.ceil(retryInMs))} more` : 'waiting for its probe'
  return new InseamError('breaker-open', `${name} is not asked: its circuit breaker is ${until}, after "${because}".`, {
    fix: `Look at its last failures (\`inseam explain\`); add a target to "${aliasOf(call).name}" to fall back to.`,
    retryAfterMs: retryInMs > 0 ? retryInMs : undefined,
  })
}

/** Tells of the first step, so that a long stream that has begun well does not keep everyone else waiting for its end. */
async function* onFirst(
  answer: AsyncGenerator<Delta, Reply, void>,
  tell: () => void,
): AsyncGenerator<Delta, Reply, void> {
  const first = await answer.next()
  tell()
  return yield* resume(first, answer)
}

/**
 * A passed deadline counts only where it was the operator's, and where the target had half of its time: neither a hurried
 * caller nor a slow target before this one may open the breaker.
 */
function isItsFault({ code }: InseamError, call: Call, tookMs: number): boolean {
  if (code !== 'deadline-exceeded') return errorCodes[code].tripsBreaker
  const { totalMs } = aliasOf(call).timeouts
  return (call.timeoutMs ?? totalMs) >= totalMs && tookMs >= totalMs / 2
}

/** Whether the provider works and refused this very request. */
function isAnswer(error: InseamError): boolean {
  return error.advice === 'stop' && 'providerStatus' in error
}
