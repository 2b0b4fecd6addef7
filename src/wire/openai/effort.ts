import type { Reasoning } from '../../core/request.ts'

/** A degree of effort. */
export type Effort = NonNullable<Reasoning['effort']>

const efforts: ReadonlySet<string> = new Set<Effort>(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])

/** Whether a word is a degree of effort that the common form has, too. */
export function isEffort(word: string): word is Effort {
  return efforts.has(word)
}

/** The degree of effort that is nearest to a budget of thinking tokens. */
export function effortFor(budgetTokens: number): Effort {
  if (budgetTokens < 4_096) return 'low'
  return budgetTokens < 16_384 ? 'medium' : 'high'
}
