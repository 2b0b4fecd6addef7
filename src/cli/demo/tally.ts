import type { SeamEvent } from '../../index.ts'

/** What has happened so far, counted from events as they are recorded. */
export interface Tally {
  hear(event: SeamEvent): void
  counts(): Counts
}

/** Sums over all calls that somebody made: corrective turns and steps of runs are counted apart. */
export interface Counts {
  readonly calls: number
  /** Calls by who answered: `rule`, `lookup`, `cache`, `provider`. */
  readonly answeredBy: Readonly<Record<string, number>>
  readonly errors: number
  readonly retries: number
  readonly fallbacks: number
  readonly corrections: number
  readonly runs: number
  readonly costNanoUsd: number
  /** Of the newest calls that asked a model; absent where none did. */
  readonly p95Ms?: number
}

/** So many of the newest calls make the percentile. */
const newest = 500

/** Begins to count. */
export function createTally(): Tally {
  const answeredBy: Record<string, number> = {}
  const durations: number[] = []
  let [calls, errors, retries, fallbacks, corrections, runs, costNanoUsd] = [0, 0, 0, 0, 0, 0, 0]
  return {
    hear(event) {
      if (event.type === 'run') runs++
      if (event.type !== 'call') return
      costNanoUsd += event.cost.nanoUsd ?? 0
      fallbacks += event.fallbacks
      retries += Math.max(0, event.attempts - 1 - event.fallbacks)
      if (event.parentId !== undefined && event.runId === undefined) {
        corrections++
        return
      }
      calls++
      if (event.outcome.ending === 'error') errors++
      else answeredBy[event.source] = (answeredBy[event.source] ?? 0) + 1
      if (event.attempts === 0) return
      durations.push(event.totalMs)
      if (durations.length > newest) durations.shift()
    },
    counts: () => ({
      calls,
      answeredBy: { ...answeredBy },
      errors,
      retries,
      fallbacks,
      corrections,
      runs,
      costNanoUsd,
      p95Ms: percentile(durations, 0.95),
    }),
  }
}

/** By nearest rank, as the page and reports have it. */
function percentile(values: readonly number[], share: number): number | undefined {
  return values.toSorted((left, right) => left - right)[Math.ceil(share * values.length) - 1]
}
