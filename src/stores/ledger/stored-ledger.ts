import type { Ledger } from '../../core/ledger.ts'

/** What a process held when it died, or what an attempt may have cost whose usage never came: it counts as spent until the truth is known. */
export interface PresumedSpending {
  /** The attempt's id, or the lease's. */
  readonly id: string
  /** Absent for a lease: what was spent of it is not known attempt by attempt. */
  readonly callId?: string
  /** The ids of the accounts in which it counts. */
  readonly accounts: readonly string[]
  readonly nanoUsd: number
  /** The process that held it. */
  readonly owner: string
  /** Milliseconds since the Unix epoch. */
  readonly madeAt: number
  /** Milliseconds since the Unix epoch. */
  readonly presumedAt: number
}

/** Knows what something came to after all, in nano-dollars; `undefined`: not known either. */
export type FindCost = (presumed: PresumedSpending) => number | undefined | Promise<number | undefined>

/** How an account stands whose window is not over. Amounts are nano-dollars, times milliseconds since the Unix epoch. */
export interface CurrentAccount {
  readonly budgetId: string
  /** The key's id, the feature or the tenant; empty where the scope is global. */
  readonly subject: string
  readonly startsAt: number
  readonly endsAt: number
  readonly settled: number
  readonly reserved: number
}

/** A ledger that can be asked what it presumes, and told the truth. */
export interface StoredLedger extends Ledger, AsyncDisposable {
  /** Every account on which something was drawn and whose window is not over, by budget and subject. */
  current(): Promise<readonly CurrentAccount[]>
  /** All that counts as spent because nobody said what it came to, the oldest first. */
  presumed(): Promise<readonly PresumedSpending[]>
  /** Books what things came to instead of what is presumed of them, where that is known now. Gives how many it corrected. */
  reconcile(findCost: FindCost): Promise<number>
}
