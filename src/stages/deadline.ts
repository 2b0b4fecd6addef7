import type { Clock } from '../core/clock.ts'
import type { Stage } from '../core/handler.ts'
import { asInseamError, DeadlineExceeded, isInseamError } from '../errors/index.ts'
import { reasonToLeave } from '../errors/reason-to-leave.ts'
import { aliasOf } from './routed.ts'

/**
 * Turns the alias's `timeout.total` and the caller's own limit into one absolute deadline, which everything below shares,
 * and into one signal that aborts when it passes or when the caller leaves. Time that passed before the call reached this
 * stage counts, and so does that of the work it goes on with. Leaves no timer and no listener behind.
 */
export function deadline({ clock }: { readonly clock: Clock }): Stage {
  return (next) =>
    async function* deadline(call) {
      const alias = aliasOf(call)
      const { totalMs } = alias.timeouts
      const { timeoutMs = Number.POSITIVE_INFINITY, story, since = story.startedAt } = call
      const limitMs = Math.min(totalMs, timeoutMs)
      const deadlineAt = Math.min(call.deadlineAt, since + totalMs, story.startedAt + timeoutMs)
      const controller = new AbortController()
      const expire = () => controller.abort(new DeadlineExceeded(limitMs, alias.name))
      const leave = () => controller.abort(reasonToLeave(call.signal))

      if (call.signal.aborted) throw reasonToLeave(call.signal)
      const leftMs = deadlineAt - clock.now()
      if (leftMs <= 0) throw new DeadlineExceeded(limitMs, alias.name)
      const timer = clock.timer(leftMs, expire)
      call.signal.addEventListener('abort', leave, { once: true })
      try {
        return yield* next({ ...call, deadlineAt, signal: controller.signal })
      } catch (thrown) {
        throw controller.signal.aborted ? withWhatArrived(controller.signal.reason, thrown) : thrown
      } finally {
        timer.cancel()
        call.signal.removeEventListener('abort', leave)
      }
    }
}

/** The reason for the abort stands, whatever the stages below made of it; what they had brought is kept. */
function withWhatArrived(reason: unknown, thrown: unknown): unknown {
  if (isInseamError(reason)) reason.arrived ??= asInseamError(thrown).arrived
  return reason
}
