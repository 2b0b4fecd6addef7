import type { AttemptEvent, CallEvent } from '../core/event.ts'

/** An attempt as a stretch of the call's time, in milliseconds since the call began. */
export interface Stretch {
  readonly from: number
  /** When the first content came; absent where none did, or where nothing was streamed. */
  readonly content?: number
  readonly to: number
  readonly isFailure: boolean
}

/** Where in its call an attempt stands. The call's own moments are better than two readings of the wall clock. */
export function stretchOf(call: CallEvent, attempt: AttemptEvent): Stretch {
  const start = call.moments.find((moment) => moment.type === 'attempt-started' && moment.attempt === attempt.ordinal)
  const from = Math.max(0, start?.atMs ?? attempt.startedAt - call.startedAt)
  return {
    from,
    ...(attempt.firstTokenMs !== undefined && { content: from + attempt.firstTokenMs }),
    to: from + attempt.totalMs,
    isFailure: attempt.outcome.ending === 'error',
  }
}

/** A stretch as a bar of `columns` characters for `totalMs`: `.` waits, `#` content arrives, `x` the end of a failure. */
export function barOf({ from, content, to, isFailure }: Stretch, totalMs: number, columns: number): string {
  const column = (ms: number) => Math.min(columns, Math.max(0, Math.round((ms / Math.max(totalMs, 1e-9)) * columns)))
  const first = Math.min(column(from), columns - 1)
  const end = Math.max(column(to), first + 1)
  const filled = content === undefined ? end : Math.min(Math.max(column(content), first), end)
  const bar = ' '.repeat(first) + '.'.repeat(filled - first) + '#'.repeat(end - filled)
  return (isFailure ? `${bar.slice(0, end - 1)}x` : bar).padEnd(columns)
}
