import { formatCost } from '../core/cost.ts'
import type { CaseResult, EvalVerdict } from '../core/eval-run.ts'
import { milliseconds } from '../core/figures.ts'
import { printable } from '../core/printable.ts'
import type { SuiteReport } from './report.ts'
import { listed, percent } from './verdict.ts'

/** How a report is written. */
export interface ReportTextOptions {
  /** In colours. Default false. */
  readonly colour?: boolean
  /** Cases that are shown at most. Default 10. */
  readonly most?: number
}

/** The report of a run as people read it. Text of models stands in it without what could drive a terminal. */
export function reportText(report: SuiteReport, { colour = false, most = 10 }: ReportTextOptions = {}): string {
  const paint = colour ? painted : (text: string) => text
  const { suite, verdict, reasons, problems, failed, unclear, comparison, warnings } = report
  const facts: [string, string | undefined][] = [
    ['passed', passedLine(report)],
    ['unclear', unclear > 0 ? String(unclear) : undefined],
    ['skipped', report.skipped ? String(report.skipped) : undefined],
    ['scorers', report.scorers.length > 1 ? scorersLine(report) : undefined],
    ['broken', comparison && flipsLine(comparison.broken)],
    ['fixed', comparison && flipsLine(comparison.fixed)],
    ['baseline', baselineLine(report)],
    ['decided by', sharesLine(report)],
    ['model', `${report.model}${report.targets.length > 0 ? ` (${report.targets.join(', ')})` : ''}`],
    ['cost', costLine(report)],
    ['latency', latencyLine(report)],
    ['power', powerLine(report)],
    ['run', report.runId],
  ]
  const width = Math.max(...facts.map(([name]) => name.length))
  const lines = facts.flatMap(([name, text]) =>
    text === undefined ? [] : [`  ${name.padEnd(width)}  ${printable(text)}`],
  )
  const shown = problems.slice(0, most).map((each) => caseLine(each, paint))
  const rest = failed + unclear - shown.length
  return [
    `${paint(words[verdict], colours[verdict])}  ${printable(suite)}${reasons.length > 0 ? `: ${printable(reasons.join('; '))}` : ''}`,
    ...lines,
    ...(shown.length > 0 ? ['', ...shown] : []),
    ...(rest > 0 && shown.length > 0 ? [`  … and ${rest} more`] : []),
    ...warnings.map((warning) => `  ${paint('warning', 33)}  ${printable(warning)}`),
    '',
  ].join('\n')
}

/** Why a case did not pass, in one line. */
export function problemOf({ error, scores }: CaseResult): string {
  if (error) return `${error.code}: ${error.message}`
  const said = scores.filter(({ outcome }) => outcome !== 'passed')
  return said.map(({ scorer, detail }) => (detail === undefined ? scorer : `${scorer}: ${detail}`)).join('; ')
}

const words: Readonly<Record<EvalVerdict, string>> = {
  passed: 'PASSED',
  failed: 'FAILED',
  regressed: 'REGRESSED',
  inconclusive: 'NOT ENOUGH EVIDENCE',
}
const colours: Readonly<Record<EvalVerdict, number>> = { passed: 32, failed: 31, regressed: 31, inconclusive: 33 }

const painted = (text: string, code: number) => `\u001b[${code}m${text}\u001b[0m`

function passedLine({ passed, failed, passRate, interval: [low, high] }: SuiteReport): string {
  const judged = passed + failed
  const share = passRate === null ? '' : `: ${percent(passRate)} (95 % interval ${percent(low)} to ${percent(high)})`
  return `${passed} of ${judged}${share}`
}

function scorersLine({ scorers }: SuiteReport): string {
  const one = ({ name, passed, failed, unclear }: SuiteReport['scorers'][number]) =>
    `${name} ${passed}/${passed + failed}${unclear > 0 ? ` (${unclear} unclear)` : ''}`
  return scorers.map(one).join(', ')
}

function flipsLine(ids: readonly string[]): string {
  return ids.length === 0 ? '0' : `${ids.length}: ${listed(ids)}`
}

function baselineLine({ comparison }: SuiteReport): string {
  if (!comparison) return 'none: --update-baseline accepts this run as one'
  const { paired, p, added, missing, isPromptChanged } = comparison
  const facts = [`${paired} cases compared`, `p = ${Number(p.toPrecision(2))}`]
  if (added > 0) facts.push(`${added} new`)
  if (missing > 0) facts.push(`${missing} of it not run`)
  if (isPromptChanged) facts.push('the prompt is another one')
  return facts.join(', ')
}

function sharesLine({ decidedBy }: SuiteReport): string | undefined {
  const entries = Object.entries(decidedBy)
  const all = entries.reduce((sum, [, count]) => sum + count, 0)
  return all === 0 ? undefined : entries.map(([name, count]) => `${name} ${percent(count / all)}`).join(', ')
}

function costLine({ cost, cases }: SuiteReport): string {
  if (cost.nanoUsd === null || cases === 0) return formatCost(cost)
  return `${formatCost(cost)}, ${formatCost({ ...cost, nanoUsd: cost.nanoUsd / cases })} a case`
}

function latencyLine({ p50Ms, p95Ms, totalMs, cases }: SuiteReport): string | undefined {
  if (p50Ms === null || p95Ms === null) return undefined
  const rate = `${Math.round((cases / Math.max(totalMs, 1)) * 1000)} cases/s`
  return `p50 ${milliseconds(p50Ms)}, p95 ${milliseconds(p95Ms)}; ${(totalMs / 1000).toFixed(1)} s in all, ${rate}`
}

function powerLine({ detectableDrop }: SuiteReport): string {
  if (detectableDrop === null) return 'too few cases to see any drop; at least 6 that are compared'
  return `sees a drop of ${Number((detectableDrop * 100).toFixed(1))} points or more (80 % of the time)`
}

function caseLine(result: CaseResult, paint: (text: string, code: number) => string): string {
  const mark = result.flip === 'broken' ? 'broken' : result.outcome
  const code = result.outcome === 'failed' ? 31 : 33
  const line = `  ${paint(mark.padEnd(7), code)}  ${printable(result.id)}  ${printable(problemOf(result))}`
  return `${line}  ${paint(result.callId, 2)}`
}
