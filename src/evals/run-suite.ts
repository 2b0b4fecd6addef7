import type { CaseResult, EvalEnding, EvalRecord, EvalRunBegun, EvalRunEnded } from '../core/eval-run.ts'
import { ask } from '../patterns/begin-call.ts'
import type { Baseline } from './baseline.ts'
import type { KnownCase } from './case.ts'
import { flipOf } from './comparison.ts'
import type { EvalSeam } from './eval-seam.ts'
import { inParallel } from './in-parallel.ts'
import { baselineOf, makeReport } from './make-report.ts'
import { readCases } from './read-cases.ts'
import type { Progress, SuiteReport } from './report.ts'
import { runCase } from './run-case.ts'
import { checkLimits, type Suite } from './suite.ts'
import { createTally, type Tally } from './tally.ts'
import type { Gate } from './verdict.ts'

/** How a suite is run. */
export interface RunSuiteOptions extends Gate {
  /** Cases at the same time. Default: what the suite says, or 8. */
  readonly concurrency?: number
  /**
   * What the run may cost, judges included, in USD. No case begins once it is reached, or once a cost is unknown; those under
   * way end, so it can be passed by what `concurrency` cases cost. The suite's own limit counts where it is less.
   */
  readonly maxCostUsd?: number
  /** What to compare with. Default: nothing. */
  readonly baseline?: Baseline
  /** Only cases whose id has this in it, or that have it as a tag. */
  readonly filter?: string
  /** Keeps the run. Default: nobody. */
  readonly record?: EvalRecord
  /** Hears of each case that has ended. Must not throw. */
  readonly onCase?: (result: CaseResult) => void
  /** Hears how far the run is, after each case. Must not throw. */
  readonly onProgress?: (progress: Progress) => void
  /** Stops the run: no case begins, those under way are given up, and the report is made of what there is. */
  readonly signal?: AbortSignal
}

/** What a run gave, and what a later one can be compared with. */
export interface SuiteRun {
  readonly report: SuiteReport
  readonly baseline: Baseline
}

/**
 * Runs a suite through the pipeline that production calls, a few cases at a time and none held longer than it takes. A case
 * that fails, a scorer that throws, a judge that cannot be read are outcomes. Throws `suite-invalid` alone: before anything is
 * spent, but for cases that are yielded only once.
 *
 * @example
 * ```ts no-run
 * import { openSeam } from 'inseam'
 * import { runSuite, type Suite } from 'inseam/evals'
 *
 * declare const triage: Suite
 * await using seam = await openSeam()
 * const { report } = await runSuite(seam, triage, { maxCostUsd: 1 })
 * console.log(report.verdict, report.interval)
 * ```
 */
export async function runSuite(seam: EvalSeam, suite: Suite, options: RunSuiteOptions = {}): Promise<SuiteRun> {
  const { baseline, record, filter, signal = neverAborts, onCase, onProgress } = options
  checkLimits('The run', { concurrency: options.concurrency, costUsd: options.maxCostUsd })
  const { total, open } = await readCases(suite, filter)
  const { name, feature } = suite
  const begun: EvalRunBegun = {
    runId: seam.newId('eval'),
    suite: name,
    feature: feature.name,
    model: feature.model,
    startedAt: seam.clock.date(),
  }
  const { runId } = begun
  const from = seam.clock.now()
  const tally = createTally(suite)
  const redact = record && seam.keepsContent()
  const limitUsd = limitOf(suite, options)
  let promptHash: Promise<string | undefined> | undefined
  const work = async (known: KnownCase) => {
    promptHash ??= promptHashOf(suite, known)
    const { result, target, content } = await runCase({ seam, suite, runId, signal, redact }, known)
    // What was given up says nothing about the case: it is one of those that were skipped.
    if (signal.aborted) return
    const flip = flipOf(baseline?.outcomes.get(result.id), result.outcome)
    const told: CaseResult = flip ? { ...result, flip } : result
    tally.add(told, { mustPass: known.mustPass, target })
    record?.add(runId, told, content)
    onCase?.(told)
    onProgress?.({ suite: name, done: tally.outcomes.size, total, ...tally.counts, cost: tally.cost })
  }
  const end = (ended: Omit<EvalRunEnded, 'totalMs'>) =>
    record?.end(runId, { ...ended, totalMs: seam.clock.now() - from })

  record?.begin(begun)
  const ending = endingOf(tally, signal, limitUsd)
  try {
    const concurrency = options.concurrency ?? suite.limits.concurrency ?? 8
    await inParallel(open(), { concurrency, mayBegin: () => ending() === 'finished' }, work)
  } catch (cause) {
    end({ ending: 'stopped', verdict: 'inconclusive', ...tally.sums() })
    throw cause
  }
  const facts = { begun, total, tally, promptHash: await promptHash, totalMs: seam.clock.now() - from }
  const isWhole = total !== undefined && tally.outcomes.size === total
  const report = makeReport(seam, suite, options, { ...facts, ending: isWhole ? 'finished' : ending() })
  end(report)
  return { report, baseline: baselineOf(report, tally) }
}

const neverAborts = new AbortController().signal

function limitOf({ limits }: Suite, { maxCostUsd }: RunSuiteOptions): number | undefined {
  if (maxCostUsd === undefined || limits.costUsd === undefined) return maxCostUsd ?? limits.costUsd
  return Math.min(maxCostUsd, limits.costUsd)
}

/** How the run would end if no further case began. A limit that cannot see what is spent is reached. */
const endingOf = (tally: Tally, signal: AbortSignal, limitUsd: number | undefined) => (): EvalEnding => {
  if (signal.aborted) return 'stopped'
  if (limitUsd === undefined) return 'finished'
  const { nanoUsd } = tally.cost
  return nanoUsd === null || nanoUsd >= limitUsd * 1e9 ? 'money' : 'finished'
}

/** The identity of the feature's prompt, by one of its cases; absent where its prompt cannot be written. */
async function promptHashOf({ feature }: Suite, { input }: KnownCase): Promise<string | undefined> {
  try {
    return (await ask(feature, input)).promptHash
  } catch {
    // The case itself says what is wrong with the prompt.
    return undefined
  }
}
