import { setMaxListeners } from 'node:events'
import type { Clock } from '../../core/clock.ts'
import { milliseconds } from '../../core/figures.ts'
import { InseamError } from '../../errors/index.ts'

/** The time of a run: one deadline over its calls and tools, and one signal. */
export interface RunTime {
  /** Aborts when the caller leaves or the time is over. */
  readonly signal: AbortSignal
  /** Milliseconds that are left, at least 1. */
  leftMs(): number
  /** Whether it was the time that ended the run, and not the caller. */
  isOver(): boolean
  /** Leaves neither timer nor listener behind. */
  end(): void
}

/** Begins the time of a run. End it: it holds a timer, and a listener on the caller's signal. */
export function beginTime(
  clock: Clock,
  { name, totalMs, signal }: { readonly name: string; readonly totalMs: number; readonly signal?: AbortSignal },
): RunTime {
  const controller = new AbortController()
  // Each tool that runs listens, and stops to when it ends: many of them are no leak.
  setMaxListeners(0, controller.signal)
  const deadlineAt = clock.now() + totalMs
  const leave = () => controller.abort(signal?.reason)
  let isOver = false
  const expire = () => {
    isOver = !controller.signal.aborted
    controller.abort(outOfTime(name, totalMs))
  }
  const timer = clock.timer(totalMs, expire)
  if (signal?.aborted) leave()
  else signal?.addEventListener('abort', leave, { once: true })
  return {
    signal: controller.signal,
    leftMs: () => Math.max(1, deadlineAt - clock.now()),
    isOver: () => {
      // A call's own timer of the same moment may come first.
      if (!controller.signal.aborted && clock.now() >= deadlineAt) expire()
      return isOver
    },
    end: () => {
      timer.cancel()
      signal?.removeEventListener('abort', leave)
    },
  }
}

function outOfTime(name: string, totalMs: number): InseamError {
  return new InseamError(
    'deadline-exceeded',
    `The run of "${name}" was not over within its ${milliseconds(totalMs)}.`,
    {
      fix: `Raise \`limits.totalMs\` of "${name}", or the caller's own limit.`,
    },
  )
}
