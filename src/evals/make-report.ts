import type { EvalEnding, EvalRunBegun } from '../core/eval-run.ts'
import { wilson } from '../core/wilson.ts'
import type { Baseline } from './baseline.ts'
import { type Comparison, compare } from './comparison.ts'
import type { EvalSeam } from './eval-seam.ts'
import type { SuiteReport } from './report.ts'
import { detectableDrop } from './statistics/detectable-drop.ts'
import type { Suite } from './suite.ts'
import type { Tally } from './tally.ts'
import { decideVerdict, type Gate } from './verdict.ts'

/** What is known of a run when it has ended. */
export interface EndedRun {
  readonly begun: EvalRunBegun
  readonly total: number | undefined
  readonly tally: Tally
  readonly promptHash: string | undefined
  readonly totalMs: number
  readonly ending: EvalEnding
}

/** Makes the report of a run: sums, statistics, verdict and warnings. */
export function makeReport(
  seam: EvalSeam,
  suite: Suite,
  { baseline, ...gate }: Gate & { readonly baseline?: Baseline },
  { begun, total, tally, promptHash, totalMs, ending }: EndedRun,
): SuiteReport {
  const { counts, cost, outcomes, mustPassFailed } = tally
  const judged = counts.passed + counts.failed
  const interval = wilson(counts.passed, judged)
  const comparison = baseline && compare(baseline.outcomes, outcomes, baseline.promptHash !== promptHash)
  const discordance = comparison && comparison.paired > 0 && share(comparison)
  return {
    ...begun,
    ...tally.sums(),
    ...(promptHash !== undefined && { promptHash }),
    ...decideVerdict({ ...counts, ending, interval, mustPassFailed, comparison }, gate),
    ending,
    totalMs,
    cases: outcomes.size,
    ...counts,
    ...(total !== undefined && { skipped: total - outcomes.size }),
    passRate: judged === 0 ? null : counts.passed / judged,
    interval,
    detectableDrop: detectableDrop(comparison?.paired ?? judged, Math.max(discordance || 0, leastDiscordance)) ?? null,
    cost,
    ...(comparison && { comparison }),
    warnings: warningsOf(seam, suite, cost.nanoUsd === null, ending),
  }
}

/** Flips are seldom rarer than this, however few were seen. */
const leastDiscordance = 0.05

const share = ({ broken, fixed, paired }: Comparison) => (broken.length + fixed.length) / paired

function warningsOf(seam: EvalSeam, suite: Suite, isUnpriced: boolean, ending: EvalEnding): string[] {
  const models = new Map(seam.models().map(({ id, targets }) => [id, targets]))
  const targetsOf = (model: string) => models.get(model) ?? [model]
  const warnings = suite.scorers.flatMap(({ warn }) => warn?.(suite.feature, targetsOf) ?? [])
  if (isUnpriced)
    warnings.push(
      ending === 'money'
        ? 'The cost of a call is not known, so the money limit stopped the run: state the price under `prices:`, or set no limit.'
        : 'The cost of some calls is not known: state their prices under `prices:`.',
    )
  return warnings
}

/** What later runs can be compared with. */
export function baselineOf({ feature, model, targets, promptHash }: SuiteReport, { outcomes }: Tally): Baseline {
  return { feature, model, targets, ...(promptHash !== undefined && { promptHash }), outcomes }
}
