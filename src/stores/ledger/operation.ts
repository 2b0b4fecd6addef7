import type { BudgetAccount } from '../../core/budget.ts'

/** What the books need to know of an account, as plain data: it crosses threads. Amounts are nano-dollars everywhere. */
export interface AccountTerms {
  readonly id: string
  readonly budgetId: string
  readonly subject: string
  readonly startsAt: number
  readonly endsAt: number
  readonly limit: number
  readonly isHard: boolean
  readonly warnAt: readonly number[]
}

/** The terms of an account. */
export function termsOf({ id, budget, subject, startsAt, endsAt }: BudgetAccount): AccountTerms {
  const { id: budgetId, limitNanoUsd: limit, hard: isHard, warnAt } = budget
  return { id, budgetId, subject, startsAt, endsAt, limit, isHard, warnAt }
}

/** Something that is done to the books. Each may be done twice: the second time changes nothing. */
export type Operation = ReserveOperation | SettleOperation | PresumeOperation | LeaseOperation | ReadOperation

/** Holds an amount in all accounts, or in none. */
export interface ReserveOperation {
  readonly type: 'reserve'
  readonly id: string
  readonly callId: string
  readonly amount: number
  readonly accounts: readonly string[]
}

/** Ends a hold: what was spent of it is booked in its accounts, and the rest is free. */
export interface SettleOperation {
  readonly type: 'settle'
  readonly id: string
  readonly spent: number
  readonly accounts: readonly string[]
}

/** Counts a hold as spent until the truth is known: nobody said what it came to. */
export interface PresumeOperation {
  readonly type: 'presume'
  readonly id: string
  readonly accounts: readonly string[]
}

/** Books what was spent of a lease, an amount that a process holds in one account to reserve in, and changes how much of it is held. */
export interface LeaseOperation {
  readonly type: 'lease'
  readonly id: string
  /** Since the lease began. */
  readonly spent: number
  /** How much of that is known to have been booked. */
  readonly booked: number
  /** How much must be held from now on. */
  readonly keep: number
  /** How much should be held, where the account has several times as much left. */
  readonly want: number
  readonly accounts: readonly [string]
}

/** Tells how accounts stand. */
export interface ReadOperation {
  readonly type: 'read'
  readonly accounts: readonly string[]
}

/** Operations that are done together, in order, in one transaction. */
export interface Batch {
  /** The process that asks. */
  readonly owner: string
  /** How long the owner lives on unless it is heard of again, in milliseconds. Absent: it was heard of lately. */
  readonly lifeMs?: number
  /** Of the accounts that something is held in. */
  readonly terms: readonly AccountTerms[]
  readonly operations: readonly Operation[]
}

/** How an account stands, in nano-dollars. */
export interface Standing {
  readonly account: string
  readonly settled: number
  readonly reserved: number
}

/** A share that was reached, and how the account stood then. */
export interface ReachedShare extends Standing {
  readonly share: number
}

/** What became of an operation. */
export type Outcome =
  | { readonly type: 'held'; readonly reached: readonly ReachedShare[] }
  | { readonly type: 'refused'; readonly standing: Standing }
  /** The id is taken by something else. */
  | { readonly type: 'taken' }
  | { readonly type: 'settled' }
  /** How much is held. `isNarrow`: the account has so little left that leases are in the way of others. */
  | {
      readonly type: 'leased'
      readonly amount: number
      readonly isNarrow: boolean
      readonly reached: readonly ReachedShare[]
    }
  | { readonly type: 'read'; readonly standings: readonly Standing[] }
