import type { ReservationAsk } from '../../core/ledger.ts'
import { InseamError } from '../../errors/index.ts'

/** Whether an amount can be counted exactly: nine million dollars at the most. */
export function isAmount(nanoUsd: number): boolean {
  return Number.isSafeInteger(nanoUsd) && nanoUsd >= 0
}

/** Throws `internal-error` where an ask can be no reservation: an absurd amount, or no account. */
export function checkAsk({ id, worstNanoUsd, accounts }: ReservationAsk): void {
  if (!isAmount(worstNanoUsd))
    throw new InseamError('internal-error', `${worstNanoUsd} nano-dollars cannot be reserved for the attempt ${id}.`, {
      fix: "Look at the prices of the attempt's model and its limit of output tokens; where they are right, please report it.",
    })
  if (accounts.length === 0)
    throw new InseamError('internal-error', `The attempt ${id} is to be reserved in no account.`, {
      fix: 'Please report it.',
    })
}

/** The id of the attempt is in use. */
export function takenTwice({ id }: ReservationAsk): InseamError {
  return new InseamError('internal-error', `The ledger holds something else for the attempt ${id} already.`, {
    fix: 'Reserve once an attempt, with an id that is its own.',
  })
}
