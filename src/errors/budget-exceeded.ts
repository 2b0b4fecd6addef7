import type { BudgetState } from '../core/budget.ts'
import { formatUsd } from '../core/cost.ts'
import { InseamError } from './inseam-error.ts'

/**
 * A hard budget does not hold what an attempt may cost: nothing was sent. Not thrown by a soft one, which only warns. `state` is how
 * the budget stood, `worstNanoUsd` the most that the attempt could have cost.
 */
export class BudgetExceeded extends InseamError {
  readonly state: BudgetState
  readonly worstNanoUsd: number

  constructor(state: BudgetState, worstNanoUsd: number, target: string) {
    const { account, reservedNanoUsd } = state
    const { limitNanoUsd, per } = account.budget
    const underWay =
      reservedNanoUsd > 0 ? `, ${formatUsd(reservedNanoUsd)} being held for attempts that are under way` : ''
    super(
      'budget-exceeded',
      `${nameOfBudget(state)} has ${formatUsd(leftOf(state))} left of ${formatUsd(limitNanoUsd)} per ${per}${underWay}, and this attempt at ${target} could cost ${formatUsd(worstNanoUsd)}. The budget begins anew at ${new Date(account.endsAt).toISOString()}.`,
      {
        fix: 'Raise its `limit` under `budgets`, wait until it begins anew, or lower the output limit (`maxOutputTokens`) or the prompt, so that the attempt can cost less.',
      },
    )
    this.state = state
    this.worstNanoUsd = worstNanoUsd
  }
}

/** What may still be set aside in a budget, in nano-dollars; never below nothing. */
export function leftOf({ account, settledNanoUsd, reservedNanoUsd }: BudgetState): number {
  return Math.max(0, account.budget.limitNanoUsd - settledNanoUsd - reservedNanoUsd)
}

/** What messages call it, at their beginning. */
export function nameOfBudget({ account: { budget, subject } }: BudgetState): string {
  return budget.scope === 'global' ? 'The global budget' : `The budget of the ${budget.scope} "${subject}"`
}
