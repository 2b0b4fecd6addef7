/** A signal that aborts when the process is asked to stop. */
export interface Stop extends Disposable {
  readonly signal: AbortSignal
}

/** Listens for Ctrl-C and for being told to end: the first asks to stop, a second one ends the process at once. */
export function stopOnSignal(): Stop {
  const controller = new AbortController()
  const exitCodes = { SIGINT: 130, SIGTERM: 143 }
  const listeners = Object.entries(exitCodes).map(([signal, exitCode]) => {
    let toldAt: number | undefined
    const hear = () => {
      if (toldAt !== undefined && performance.now() - toldAt > sameKeyMs) process.exit(exitCode)
      toldAt ??= performance.now()
      controller.abort(new Error(`The process was told to stop (${signal}).`))
    }
    process.on(signal, hear)
    return () => process.off(signal, hear)
  })
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const leave of listeners) leave()
    },
  }
}

/** One Ctrl-C under npm comes twice: from the terminal and from npm. */
const sameKeyMs = 200
