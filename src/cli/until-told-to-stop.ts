/** Resolves with the first signal to stop; a further one ends the process at once. `onHangUp`: a terminal that goes away is one too. */
export function untilToldToStop(onHangUp: boolean): Promise<void> {
  const signals = { SIGINT: 130, SIGTERM: 143, ...(onHangUp && { SIGHUP: 129 }) }
  return new Promise((resolve) => {
    let toldAt: number | undefined
    for (const [signal, exitCode] of Object.entries(signals)) {
      process.on(signal, () => {
        if (toldAt !== undefined && performance.now() - toldAt > sameKeyMs) process.exit(exitCode)
        toldAt ??= performance.now()
        resolve()
      })
    }
  })
}

/** One Ctrl-C under `npm start` comes twice, where the shell that npm starts makes way for us: from the terminal and from npm. */
const sameKeyMs = 200
