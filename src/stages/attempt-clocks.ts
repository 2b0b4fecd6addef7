import type { Timeouts } from '../core/alias.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { ClockName } from '../errors/index.ts'

/** The clocks of one attempt, of which one runs at a time. */
export interface AttemptClocks {
  /** The provider has the request. */
  connected(): void
  /** Response headers came. */
  answered(): void
  /** Content came: from now on only content keeps the idle clock from running out. */
  content(): void
  /** The reader has the floor: nothing is held against the provider. */
  pause(): void
  /** The provider has the floor again. */
  resume(): void
  stop(): void
}

/**
 * Runs the clocks of an attempt: connect; then, for a stream, headers, first token (counted from the request, headers or
 * not) and idle. A unary call has no headers until generation ends, so there only connect runs, beside the deadline of
 * the call.
 */
export function startClocks(
  clock: Clock,
  timeouts: Timeouts,
  { isStream, expire }: { readonly isStream: boolean; readonly expire: (name: ClockName, afterMs: number) => void },
): AttemptClocks {
  const { connectMs, headersMs, firstTokenMs, idleMs } = timeouts
  let running: ClockName
  let timer: Timer | undefined
  let isPaused = false
  let mustRestart = false
  let askedAt = clock.now()

  const start = (name: ClockName, limitMs: number, afterMs = limitMs): void => {
    timer?.cancel()
    running = name
    timer = clock.timer(afterMs, () => {
      if (isPaused) mustRestart = true
      else expire(name, limitMs)
    })
  }

  start('connect', connectMs)
  return {
    connected: () => {
      askedAt = clock.now()
      if (!isStream) timer?.cancel()
      else if (firstTokenMs <= headersMs) start('first-token', firstTokenMs)
      else start('headers', headersMs)
    },
    answered: () => {
      if (!isStream) timer?.cancel()
      else if (running === 'connect' || running === 'headers')
        start('first-token', firstTokenMs, firstTokenMs - (clock.now() - askedAt))
    },
    content: () => {
      if (!isStream) return
      if (running !== 'idle') start('idle', idleMs)
      mustRestart = true
    },
    pause: () => {
      isPaused = true
    },
    resume: () => {
      isPaused = false
      if (!mustRestart) return
      mustRestart = false
      timer?.refresh()
    },
    stop: () => timer?.cancel(),
  }
}
