import type { Clock } from '../../core/clock.ts'

/** When a worker that ended is started again. */
export interface Restarts {
  /** It is up. */
  isUp(): void
  /** It ended: how long to wait before the next start, in milliseconds; undefined where it ends whenever it is started. */
  next(): number | undefined
}

const firstMs = 100
const longestMs = 5_000
/** A worker that lived so long did not end because it was started. */
const healthyMs = 10_000
const mostInRow = 6

/** Restarts of one worker: at once or nearly after a long life, twice as late each time after short ones, and never after six of those. */
export function createRestarts(clock: Clock): Restarts {
  let inRow = 0
  let upAt: number | undefined
  return {
    isUp() {
      upAt = clock.now()
    },
    next() {
      const isHealthy = upAt !== undefined && clock.now() - upAt >= healthyMs
      upAt = undefined
      inRow = isHealthy ? 1 : inRow + 1
      return inRow >= mostInRow ? undefined : Math.min(longestMs, firstMs * 2 ** (inRow - 1))
    },
  }
}
