import type { LoadClass } from '../core/load-class.ts'

/** Somebody who waits. */
export interface Waiting {
  readonly loadClass: LoadClass
  /** On the monotonic clock. */
  readonly deadlineAt: number
}

/** Those who wait, in the order in which they go. */
export interface WaitingLine<Waiter extends Waiting> {
  readonly size: number
  /** Who goes next. */
  first(): Waiter | undefined
  /** How many of a class wait. */
  count(loadClass: LoadClass): number
  /** How many would go before this one. */
  ahead(waiter: Waiting): number
  add(waiter: Waiter): void
  remove(waiter: Waiter): void
  /** The batch call that would go last. */
  lastBatch(): Waiter | undefined
}

/**
 * What is interactive first; within a class the earliest deadline first, and of equal ones whoever came first. Under overload last-in
 * first-out serves the few who have just come and lets the others run out of time; here those who could not be served in time are
 * turned away when they come, so that whoever waits can be served, and the one with the least time goes first. It is the order that
 * meets all deadlines where any order does (Liu and Layland, 1973).
 */
export function createWaitingLine<Waiter extends Waiting>(): WaitingLine<Waiter> {
  const lines: Readonly<Record<LoadClass, Waiter[]>> = { interactive: [], batch: [] }

  /** Where one with this deadline belongs: most come with the latest. */
  const placeOf = (line: readonly Waiter[], deadlineAt: number) => {
    let low = 0
    let high = line.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((line[middle]?.deadlineAt ?? 0) <= deadlineAt) low = middle + 1
      else high = middle
    }
    return low
  }
  return {
    get size() {
      return lines.interactive.length + lines.batch.length
    },
    first: () => lines.interactive[0] ?? lines.batch[0],
    count: (loadClass) => lines[loadClass].length,
    ahead: ({ loadClass, deadlineAt }) =>
      placeOf(lines[loadClass], deadlineAt) + (loadClass === 'batch' ? lines.interactive.length : 0),
    add(waiter) {
      const line = lines[waiter.loadClass]
      line.splice(placeOf(line, waiter.deadlineAt), 0, waiter)
    },
    remove(waiter) {
      const line = lines[waiter.loadClass]
      const at = line[0] === waiter ? 0 : line.indexOf(waiter)
      if (at >= 0) line.splice(at, 1)
    },
    lastBatch: () => lines.batch.at(-1),
  }
}
