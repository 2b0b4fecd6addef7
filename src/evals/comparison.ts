import type { CaseOutcome } from '../core/eval-run.ts'
import { mcNemar } from './statistics/mc-nemar.ts'

/** A run beside its baseline, case by case. */
export interface Comparison {
  /** Cases that passed or failed both times. */
  readonly paired: number
  /** Cases that passed then and fail now, and the other way round. */
  readonly broken: readonly string[]
  readonly fixed: readonly string[]
  /** Cases that the baseline does not know, and of these the ones that fail. */
  readonly added: number
  readonly addedFailing: readonly string[]
  /** Cases of the baseline that were not run. */
  readonly missing: number
  /** How likely flips as uneven as these are by chance: the exact two-sided p of McNemar's test. */
  readonly p: number
  /** Whether the prompt is another one than the baseline's. */
  readonly isPromptChanged: boolean
}

/** What a case is against its baseline; unclear ones are not compared. */
export function flipOf(before: CaseOutcome | undefined, now: CaseOutcome): 'broken' | 'fixed' | undefined {
  if (before === 'passed' && now === 'failed') return 'broken'
  if (before === 'failed' && now === 'passed') return 'fixed'
  return undefined
}

/** Compares what became of cases with what became of them before. */
export function compare(
  before: ReadonlyMap<string, CaseOutcome>,
  now: ReadonlyMap<string, CaseOutcome>,
  isPromptChanged: boolean,
): Comparison {
  const broken: string[] = []
  const fixed: string[] = []
  const addedFailing: string[] = []
  let paired = 0
  let added = 0
  for (const [id, outcome] of now) {
    const known = before.get(id)
    if (known === undefined) {
      added++
      if (outcome === 'failed') addedFailing.push(id)
      continue
    }
    if (known !== 'unclear' && outcome !== 'unclear') paired++
    const flip = flipOf(known, outcome)
    if (flip === 'broken') broken.push(id)
    else if (flip === 'fixed') fixed.push(id)
  }
  const missing = before.size - (now.size - added)
  return {
    paired,
    broken,
    fixed,
    added,
    addedFailing,
    missing,
    p: mcNemar(broken.length, fixed.length),
    isPromptChanged,
  }
}
