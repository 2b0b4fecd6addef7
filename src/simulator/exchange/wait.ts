/** Resolves to true after `ms`, or to false as soon as the signal aborts. */
export function wait(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false)
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms, true)
    const leave = () => done(false)
    signal.addEventListener('abort', leave, { once: true })
    function done(waited: boolean): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', leave)
      resolve(waited)
    }
  })
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Lets what arrived in the meantime be noticed. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
