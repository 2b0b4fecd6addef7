import type { Batch } from './operation.ts'

/** An account as it is stored. Amounts are nano-dollars. */
export interface Account {
  readonly id: string
  settled: number
  reserved: number
  /** The highest share of the limit that somebody was told of. */
  warned: number
}

/** An amount that is held in accounts for an attempt, or in one account as a lease. */
export interface Hold {
  readonly id: string
  /** The process that will end it. */
  readonly owner: string
  /** Absent for a lease. */
  readonly callId?: string
  amount: number
  /** What was booked of a lease. */
  spent: number
  readonly accounts: readonly string[]
  /** Milliseconds since the Unix epoch. */
  readonly madeAt: number
  /** Since when the amount counts as spent, because its owner died or nobody said what it came to. Absent: it counts as reserved. */
  presumedAt?: number
}

/** The part of the books that a transaction works on, and what it changed. */
export interface Books {
  /** The store's own clock: milliseconds since the Unix epoch. */
  readonly now: number
  /** All that the operations name and that are there. */
  readonly accounts: Map<string, Account>
  /** All that the operations name and that are there. */
  readonly holds: Map<string, Hold>
  readonly changedAccounts: Set<Account>
  /** New or changed. */
  readonly changedHolds: Set<Hold>
  readonly endedHolds: Set<string>
}

/** Books of what was loaded. */
export function createBooks(now: number, accounts: Iterable<Account>, holds: Iterable<Hold>): Books {
  return {
    now,
    accounts: new Map(Array.from(accounts, (account) => [account.id, account])),
    holds: new Map(Array.from(holds, (hold) => [hold.id, hold])),
    changedAccounts: new Set(),
    changedHolds: new Set(),
    endedHolds: new Set(),
  }
}

/** An account that nothing was ever drawn on. */
export function emptyAccount(id: string): Account {
  return { id, settled: 0, reserved: 0, warned: 0 }
}

/** The ids of the accounts and holds to load for a batch: each once, and sorted, so that two who lock them do not wait for each other. */
export function namedIn({ operations }: Batch): {
  readonly accounts: readonly string[]
  readonly holds: readonly string[]
} {
  const accounts = new Set<string>()
  const holds = new Set<string>()
  for (const operation of operations) {
    for (const account of operation.accounts) accounts.add(account)
    if (operation.type !== 'read') holds.add(operation.id)
  }
  return { accounts: [...accounts].sort(), holds: [...holds].sort() }
}

/** Adds to what an account holds, or takes from it; the hold's amount counts as spent where it is presumed. */
export function move(books: Books, hold: Hold, amount: number): void {
  for (const id of hold.accounts) {
    const account = books.accounts.get(id)
    if (!account) continue
    if (hold.presumedAt === undefined) account.reserved += amount
    else account.settled += amount
    books.changedAccounts.add(account)
  }
}

/** Books what was spent. A sum beyond what is exact stays at the last exact one: no limit is higher. */
export function book(books: Books, accounts: readonly string[], spent: number): void {
  for (const id of accounts) {
    const account = books.accounts.get(id)
    if (!account) continue
    account.settled = Math.min(account.settled + spent, Number.MAX_SAFE_INTEGER)
    books.changedAccounts.add(account)
  }
}

/** Counts what is held as spent until the truth is known. */
export function presume(books: Books, hold: Hold): void {
  if (hold.presumedAt !== undefined) return
  move(books, hold, -hold.amount)
  book(books, hold.accounts, hold.amount)
  hold.presumedAt = books.now
  books.changedHolds.add(hold)
}
