import { milliseconds } from '../core/figures.ts'
import { InseamError } from './inseam-error.ts'

/** The clocks that guard an attempt. */
export type ClockName = 'connect' | 'headers' | 'first-token' | 'idle'

const waitedFor: Record<ClockName, string> = {
  connect: 'no connection',
  headers: 'no response',
  'first-token': 'no first token',
  idle: 'no further content',
}
const settings: Record<ClockName, string> = {
  connect: 'timeout.connect',
  headers: 'timeout.headers',
  'first-token': 'timeout.firstToken',
  idle: 'timeout.idle',
}

/** One attempt ran into one of its clocks. The call may still be answered by another target. */
export class CallTimedOut extends InseamError {
  readonly clock: ClockName
  readonly afterMs: number

  constructor(
    clock: ClockName,
    afterMs: number,
    { target, alias }: { readonly target: string; readonly alias: string },
  ) {
    super('timed-out', `${target} gave ${waitedFor[clock]} within ${milliseconds(afterMs)}.`, {
      fix: `Raise \`${settings[clock]}\` for "${alias}", or add a target to fall back to.`,
    })
    this.clock = clock
    this.afterMs = afterMs
  }
}

/** The whole call ran into its deadline. */
export class DeadlineExceeded extends InseamError {
  constructor(afterMs: number, alias: string) {
    super('deadline-exceeded', `The call was not answered within its ${milliseconds(afterMs)}.`, {
      fix: `Raise \`timeout.total\` for "${alias}", or the caller's own limit.`,
    })
  }
}

/** The caller left before the answer was whole; or, of an attempt, whatever `because` says. */
export class CallAborted extends InseamError {
  /** Whether it was the caller who left, and not a stage that has no more use for an attempt. */
  readonly isByCaller: boolean

  constructor(cause?: unknown, because?: string) {
    super('aborted', because ?? 'The caller left before the answer was whole.', {
      fix: 'Nothing, if that was meant; the upstream was stopped and its cost is in the books.',
      cause,
    })
    this.isByCaller = because === undefined
  }
}
