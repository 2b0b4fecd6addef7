import { writeSync } from 'node:fs'

/** How the process was told to stop. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** What listening for signals to stop needs. */
export interface UntilToldToStopOptions {
  /** Whether a terminal that goes away is one too. */
  readonly onHangUp: boolean
  /** What is said, on the error channel, before a second signal ends the process: what is lost. Default: nothing. */
  readonly lastWords?: () => string
}

/** Resolves with the first signal to stop; a further one ends the process at once, with 128 and the signal's number. */
export function untilToldToStop({ onHangUp, lastWords }: UntilToldToStopOptions): Promise<StopSignal> {
  const signals = { SIGINT: 130, SIGTERM: 143, ...(onHangUp && { SIGHUP: 129 }) }
  return new Promise((resolve) => {
    let toldAt: number | undefined
    for (const [signal, exitCode] of Object.entries(signals)) {
      process.on(signal, () => {
        if (toldAt !== undefined && performance.now() - toldAt > sameKeyMs) {
          if (lastWords) writeSync(process.stderr.fd, `${lastWords()}\n`)
          process.exit(exitCode)
        }
        toldAt ??= performance.now()
        resolve(signal as StopSignal)
      })
    }
  })
}

/** One Ctrl-C under `npm start` comes twice, where the shell that npm starts makes way for us: from the terminal and from npm. */
const sameKeyMs = 200
