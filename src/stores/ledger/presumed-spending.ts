import type { PresumedSpending } from '../../core/ledger.ts'
import { InseamError } from '../../errors/index.ts'
import type { Hold } from './books.ts'
import { isAmount } from './check-ask.ts'
import type { SettleOperation } from './operation.ts'
import type { FindCost } from './stored-ledger.ts'

/** What presumed holds say, as callers hear it. */
export function spendingsOf(holds: readonly Hold[]): readonly PresumedSpending[] {
  return holds.map(({ id, callId, accounts, amount, owner, madeAt, presumedAt }) => ({
    id,
    ...(callId !== undefined && { callId }),
    accounts,
    nanoUsd: amount,
    owner,
    madeAt,
    presumedAt: presumedAt!,
  }))
}

/** Books what is known now instead of what is presumed. Gives how many it corrected; throws `internal-error` for a cost that is no amount. */
export async function correct(
  presumed: readonly PresumedSpending[],
  findCost: FindCost,
  apply: (operation: SettleOperation) => void | Promise<void>,
): Promise<number> {
  let corrected = 0
  for (const each of presumed) {
    const spent = await findCost(each)
    if (spent === undefined) continue
    if (!isAmount(spent))
      throw new InseamError('internal-error', `${spent} nano-dollars cannot be what ${each.id} came to.`, {
        fix: 'Give whole nano-dollars, 0 or more, or undefined where the cost is not known.',
      })
    await apply({ type: 'settle', id: each.id, spent, accounts: each.accounts })
    corrected++
  }
  return corrected
}
