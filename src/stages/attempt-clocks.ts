import type { Timeouts } from '../core/alias.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { ClockName } from '../errors/index.ts'

/** The clocks of one attempt, of which one runs at a time. */
export interface AttemptClocks {
  /** The provider has the request. */
  connected(): void
  /** Response headers came. */
  answered(): void
  /** Content came: from now on only content keeps the idle clock from firing. */
  content(): void
  /** We wait for the provider from now on; while the reader has the floor, nothing is held against the provider. */
  waiting(isWaiting: boolean): void
  stop(): void
}

/**
 * Runs the clocks of an attempt: connect; then, for a stream, headers, first token (counted from the request) and idle. A
 * unary call has no headers until generation ends, so there only connect runs, beside the deadline of the call.
 */
export function startClocks(
  clock: Clock,
  timeouts: Timeouts,
  { isStream, expire }: { readonly isStream: boolean; readonly expire: (name: ClockName, afterMs: number) => void },
): AttemptClocks {
  let isWaiting = true
  let isIdle = false
  let askedAt = 0
  let timer: Timer | undefined
  const start = (name: ClockName, afterMs: number, limitMs = afterMs): void => {
    timer?.cancel()
    timer = clock.timer(afterMs, () => {
      if (isWaiting) expire(name, limitMs)
    })
  }

  start('connect', timeouts.connectMs)
  return {
    connected() {
      askedAt = clock.now()
      if (isStream) start('headers', timeouts.headersMs)
      else timer?.cancel()
    },
    answered() {
      if (isStream)
        start('first-token', Math.max(0, timeouts.firstTokenMs - (clock.now() - askedAt)), timeouts.firstTokenMs)
    },
    content() {
      if (isStream && !isIdle) start('idle', timeouts.idleMs)
      isIdle = isStream
    },
    waiting(now) {
      if (now && !isWaiting && isIdle) timer?.refresh()
      isWaiting = now
    },
    stop: () => timer?.cancel(),
  }
}
