import { accountOf, type Budget, type BudgetState } from './budget.ts'
import type { CurrentAccount, PresumedSpending } from './ledger.ts'

/** How a budget stands for one subject in its present window. */
export interface BudgetStanding extends BudgetState {
  /** What of the settled counts at its worst case, because nobody said what it came to. */
  readonly presumed: { readonly attempts: number; readonly nanoUsd: number }
}

/** What a ledger says of its accounts. */
export interface LedgerStand {
  readonly current: readonly CurrentAccount[]
  readonly presumed: readonly PresumedSpending[]
}

/**
 * How budgets stand at a time, in milliseconds since the Unix epoch: once for each subject that something was drawn for. One on which
 * nothing was drawn yet stands at nothing; its subject is `*` where it counts each by itself.
 */
export function standingsOf(
  budgets: readonly Budget[],
  { current, presumed }: LedgerStand,
  now: number,
): readonly BudgetStanding[] {
  return budgets.flatMap((budget) => {
    const drawn = current.filter(({ budgetId }) => budgetId === budget.id)
    const subjects = drawn.length > 0 ? drawn.map(({ subject }) => subject) : [budget.name ?? '']
    return subjects.map((subject) => {
      const account = accountOf(budget, subject, now)
      const found = drawn.find((other) => other.subject === subject)
      const unknown = presumed.filter(({ accounts }) => accounts.includes(account.id))
      return {
        account,
        settledNanoUsd: found?.settled ?? 0,
        reservedNanoUsd: found?.reserved ?? 0,
        presumed: {
          attempts: unknown.length,
          nanoUsd: unknown.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0),
        },
      }
    })
  })
}
