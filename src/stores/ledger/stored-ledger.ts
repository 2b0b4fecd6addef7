import type { Ledger, PresumedSpending } from '../../core/ledger.ts'

/** Knows what something came to after all, in nano-dollars; `undefined`: not known either. */
export type FindCost = (presumed: PresumedSpending) => number | undefined | Promise<number | undefined>

/** A ledger that can be told the truth. */
export interface StoredLedger extends Ledger, AsyncDisposable {
  /** Books what things came to instead of what is presumed of them, where that is known now. Gives how many it corrected. */
  reconcile(findCost: FindCost): Promise<number>
}
