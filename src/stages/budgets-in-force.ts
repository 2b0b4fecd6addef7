import { accountOf, type Budget, type BudgetAccount } from '../core/budget.ts'
import type { Call } from '../core/call.ts'
import type { Caller } from '../core/caller.ts'

/**
 * The accounts that count a call at a time, in milliseconds since the Unix epoch: of the configuration's budgets, and of its key's own. What
 * callers pay with keys that they brought is no money of the operator's: their key's own budgets alone count it, each in an account apart.
 */
export function accountsOf(
  { caller, terms, ownKeys }: Pick<Call, 'caller' | 'terms' | 'ownKeys'>,
  budgets: readonly Budget[],
  at: number,
): readonly BudgetAccount[] {
  const accounts: BudgetAccount[] = []
  const add = (budget: Budget): void => {
    const subject = subjectOf(budget, caller)
    if (subject !== undefined) accounts.push(accountOf(budget, subject, at))
  }
  if (ownKeys) {
    for (const budget of terms?.budgets ?? []) add({ ...budget, id: `${budget.id}/own-keys` })
    return accounts
  }
  budgets.forEach(add)
  terms?.budgets.forEach(add)
  return accounts
}

/** Whom a budget counts the caller as; undefined where it does not count it. */
function subjectOf({ scope, name }: Budget, { keyId, feature, tenant }: Caller): string | undefined {
  if (scope === 'global') return ''
  const subject = scope === 'key' ? keyId : scope === 'feature' ? feature : tenant
  return name === undefined || name === '*' || name === subject ? subject : undefined
}
