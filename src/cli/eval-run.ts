import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Config } from '../config.ts'
import { InseamError } from '../errors/index.ts'
import {
  baselinePath,
  type CaseResult,
  countCases,
  type FoundSuite,
  junitText,
  loadSuites,
  readBaselines,
  reportText,
  runSuite,
  type SuiteReport,
  type SuiteRun,
  writeBaselines,
} from '../evals/index.ts'
import { isInseamError, type Seam } from '../index.ts'
import { type EvalStore, openEvalStore } from '../stores/sqlite/index.ts'
import type { EvalOptions } from './eval-options.ts'
import { type EvalProgress, evalProgress } from './eval-progress.ts'
import { exitCodeOf, worst } from './exit-code-of.ts'
import { stopOnSignal } from './stop-on-signal.ts'

/** What came of it all. */
export interface EvalResult {
  readonly exitCode: number
  /** What `--json` prints. */
  readonly json: { readonly version: 1; readonly exitCode: number; readonly suites: readonly SuiteJson[] }
  readonly junit: string
}

/** One suite in what `--json` prints: its report, its file, and what became of each case. */
type SuiteJson = Omit<SuiteReport, 'problems'> & { readonly file: string; readonly results: readonly CaseResult[] }

/** A suite that was run. Its cases are held only where somebody wants them. */
interface Ran {
  readonly file: string
  readonly report: SuiteReport
  readonly results: readonly CaseResult[]
  readonly exitCode: number
}

/** What suites are run with. */
interface Bench {
  readonly seam: Seam
  readonly options: EvalOptions
  readonly store: EvalStore | undefined
  readonly progress: EvalProgress
  readonly signal: AbortSignal
}

/** Finds the suites, checks all of them before anything is spent, and runs one after the other. */
export async function runFoundSuites(
  seam: Seam,
  config: Config,
  paths: readonly string[],
  options: EvalOptions,
): Promise<EvalResult> {
  if (options.updateBaseline && options.filter !== undefined)
    throw new InseamError('invalid-request', '--update-baseline and --filter do not go together.', {
      fix: 'Run all cases to accept them: a baseline of some would forget the others.',
    })
  const suites = await thoseThatMatch(await loadSuites(placesOf(config, paths)), options.filter)
  const stop = stopOnSignal()
  const store = openStore(config)
  try {
    const progress = evalProgress({ isQuiet: options.quiet === true, now: () => seam.clock.now() })
    return await runEach({ seam, options, store, progress, signal: stop.signal }, suites)
  } finally {
    store?.[Symbol.dispose]()
    stop[Symbol.dispose]()
  }
}

async function runEach(bench: Bench, suites: readonly FoundSuite[]): Promise<EvalResult> {
  const ran: Ran[] = []
  let left = bench.options.maxCost
  for (const found of suites) {
    const one = await runOne(bench, found, left)
    ran.push(one)
    const { nanoUsd } = one.report.cost
    // What is not known may be all of it.
    if (left !== undefined) left = nanoUsd === null ? 0 : Math.max(0, left - nanoUsd / 1e9)
  }
  const exitCode = worst(ran.map((one) => one.exitCode))
  const json = ran.map(({ file, report: { problems: _, ...report }, results }) => ({ file, ...report, results }))
  return {
    exitCode,
    json: { version: 1, exitCode, suites: json },
    junit: junitText(ran.map(({ report, results }) => ({ report, cases: results }))),
  }
}

async function runOne(bench: Bench, { file, suite }: FoundSuite, maxCostUsd: number | undefined): Promise<Ran> {
  const { seam, options, store, progress, signal } = bench
  const path = baselinePath(file)
  const baselines = await readBaselines(path)
  const results: CaseResult[] = []
  const keepsResults = options.json === true || options.junit !== undefined
  const run = await runSuite(seam, suite, {
    maxCostUsd,
    signal,
    concurrency: options.concurrency,
    filter: options.filter,
    minPass: options.minPass,
    maxUnclear: options.maxUnclear,
    isStrict: options.strict,
    baseline: options.baseline ? baselines.get(suite.name) : undefined,
    record: store,
    onCase: keepsResults ? (result) => results.push(result) : undefined,
    onProgress: progress.show,
  })
  progress.clear()
  const { report } = run
  const isAccepted = options.updateBaseline === true && report.ending === 'finished'
  if (isAccepted) await writeBaselines(path, new Map([...baselines, [suite.name, run.baseline]]))
  if (!options.json) print(run, options, isAccepted ? path : undefined)
  return { file, report, results, exitCode: exitCodeOf(report, { isAccepted, minPass: options.minPass }) }
}

function print({ report }: SuiteRun, options: EvalOptions, acceptedAt: string | undefined): void {
  if (options.quiet && report.verdict === 'passed' && report.warnings.length === 0) return
  process.stdout.write(`${reportText(report, { colour: isColoured() })}\n`)
  if (acceptedAt !== undefined) process.stdout.write(`  accepted: ${acceptedAt}\n\n`)
  else if (options.updateBaseline) process.stdout.write('  The baseline is as it was: the run did not finish.\n\n')
}

const isColoured = () => process.stdout.isTTY === true && !process.env.NO_COLOR

/** What the user named; else where the features are; else this folder. */
function placesOf({ features }: Config, paths: readonly string[]): readonly string[] {
  if (paths.length > 0) return paths
  if (features.length === 0) return ['.']
  // A suite stands beside its feature.
  return features.map((path) => (existsSync(path) && statSync(path).isFile() ? dirname(path) : path))
}

/** The suites with the filter's cases; throws `suite-invalid` where one cannot be used, and `not-found` where none is left. */
async function thoseThatMatch(
  suites: readonly FoundSuite[],
  filter: string | undefined,
): Promise<readonly FoundSuite[]> {
  const kept: FoundSuite[] = []
  let none: unknown
  for (const found of suites) {
    try {
      await countCases(found.suite, filter)
      kept.push(found)
    } catch (cause) {
      if (!isInseamError(cause) || cause.code !== 'not-found') throw cause
      none = cause
    }
  }
  if (kept.length === 0) throw none
  return kept
}

function openStore({ events }: Config): EvalStore | undefined {
  // Those of a record in Postgres are kept in the file, too.
  if (events.store !== 'sqlite' && events.store !== 'postgres') return undefined
  return openEvalStore({
    path: events.path,
    onProblem: ({ message, fix }) => process.stderr.write(`This run is not on the record: ${message} ${fix}\n`),
  })
}
