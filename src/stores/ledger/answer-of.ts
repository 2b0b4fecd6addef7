import type { BudgetAccount, BudgetState, BudgetWarning } from '../../core/budget.ts'
import type { BudgetRefusal, Reservation, ReservationAsk } from '../../core/ledger.ts'
import { takenTwice } from './check-ask.ts'
import { HeldReservation, type ReservationKeeper } from './held-reservation.ts'
import type { Outcome, ReachedShare, Standing } from './operation.ts'

/** What became of a `reserve`, as its caller hears it. Throws where the id of the attempt was taken. */
export function answerOf(
  outcome: Outcome,
  ask: ReservationAsk,
  keeper: ReservationKeeper,
): Reservation | BudgetRefusal {
  if (outcome.type === 'refused') return { type: 'refused', state: stateOf(outcome.standing, ask.accounts) }
  if (outcome.type !== 'held') throw takenTwice(ask)
  return new HeldReservation(ask, warningsOf(outcome.reached, ask.accounts), keeper)
}

/** Shares that were reached, as their warnings. */
export function warningsOf(
  reached: readonly ReachedShare[],
  accounts: readonly BudgetAccount[],
): readonly BudgetWarning[] {
  return reached.length === 0 ? none : reached.map((each) => ({ share: each.share, state: stateOf(each, accounts) }))
}

const none: readonly BudgetWarning[] = []

/** How an account stands. */
export function stateOf({ account: id, settled, reserved }: Standing, accounts: readonly BudgetAccount[]): BudgetState {
  const account = accounts.find((each) => each.id === id)!
  return { account, settledNanoUsd: settled, reservedNanoUsd: reserved }
}
