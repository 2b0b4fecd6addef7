import type { BudgetWarning } from '../core/budget.ts'
import { formatUsd } from '../core/cost.ts'
import { percentage } from '../core/figures.ts'
import type { JsonObject } from '../core/json.ts'
import { leftOf, nameOfBudget } from '../errors/index.ts'

/** What a `budget.warned` message says. Amounts are nano-dollars, times as ISO 8601 has them, in UTC. */
export function budgetWarned({ state, share }: BudgetWarning): JsonObject {
  const { account, settledNanoUsd, reservedNanoUsd } = state
  const { budget, subject, startsAt, endsAt } = account
  const { id, scope, limitNanoUsd, per, hard } = budget
  const leftNanoUsd = leftOf(state)
  const endsOn = new Date(endsAt).toISOString()
  return {
    message: `${nameOfBudget(state)} has reached ${percentage(share)} of ${formatUsd(limitNanoUsd)} per ${per}: ${formatUsd(leftNanoUsd)} left. It begins anew at ${endsOn}.`,
    budget: id,
    scope,
    ...(scope !== 'global' && { subject }),
    per,
    hard,
    share,
    limitNanoUsd,
    settledNanoUsd,
    reservedNanoUsd,
    leftNanoUsd,
    startsOn: new Date(startsAt).toISOString(),
    endsOn,
  }
}
