import type { Budget } from '../core/budget.ts'
import type { BudgetStanding } from '../core/budget-standing.ts'
import type { BudgetsView, BudgetView } from './api.ts'
import type { AdminKeys } from './key-routes.ts'
import { refuseParameters } from './read-parameters.ts'

/** How the budgets of the configuration stand, and these that keys bring. */
export type Standings = (ofKeys: readonly Budget[]) => Promise<readonly BudgetStanding[]>

/** Reads every budget in force. Throws `invalid-request` for parameters, and what the ledger and the keys throw. */
export type BudgetsReader = (parameters: URLSearchParams) => Promise<BudgetsView>

/** Reads the budgets of the configuration and of all keys that are in use. */
export function budgetsReader(standings: Standings = async () => [], keys: AdminKeys | undefined): BudgetsReader {
  return async (parameters) => {
    refuseParameters(parameters)
    const all = keys ? await keys.desk.list({ type: 'admin' }) : []
    const now = keys?.now() ?? 0
    const inUse = all.filter(
      ({ revokedAt, expiresAt = Number.POSITIVE_INFINITY }) => revokedAt === undefined && expiresAt > now,
    )
    const ownerOf = new Map(inUse.flatMap((key) => (key.budgets ?? []).map(({ id }) => [id, key] as const)))
    const found = await standings(inUse.flatMap(({ budgets = [] }) => budgets))
    const budgets = found.map((standing) => {
      const { budget, subject } = standing.account
      const counted = budget.scope === 'key' ? all.find(({ id }) => id === subject) : undefined
      return budgetView(standing, ownerOf.get(budget.id) ?? counted)
    })
    return { budgets: budgets.sort((left, right) => right.usedShare - left.usedShare) }
  }
}

function budgetView(
  { account, settledNanoUsd, reservedNanoUsd, presumed }: BudgetStanding,
  key: { readonly id: string; readonly name: string } | undefined,
): BudgetView {
  const { budget, subject, startsAt, endsAt } = account
  const { id, scope, per, hard, limitNanoUsd, warnAt } = budget
  const usedShare = limitNanoUsd === 0 ? 1 : (settledNanoUsd + reservedNanoUsd) / limitNanoUsd
  return {
    ...{ id, scope, subject, per, hard, limitNanoUsd, settledNanoUsd, reservedNanoUsd, presumed, usedShare },
    ...{ startsAt, endsAt },
    key: key ? { id: key.id, name: key.name } : null,
    warnAt: warnAt[0] ?? 1,
  }
}
