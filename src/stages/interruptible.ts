/** Waits that can be cut short. */
export interface Interruptible {
  /** What the work gives; once interrupted, the reason instead, at once. The work itself goes on unheard. */
  wait<T>(work: Promise<T>): Promise<T>
  /** Ends the wait that is under way, and every later one. The first reason stands. */
  interrupt(reason: unknown): void
}

/**
 * One wait after another, which all end when `interrupt` is called. Costs one promise a wait, and leaves nothing on the work
 * or on a signal: `Promise.race` against a lasting promise would grow with every wait.
 */
export function interruptible(): Interruptible {
  let giveUp: ((reason: unknown) => void) | undefined
  let interrupted: { readonly reason: unknown } | undefined
  return {
    wait: (work) =>
      new Promise((resolve, reject) => {
        giveUp = reject
        if (interrupted) reject(interrupted.reason)
        work.then(resolve, reject)
      }),
    interrupt: (reason) => {
      interrupted ??= { reason }
      giveUp?.(interrupted.reason)
    },
  }
}

/** What the work gives, or the signal's reason as soon as it aborts. Leaves no listener behind. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const waiting = interruptible()
  const abort = () => waiting.interrupt(signal.reason)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  try {
    return await waiting.wait(work)
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
