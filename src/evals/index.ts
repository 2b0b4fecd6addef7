export type { CaseOutcome, CaseResult, EvalEnding, EvalRecord, EvalVerdict, ScoreResult } from '../core/eval-run.ts'
export { wilson } from '../core/wilson.ts'
export {
  type Baseline,
  type Baselines,
  baselinePath,
  readBaselines,
  writeBaselines,
} from './baseline.ts'
export type { Case, Cases, KnownCase } from './case.ts'
export type { CaseFile } from './case-file.ts'
export type { Comparison } from './comparison.ts'
export { csv } from './csv.ts'
export type { EvalSeam } from './eval-seam.ts'
export { jsonl } from './jsonl.ts'
export { junitText } from './junit-text.ts'
export { type FoundSuite, loadSuites } from './load-suites.ts'
export { countCases } from './read-cases.ts'
export type { Progress, SuiteReport } from './report.ts'
export { type ReportTextOptions, reportText } from './report-text.ts'
export { type RunSuiteOptions, runSuite, type SuiteRun } from './run-suite.ts'
export type { Score, Scorer, Trial } from './scorer.ts'
export { type ContainsOptions, contains } from './scorers/contains.ts'
export { custom } from './scorers/custom.ts'
export { exact } from './scorers/exact.ts'
export { field } from './scorers/field.ts'
export { type JudgeOptions, judge } from './scorers/judge.ts'
export { type NumericOptions, numeric } from './scorers/numeric.ts'
export { regex } from './scorers/regex.ts'
export { schema } from './scorers/schema.ts'
export { detectableDrop } from './statistics/detectable-drop.ts'
export { mcNemar } from './statistics/mc-nemar.ts'
export { type Suite, type SuiteDefinition, type SuiteLimits, suite } from './suite.ts'
export type { Gate } from './verdict.ts'
