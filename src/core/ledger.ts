import type { BudgetAccount, BudgetState, BudgetWarning } from './budget.ts'

/** What an attempt may come to, and which accounts it draws on. */
export interface ReservationAsk {
  /** The attempt's id: one reservation an attempt. */
  readonly id: string
  readonly callId: string
  /** The most that it can cost. */
  readonly worstNanoUsd: number
  /** At least one. */
  readonly accounts: readonly BudgetAccount[]
}

/** The worst case of an attempt, set aside in all of its accounts. It is kept alive until it is settled or released. */
export interface Reservation {
  readonly type: 'reserved'
  readonly id: string
  /** Warnings that this reservation set off, each told to one caller in all processes. */
  readonly warnings: readonly BudgetWarning[]
  /**
   * Books what the attempt came to instead of its worst case, more than that too. Once: what is said later changes nothing. Never
   * throws and never waits: it is durable soon, and at the latest when {@link Ledger.flush} has resolved.
   */
  settle(nanoUsd: number): void
  /**
   * Nobody said what the attempt came to: the estimate is booked where no hard budget counts it; where one does, its worst case counts
   * as spent, flagged, until the truth is known. Once, as `settle`.
   */
  presume(estimateNanoUsd: number): void
  /** Gives all of it back: nothing was sent. Once, as `settle`. */
  release(): void
}

/** A hard budget would be overspent. Nothing was set aside. */
export interface BudgetRefusal {
  readonly type: 'refused'
  /** The first account that does not hold it, as it stands. */
  readonly state: BudgetState
}

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

/**
 * Holds what was spent and what may yet be, in all processes that share it. At every step, for every account of a hard budget,
 * settled and reserved together are at most the limit, but for what an attempt settled above its own worst case.
 */
export interface Ledger {
  /**
   * Sets the worst case aside in all accounts, or in none. Durable once it resolves. Rejects with an `InseamError`, `store-failed`,
   * where the store cannot be reached.
   */
  reserve(ask: ReservationAsk): Promise<Reservation | BudgetRefusal>
  /** How accounts stand, in their order; those that nothing was ever drawn on too. */
  states(accounts: readonly BudgetAccount[]): Promise<readonly BudgetState[]>
  /** Every account on which something was drawn and whose window is not over, by budget and subject. */
  current(): Promise<readonly CurrentAccount[]>
  /** All that counts as spent because nobody said what it came to, the oldest first. */
  presumed(): Promise<readonly PresumedSpending[]>
  /** Resolves once all that was settled before is durable. */
  flush(): Promise<void>
  /** What does not work as it should, in words, for `/readyz`. Absent: nothing can be wrong. */
  problems?(): readonly string[]
  /** Makes durable what was settled, as far as it can be, and takes nothing more. Never rejects. */
  close(): Promise<void>
}
