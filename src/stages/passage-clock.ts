import type { Clock, Timer } from '../core/clock.ts'
import { milliseconds } from '../core/figures.ts'
import type { PassageLimits } from '../core/passage.ts'
import { InseamError } from '../errors/index.ts'

/** The clock of an exchange that is passed through. What it waits for changes as the exchange goes on. */
export interface PassageClock {
  /** The provider has the request; its body, where there is one, goes on. */
  connected(isWhole: boolean): void
  /** Bytes went through, either way. */
  moved(): void
  /** The request is whole: the answer is what is waited for. */
  asked(): void
  answered(): void
  /** The client has the floor: nothing is held against the provider. */
  pause(): void
  stop(): void
}

/**
 * Runs the clocks of an exchange: connect; then, while bytes move, idle; between the request's last byte and the answer, headers. A body
 * that is read before it goes out, to be signed, comes before the connection, at the client's pace.
 */
export function startPassageClock(
  clock: Clock,
  limits: PassageLimits,
  { provider, expire }: { readonly provider: string; readonly expire: (reason: InseamError) => void },
): PassageClock {
  let isConnected = false
  let isAnswered = false
  let isAsked = false
  let timer: Timer | undefined
  const start = (ms: number, what: string, setting: string): void => {
    timer?.cancel()
    timer = clock.timer(ms, () => expire(tooLate(provider, what, ms, setting)))
  }
  const startConnect = () => start(limits.connectMs, 'no connection', 'connect')
  const startIdle = () => start(limits.idleMs, 'no byte either way', 'idle')
  const startHeaders = () => start(limits.headersMs, 'no response', 'headers')
  const total =
    limits.totalMs === undefined
      ? undefined
      : clock.timer(limits.totalMs, () => expire(tooLate(provider, 'no whole exchange', limits.totalMs ?? 0, 'total')))

  startConnect()
  let moves = false
  return {
    connected: (isWhole) => {
      isConnected = true
      if (isWhole) isAsked = true
      if (isAsked) startHeaders()
      else startIdle()
      moves = !isAsked
    },
    moved: () => {
      if (moves) timer?.refresh()
      else if (isAnswered || !isConnected) {
        moves = true
        startIdle()
      }
    },
    asked: () => {
      isAsked = true
      if (isAnswered) return
      moves = false
      if (isConnected) startHeaders()
      else startConnect()
    },
    answered: () => {
      isAnswered = true
      moves = true
      startIdle()
    },
    pause: () => {
      moves = false
      timer?.cancel()
    },
    stop: () => {
      timer?.cancel()
      total?.cancel()
    },
  }
}

function tooLate(provider: string, what: string, ms: number, setting: string): InseamError {
  return new InseamError('timed-out', `${provider} and the client had ${what} within ${milliseconds(ms)}.`, {
    fix: `Raise \`gateway.passThrough.${setting}\`, if that is how long it takes.`,
    advice: 'stop',
  })
}
