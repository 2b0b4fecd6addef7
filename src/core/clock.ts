/** A timer that was started. */
export interface Timer {
  /** Starts its wait anew. */
  refresh(): void
  /** Stops it for good. */
  cancel(): void
}

/** Time, as everything in the seam sees it: injected, so that behaviour in time is tested without waiting. */
export interface Clock {
  /** Milliseconds on a clock that never goes backwards. Deadlines are points on it. */
  now(): number
  /** Milliseconds since the Unix epoch, for records and for pushback dates only. */
  date(): number
  /** Calls `fire` once after `ms` milliseconds (at most 2^31 - 1; longer waits are cut to that). */
  timer(ms: number, fire: () => void): Timer
}

const longestTimerMs = 2 ** 31 - 1

/**
 * The machine's own clock. Its timers do not keep the process alive by themselves: the sockets that they guard do. Before one fires, what
 * has arrived meanwhile is heard: where the process was held up, timers come before the bytes that lie in its sockets, and whoever
 * sent those in time would be blamed.
 */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  timer(ms, fire) {
    let turn: NodeJS.Immediate | undefined
    const due = () => {
      turn = setImmediate(fire)
    }
    const timeout = setTimeout(due, Math.min(Math.max(ms, 0), longestTimerMs))
    return {
      refresh: () => {
        clearImmediate(turn)
        timeout.refresh()
      },
      cancel: () => {
        clearImmediate(turn)
        clearTimeout(timeout)
      },
    }
  },
}

/** Waits `ms` milliseconds, or rejects with the signal's reason as soon as it aborts. Leaves neither timer nor listener behind. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const abort = () => {
      timer.cancel()
      reject(signal.reason)
    }
    const timer = clock.timer(ms, () => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
    signal.addEventListener('abort', abort, { once: true })
  })
}
