import type { Clock } from '../../core/clock.ts'
import { CallAborted, DeadlineExceeded } from '../../errors/index.ts'

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
      // Where the time is over already, nobody hears how the work ends.
      work.catch(() => undefined)
      const rest = left()
      let stop: (error: Error) => void = () => undefined
      const stopped = new Promise<never>((_, reject) => {
        stop = reject
      })
      const leave = () => stop(new CallAborted(signal?.reason))
      const timer =
        rest === undefined ? undefined : clock.timer(rest, () => stop(new DeadlineExceeded(timeoutMs ?? 0, model)))
      if (signal?.aborted) leave()
      signal?.addEventListener('abort', leave, { once: true })
      try {
        return await Promise.race([work, stopped])
      } finally {
        timer?.cancel()
        signal?.removeEventListener('abort', leave)
      }
    },
  }
}
