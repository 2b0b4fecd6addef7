import type { Call } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import type { Delta } from '../core/delta.ts'
import { resume, type Stage } from '../core/handler.ts'
import type { Reply } from '../core/reply.ts'
import { asInseamError, errorCodes, type InseamError } from '../errors/index.ts'
import { breakerOpen } from './breaker-open.ts'
import type { Breakers } from './breakers.ts'
import { aliasOf, targetOf } from './routed.ts'

/** What breaking needs. */
export interface BreakOptions {
  readonly clock: Clock
  readonly breakers: Breakers
}

/**
 * A circuit breaker per provider, model and credential. Closed, it counts failures that are the target's fault. Open, it sends the call
 * on at once, for nothing, but for one call an interval that probes; the first delta or the reply closes it. A target that only fails
 * often is asked all the same where nobody else is left.
 */
export function breakCircuit({ clock, breakers }: BreakOptions): Stage {
  return (next) =>
    async function* breakCircuit(call) {
      const target = targetOf(call)
      const passage = breakers.of(target).enter((call.fallbacksLeft ?? 0) === 0)
      if (!('isProbe' in passage)) throw breakerOpen(passage, target, call)
      const before = call.story.moments.length
      try {
        const reply = yield* passage.isProbe ? onFirst(next(call), passage.succeed) : next(call)
        passage.succeed()
        return reply
      } catch (thrown) {
        const error = asInseamError(thrown)
        if (isItsFault(error, call, askedForMs(call, before, clock))) passage.fail(error)
        else if (isAnswer(error)) passage.succeed()
        else if (!isCutShort(error)) passage.waive()
        throw error
      }
    }
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
 * caller nor a slow target before this one may open the breaker, nor may a queue before this one.
 */
function isItsFault({ code }: InseamError, call: Call, tookMs: number): boolean {
  if (code !== 'deadline-exceeded') return errorCodes[code].tripsBreaker
  const { totalMs } = aliasOf(call).timeouts
  return (call.timeoutMs ?? totalMs) >= totalMs && tookMs >= totalMs / 2
}

/** How long the target has been asked by the attempt that began after so many moments; 0 where none did. */
function askedForMs({ story, target }: Call, before: number, clock: Clock): number {
  const began = story.moments
    .slice(before)
    .findLast((moment) => moment.type === 'attempt-started' && moment.target === target?.name)
  return began ? clock.now() - story.startedAt - began.atMs : 0
}

/** Whether the provider works and refused this very request. */
function isAnswer(error: InseamError): boolean {
  return error.advice === 'stop' && 'providerStatus' in error
}

/** Whether it was waited for, and nobody waited long enough to know. */
function isCutShort({ code }: InseamError): boolean {
  return code === 'aborted' || code === 'deadline-exceeded'
}
