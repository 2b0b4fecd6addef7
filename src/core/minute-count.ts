/** What was used, by the second. A second counts until it is wholly out of the last sixty. */
export interface MinuteCount {
  /** What counts now. */
  used(now: number): number
  /** Uses so much; gives the second that it was used in. */
  take(amount: number, now: number): number
  /** What was taken in that second was so much more, or less. */
  correct(second: number, by: number): void
  /** How long until so much of what counts now counts no more, in milliseconds. */
  waitMs(amount: number, now: number): number
  /** How long until nothing counts any more, in milliseconds. */
  resetMs(now: number): number
}

/** Seconds that count beside the one that runs: no sixty seconds, wherever they begin, hold more than was counted at their end. */
export const countedSeconds = 60

/** Nothing is used yet. Times are milliseconds of one clock that never goes backwards. */
export function createMinuteCount(): MinuteCount {
  const seconds = new Map<number, number>()
  let sum = 0
  let last = Number.NEGATIVE_INFINITY

  const secondAt = (now: number) => {
    const second = Math.floor(now / 1_000)
    for (const [old, amount] of seconds) {
      if (old >= second - countedSeconds) break
      seconds.delete(old)
      sum -= amount
    }
    return second
  }
  return {
    used(now) {
      secondAt(now)
      return sum
    },
    take(amount, now) {
      const second = secondAt(now)
      seconds.set(second, (seconds.get(second) ?? 0) + amount)
      sum += amount
      last = second
      return second
    },
    correct(second, by) {
      const taken = seconds.get(second)
      if (taken === undefined) return
      const change = Math.max(by, -taken)
      seconds.set(second, taken + change)
      sum += change
    },
    waitMs(amount, now) {
      secondAt(now)
      let left = amount
      for (const [second, taken] of seconds) {
        if (left <= 0) break
        left -= taken
        if (left <= 0) return leavesAt(second) - now
      }
      return 0
    },
    resetMs: (now) => Math.max(0, leavesAt(last) - now),
  }
}

/** When a second counts no more. */
const leavesAt = (second: number) => (second + countedSeconds + 1) * 1_000
