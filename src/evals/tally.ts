import { addCost, type Cost, noCost } from '../core/cost.ts'
import type { CaseOutcome, CaseResult } from '../core/eval-run.ts'
import type { SuiteReport } from './report.ts'
import { createSamples } from './statistics/samples.ts'
import type { Suite } from './suite.ts'

/** The sums of a run as its cases end: a few numbers a case, whatever the cases hold. */
export interface Tally {
  readonly outcomes: ReadonlyMap<string, CaseOutcome>
  readonly counts: Readonly<Record<CaseOutcome, number>>
  readonly cost: Cost
  add(result: CaseResult, more: { readonly mustPass?: boolean; readonly target?: string }): void
  sums(): Pick<SuiteReport, 'targets' | 'p50Ms' | 'p95Ms' | 'decidedBy' | 'scorers' | 'problems'>
  readonly mustPassFailed: readonly string[]
}

/** Problems that a report shows at most. */
const mostProblems = 50

/** Begins the sums of a run. */
export function createTally({ scorers }: Suite): Tally {
  const outcomes = new Map<string, CaseOutcome>()
  const counts = { passed: 0, failed: 0, unclear: 0 }
  const byScorer = new Map(scorers.map(({ name }) => [name, { name, passed: 0, failed: 0, unclear: 0 }]))
  const decidedBy = new Map<string, number>()
  const targets = new Set<string>()
  const times = createSamples()
  const broken: CaseResult[] = []
  const problems: CaseResult[] = []
  const mustPassFailed: string[] = []
  let cost = noCost
  return {
    outcomes,
    counts,
    mustPassFailed,
    get cost() {
      return cost
    },
    add(result, { mustPass = false, target }) {
      const { id, outcome, scores, decidedBy: decider, totalMs, flip } = result
      outcomes.set(id, outcome)
      counts[outcome]++
      cost = addCost(cost, result.cost)
      times.add(totalMs)
      if (target !== undefined) targets.add(target)
      if (decider !== undefined) decidedBy.set(decider, (decidedBy.get(decider) ?? 0) + 1)
      for (const { scorer, outcome } of scores) byScorer.get(scorer)![outcome]++
      if (mustPass && outcome === 'failed') mustPassFailed.push(id)
      if (outcome === 'passed') return
      const list = flip === 'broken' ? broken : problems
      if (list.length < mostProblems) list.push(result)
    },
    sums: () => ({
      targets: [...targets].sort(),
      p50Ms: times.percentile(0.5) ?? null,
      p95Ms: times.percentile(0.95) ?? null,
      decidedBy: Object.fromEntries([...decidedBy].sort(([, left], [, right]) => right - left)),
      scorers: [...byScorer.values()],
      problems: [...broken, ...problems].slice(0, mostProblems),
    }),
  }
}
