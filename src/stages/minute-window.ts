import { createMinuteCount } from '../core/minute-count.ts'

/** Counts what was used in the last minute, against a limit. */
export interface MinuteWindow {
  /** How long until so much more fits, in milliseconds; 0 where it does. More than the limit fits where nothing was used. */
  waitMs(amount: number, now: number): number
  /** Uses so much; gives the second that it was used in. */
  take(amount: number, now: number): number
  /** What was taken in that second was so much more, or less. */
  correct(second: number, by: number): void
}

/** There is never more than the limit in any sixty seconds, wherever they begin. */
export function createMinuteWindow(limit: number): MinuteWindow {
  const { used, waitMs, take, correct } = createMinuteCount()
  return {
    waitMs: (amount, now) => waitMs(used(now) + Math.min(amount, limit) - limit, now),
    take,
    correct,
  }
}
