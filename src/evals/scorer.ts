import type { Cost } from '../core/cost.ts'
import type { CaseOutcome } from '../core/eval-run.ts'
import type { AnyFeature } from '../patterns/feature.ts'
import type { FeatureResult } from '../patterns/run-feature.ts'
import type { KnownCase } from './case.ts'

/** What a scorer says of an answer. `unclear`: it could not tell, which is nobody's failure. */
export interface Score {
  readonly outcome: CaseOutcome
  /** A number, where there is one. */
  readonly value?: number
  /** Why, in a few words. */
  readonly detail?: string
  /** What it cost to find out, beside what `ask` of the trial cost: that is counted already. */
  readonly cost?: Cost
}

/** An answer that is to be scored. */
export interface Trial<Input = unknown, Output = unknown> {
  readonly case: KnownCase<Input>
  /** The value of a feature with an output schema; the text of any other. */
  readonly output: Output
  /** The answer as text: JSON where it is a value. */
  readonly text: string
  /** All that the pattern gave: citations, steps, the reply. */
  readonly result: FeatureResult
  /** Runs another feature by the same pipeline, as judges do. Throws an `InseamError`. */
  readonly ask: (feature: AnyFeature, input: unknown) => Promise<FeatureResult>
  /** Aborts when the run is stopped. */
  readonly signal: AbortSignal
}

/** Says whether an answer is good. */
export interface Scorer<Input = unknown, Output = unknown> {
  readonly name: string
  /** What is wrong with a case for this scorer, if anything: found before anything is spent. */
  readonly check?: (known: KnownCase) => string | undefined
  /** What is worth a warning about this scorer of this feature. */
  readonly warn?: (feature: AnyFeature, targetsOf: (model: string) => readonly string[]) => string | undefined
  /** Where it throws, its outcome is `unclear`. */
  score(trial: Trial<Input, Output>): Score | Promise<Score>
}

/** A score that passed or failed. */
export function scoreOf(hasPassed: boolean, detail?: string, value?: number): Score {
  return { outcome: hasPassed ? 'passed' : 'failed', detail, value }
}

/** What a scorer that compares says of a case without `expected`. */
export function wantsExpected({ expected }: KnownCase): string | undefined {
  return expected === undefined ? 'it has no `expected`' : undefined
}
