import type { EvalEnding, EvalVerdict } from '../core/eval-run.ts'
import type { Comparison } from './comparison.ts'

/** What a run must hold to pass. */
export interface Gate {
  /** The share of the judged cases that must pass, 0 to 1. Takes the place of "every case" where there is no baseline. */
  readonly minPass?: number
  /** Cases that may be unclear. Default 0. */
  readonly maxUnclear?: number
  /** One broken case is a regression, and the low end of the interval must reach `minPass`. Default false. */
  readonly isStrict?: boolean
}

/** What a run came to, as far as a verdict needs it. */
export interface RunFacts {
  readonly ending: EvalEnding
  readonly passed: number
  readonly failed: number
  readonly unclear: number
  readonly interval: readonly [low: number, high: number]
  /** Ids of cases that must pass and fail. */
  readonly mustPassFailed: readonly string[]
  readonly comparison?: Comparison
}

/** A verdict and why, the weightiest first. */
export interface Ruling {
  readonly verdict: EvalVerdict
  readonly reasons: readonly string[]
}

/** Below it, flips are not chance. */
const significance = 0.05

/**
 * The verdict of a run. What is proven bad fails (`failed`, or `regressed` against a baseline); what is neither proven bad nor
 * known to be good is `inconclusive`, never a silent pass.
 */
export function decideVerdict(facts: RunFacts, gate: Gate = {}): Ruling {
  const { comparison } = facts
  const regressed = comparison ? regressions(comparison, gate) : []
  const failed = failures(facts, gate)
  const doubts = doubtsOf(facts, gate)
  const reasons = [...regressed, ...failed, ...doubts]
  if (regressed.length > 0) return { verdict: 'regressed', reasons }
  if (failed.length > 0) return { verdict: 'failed', reasons }
  return { verdict: doubts.length > 0 ? 'inconclusive' : 'passed', reasons }
}

function regressions({ broken, fixed, p }: Comparison, { isStrict = false }: Gate): string[] {
  if (broken.length === 0) return []
  const flips = `${broken.length} broken, ${fixed.length} fixed`
  if (broken.length > fixed.length && p < significance) return [`${flips}: not chance (p = ${p.toPrecision(2)})`]
  return isStrict ? [`${flips}, and --strict allows none`] : []
}

function failures(facts: RunFacts, { minPass, isStrict = false }: Gate): string[] {
  const { passed, failed, interval, mustPassFailed, comparison } = facts
  const judged = passed + failed
  const reasons: string[] = []
  if (mustPassFailed.length > 0) reasons.push(`must pass, and fails: ${listed(mustPassFailed)}`)
  if (minPass !== undefined && judged > 0) {
    if (passed / judged < minPass)
      reasons.push(`${percent(passed / judged)} pass, fewer than the ${percent(minPass)} that must`)
    else if (isStrict && interval[0] < minPass)
      reasons.push(`as few as ${percent(interval[0])} may pass, and --strict wants ${percent(minPass)} at least`)
  }
  if (minPass === undefined && !comparison && failed > 0)
    reasons.push(`${failed} of ${judged} fail, and there is no baseline that knows them`)
  return reasons
}

function doubtsOf(facts: RunFacts, { maxUnclear = 0, isStrict = false }: Gate): string[] {
  const { ending, passed, failed, unclear, comparison } = facts
  const reasons: string[] = []
  if (ending === 'money') reasons.push('cut short by the money limit')
  if (ending === 'stopped') reasons.push('stopped before its end')
  if (unclear > maxUnclear) reasons.push(`${unclear} unclear`)
  if (passed + failed === 0) reasons.push('no case was judged')
  if (!comparison) return reasons
  const { broken, fixed, p, addedFailing } = comparison
  if (broken.length > 0 && !isStrict && !(broken.length > fixed.length && p < significance))
    reasons.push(
      `${broken.length} broken, ${fixed.length} fixed: not enough evidence for a regression (p = ${p.toPrecision(2)})`,
    )
  if (addedFailing.length > 0) reasons.push(`fails and is new: ${listed(addedFailing)}`)
  return reasons
}

/** The first few ids, and how many more there are. */
export function listed(ids: readonly string[], most = 5): string {
  const shown = ids.slice(0, most).join(', ')
  return ids.length > most ? `${shown} and ${ids.length - most} more` : shown
}

/** A share as people read it: `90 %`, `91.7 %`, `99.98 %`: what is neither none nor all is never said to be. */
export function percent(share: number): string {
  const isEnd = share === 0 || share === 1
  let digits = 1
  const text = () => (share * 100).toFixed(digits)
  while (!isEnd && digits < 6 && (Number(text()) === 0 || Number(text()) === 100)) digits++
  return `${Number(text())} %`
}
