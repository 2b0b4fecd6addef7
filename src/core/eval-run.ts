import type { Cost } from './cost.ts'

/** What became of a case, or what a scorer says of it. `unclear`: nobody could tell, which is not the candidate's failure. */
export type CaseOutcome = 'passed' | 'failed' | 'unclear'

/** How an eval run ended. `money`: its limit was reached; `stopped`: a signal, or cases that could not be read on. */
export type EvalEnding = 'finished' | 'money' | 'stopped'

/** What a run says, all in all. `inconclusive`: there is not enough evidence, which is neither a pass nor a failure. */
export type EvalVerdict = 'passed' | 'failed' | 'regressed' | 'inconclusive'

/** What one scorer said of one case. */
export interface ScoreResult {
  readonly scorer: string
  readonly outcome: CaseOutcome
  /** A number, where the scorer has one. */
  readonly value?: number
  /** Why, in words. */
  readonly detail?: string
}

/** What became of one case of an eval run. */
export interface CaseResult {
  readonly id: string
  readonly outcome: CaseOutcome
  /** Against the baseline; absent where it is the same, or there is none. */
  readonly flip?: 'broken' | 'fixed'
  readonly scores: readonly ScoreResult[]
  /** What the feature failed with. */
  readonly error?: { readonly code: string; readonly message: string }
  /** The id under which `inseam explain` tells the story: of the call, or of the run of a feature with tools. */
  readonly callId: string
  /** The rule or look-up that decided, `model`, or `cache`; absent where there was no answer. */
  readonly decidedBy?: string
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number
  /** Of the feature alone, without its scorers. */
  readonly totalMs: number
  /** Of the feature and of its judges. */
  readonly cost: Cost
}

/** What went into a case and came out, as JSON text. */
export interface CaseContent {
  readonly input: string
  readonly expected?: string
  readonly output?: string
}

/** What is known of an eval run when it begins. */
export interface EvalRunBegun {
  readonly runId: string
  readonly suite: string
  readonly feature: string
  /** The model as the feature names it. */
  readonly model: string
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number
}

/** What is known of it when it has ended. */
export interface EvalRunEnded {
  readonly ending: EvalEnding
  readonly verdict: EvalVerdict
  readonly totalMs: number
  readonly promptHash?: string
  /** Of the feature alone; `null` where nothing was run. */
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  /** Cases that never began; absent where nobody knows how many there were. */
  readonly skipped?: number
}

/** Keeps eval runs. A run that began and has no end was cut off. Never throws: what cannot be kept is told elsewhere. */
export interface EvalRecord {
  begin(run: EvalRunBegun): void
  add(runId: string, result: CaseResult, content?: CaseContent): void
  end(runId: string, ended: EvalRunEnded): void
}
