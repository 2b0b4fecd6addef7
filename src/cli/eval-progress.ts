import type { Progress } from '../evals/index.ts'
import { formatCost } from '../index.ts'

/** Shows how far a run is, on standard error. */
export interface EvalProgress {
  readonly show: (progress: Progress) => void
  /** Leaves the line as if nothing had been there. */
  readonly clear: () => void
}

/** One line that is overwritten ten times a second on a terminal; elsewhere a line every five seconds; nothing where it is quiet. */
export function evalProgress({
  isQuiet,
  now,
}: {
  readonly isQuiet: boolean
  readonly now: () => number
}): EvalProgress {
  const { isTTY = false, columns = 80 } = process.stderr
  const everyMs = isTTY ? 100 : 5_000
  let suite: string | undefined
  let begunAt = 0
  let nextAt = 0
  return {
    show(progress) {
      if (isQuiet) return
      const at = now()
      if (progress.suite !== suite) {
        suite = progress.suite
        begunAt = at
        nextAt = at + everyMs
      }
      if (at < nextAt) return
      nextAt = at + everyMs
      const line = progressLine(progress, at - begunAt, isTTY)
      process.stderr.write(isTTY ? `\r\u001b[K${line.slice(0, columns - 1)}` : `${line}\n`)
    },
    clear: () => {
      if (isTTY && !isQuiet) process.stderr.write('\r\u001b[K')
      suite = undefined
    },
  }
}

/** How far a run is, in one line: `triage  [######--] 120/160  97 passed, 3 failed, 0 unclear  240/s  $0.0123  ETA 2 s`. */
function progressLine({ suite, done, total, ...sums }: Progress, elapsedMs: number, withBar: boolean): string {
  const rate = elapsedMs > 0 ? (done / elapsedMs) * 1000 : 0
  const parts = [
    suite,
    withBar && total !== undefined ? `${bar(done / total)} ${done}/${total}` : `${done}${total ? ` of ${total}` : ''}`,
    `${sums.passed} passed, ${sums.failed} failed, ${sums.unclear} unclear`,
    `${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`,
    formatCost(sums.cost),
    total !== undefined && rate > 0 ? `ETA ${Math.ceil((total - done) / rate)} s` : '',
  ]
  return parts.filter((part) => part !== '').join('  ')
}

const bar = (share: number) => `[${'#'.repeat(Math.round(share * 20)).padEnd(20, '-')}]`
