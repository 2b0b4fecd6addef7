import type { Clock } from '../core/clock.ts'
import { cutOff } from '../core/cut-off.ts'
import { DeadlineExceeded } from '../errors/index.ts'
import { reasonToLeave } from '../errors/reason-to-leave.ts'

/** The time that a pattern has for all that it does. */
export interface TimeLimit {
  /** What is left, in milliseconds; undefined where the caller set no limit. Throws `DeadlineExceeded` where nothing is. */
  left(): number | undefined
  /** What the work gives; throws as soon as the time is over or the caller leaves. The work itself goes on unheard. */
  wait<T>(work: Promise<T>): Promise<T>
}

/** Begins now, and ends after `timeoutMs`. */
export function inTime(
  clock: Clock,
  { timeoutMs, signal }: { readonly timeoutMs?: number; readonly signal?: AbortSignal },
  model: string,
): TimeLimit {
  const startedAt = clock.now()
  const left = () => {
    if (timeoutMs === undefined) return undefined
    const rest = timeoutMs - (clock.now() - startedAt)
    if (rest <= 0) throw new DeadlineExceeded(timeoutMs, model)
    return rest
  }
  return {
    left,
    wait: async (work) => {
      // Where the time is over already, nobody waits for the work.
      work.catch(() => undefined)
      const ended = await cutOff(() => work, { clock, timeoutMs: left(), signal })
      switch (ended.type) {
        case 'done':
          return ended.value
        case 'failed':
          throw ended.cause
        case 'timed-out':
          throw new DeadlineExceeded(timeoutMs ?? 0, model)
        case 'stopped':
          throw reasonToLeave(signal)
      }
    },
  }
}
