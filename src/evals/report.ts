import type { Cost } from '../core/cost.ts'
import type { CaseResult, EvalEnding, EvalVerdict } from '../core/eval-run.ts'
import type { Comparison } from './comparison.ts'

/** What a run of a suite gave. Plain data: as JSON it is what `inseam eval --json` prints. */
export interface SuiteReport {
  readonly runId: string
  readonly suite: string
  readonly feature: string
  /** The model as the feature names it, and the targets that answered. */
  readonly model: string
  readonly targets: readonly string[]
  readonly promptHash?: string
  readonly verdict: EvalVerdict
  /** Why, the weightiest first. */
  readonly reasons: readonly string[]
  readonly ending: EvalEnding
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number
  readonly totalMs: number
  /** Cases that were run: passed, failed and unclear ones. */
  readonly cases: number
  readonly passed: number
  readonly failed: number
  readonly unclear: number
  /** Cases that never began; absent where nobody knows how many there were. */
  readonly skipped?: number
  /** Of those that passed or failed, the share that passed, and its Wilson 95 % interval. */
  readonly passRate: number | null
  readonly interval: readonly [low: number, high: number]
  /** The smallest drop of the pass rate that this suite can see; see `detectableDrop`. `null` where it can see none. */
  readonly detectableDrop: number | null
  /** Of the features and of their judges. */
  readonly cost: Cost
  /** Of the feature alone; `null` where nothing was run. */
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  /** Answers by who decided: a rule or look-up by its name, `model`, `cache`. */
  readonly decidedBy: Readonly<Record<string, number>>
  readonly scorers: readonly {
    readonly name: string
    readonly passed: number
    readonly failed: number
    readonly unclear: number
  }[]
  readonly comparison?: Comparison
  /** The first fifty cases that failed or are unclear, those that the baseline knew better first. */
  readonly problems: readonly CaseResult[]
  readonly warnings: readonly string[]
}

/** How far a run is. */
export interface Progress {
  readonly suite: string
  readonly done: number
  /** Absent where nobody knows how many there are. */
  readonly total?: number
  readonly passed: number
  readonly failed: number
  readonly unclear: number
  readonly cost: Cost
}
