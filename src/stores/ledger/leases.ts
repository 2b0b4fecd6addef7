import type { BudgetAccount, BudgetWarning } from '../../core/budget.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import { newId } from '../../core/identifier.ts'
import type { ReservationAsk } from '../../core/ledger.ts'
import { warningsOf } from './answer-of.ts'
import type { ReservationKeeper } from './held-reservation.ts'
import type { LedgerQueue } from './ledger-queue.ts'
import type { Outcome, ReachedShare } from './operation.ts'

/** How long what was spent is gathered before it is booked. What was not counts as spent with the rest of the lease. */
const reportMs = 100
/** A lease that nothing was taken from for so long is given back. */
const idleMs = 10_000
/** How long no lease is asked for where the account had too little left for one. */
const pauseMs = 1_000

/** What this process holds of an account. Amounts are nano-dollars; what is held is `free` + `reserved` + what is not booked. */
interface Lease {
  readonly id: string
  readonly account: BudgetAccount
  /** Less than 0 where providers took more than their worst case. */
  free: number
  /** Attempts under way. */
  attempts: number
  /** Their worst cases. */
  reserved: number
  /** Since it began. */
  spent: number
  /** As much of that as is known to be booked. */
  booked: number
  /** Which report is the last: the answers to others are out of date. */
  reports: number
  /** Reports without an answer yet. */
  unanswered: number
  isAsking: boolean
  usedAt: number
  notBefore: number
  /** Shares that a lease reached, to be told with the next reservation. */
  reached: readonly ReachedShare[]
}

/**
 * Amounts that are held in the books for this process as a whole, in which it reserves within the turn. What it spends of them is
 * booked soon after; where a process dies, what it had not booked counts as spent.
 */
export class Leases implements ReservationKeeper {
  readonly #queue: LedgerQueue
  readonly #amount: number
  readonly #clock: Clock
  readonly #leases = new Map<string, Lease>()
  #reporting: Timer | undefined
  #idling: Timer | undefined

  /** An amount of 0: there are no leases. */
  constructor(queue: LedgerQueue, amount: number, clock: Clock) {
    this.#queue = queue
    this.#amount = amount
    this.#clock = clock
  }

  /** Reserves in the leases of all accounts, or in none; then leases are drawn where that helps. Gives the warnings, where it did. */
  take({ accounts, worstNanoUsd: worst }: ReservationAsk): readonly BudgetWarning[] | undefined {
    if (this.#amount === 0 || worst > this.#amount) return undefined
    let isShort = false
    for (const account of accounts) {
      const lease = this.#leases.get(account.id) ?? this.#begin(account)
      if (lease.free >= worst) continue
      isShort = true
      this.#draw(lease)
    }
    if (isShort) return undefined
    return accounts.flatMap((account) => this.#takeFrom(this.#leases.get(account.id)!, worst))
  }

  ended({ accounts, worstNanoUsd: worst }: ReservationAsk, spent: number): void {
    for (const { id } of accounts) {
      const lease = this.#leases.get(id)!
      lease.attempts--
      lease.reserved -= worst
      lease.free += worst - spent
      lease.spent += spent
    }
    this.#reportSoon()
  }

  /** What is spent of a lease is not told attempt by attempt: it is booked at its worst case for good. */
  untold(ask: ReservationAsk): void {
    this.ended(ask, ask.worstNanoUsd)
  }

  /** Books what was spent and is not booked. */
  report(): void {
    for (const lease of this.#leases.values()) if (lease.spent > lease.booked) this.#tell(lease, 0)
  }

  /** Gives back what is free in the accounts. Whether there was any. */
  giveBack(accounts: readonly BudgetAccount[]): boolean {
    const leases = accounts.flatMap(({ id }) => this.#leases.get(id) ?? [])
    const given = leases.filter(({ free }) => free > 0)
    for (const lease of given) this.#return(lease)
    return given.length > 0
  }

  /** Gives back all that is free, for good. */
  giveBackAll(): void {
    this.#idling?.cancel()
    this.#reporting?.cancel()
    this.#idling = undefined
    this.#reporting = undefined
    for (const lease of this.#leases.values()) this.#return(lease)
  }

  #begin(account: BudgetAccount): Lease {
    const id = newId('lease', this.#clock.date(), Math.random)
    const now = this.#clock.now()
    const lease: Lease = {
      id,
      account,
      free: 0,
      attempts: 0,
      reserved: 0,
      spent: 0,
      booked: 0,
      reports: 0,
      unanswered: 0,
      isAsking: false,
      usedAt: now,
      notBefore: now,
      reached: [],
    }
    this.#leases.set(account.id, lease)
    this.#queue.live()
    this.#idling ??= this.#clock.timer(idleMs, () => this.#giveBackIdle())
    return lease
  }

  #takeFrom(lease: Lease, worst: number): readonly BudgetWarning[] {
    lease.free -= worst
    lease.attempts++
    lease.reserved += worst
    lease.usedAt = this.#clock.now()
    const { reached } = lease
    lease.reached = []
    // The next ones need not wait for it either.
    if (lease.free < this.#amount / 2) this.#draw(lease)
    return warningsOf(reached, [lease.account])
  }

  #draw(lease: Lease): void {
    if (lease.isAsking || this.#clock.now() < lease.notBefore) return
    this.#tell(lease, this.#amount - Math.max(0, lease.free))
  }

  #return(lease: Lease): void {
    lease.free = 0
    lease.notBefore = this.#clock.now() + pauseMs
    this.#tell(lease, 0)
  }

  #tell(lease: Lease, more: number): void {
    // What was overspent is booked with the rest; nothing of it is held any more.
    lease.free = Math.max(0, lease.free)
    lease.isAsking = more > 0
    const { id, account, spent, booked } = lease
    const number = ++lease.reports
    lease.unanswered++
    const keep = lease.free + lease.reserved
    this.#queue.post(
      { type: 'lease', id, spent, booked, keep, want: keep + more, accounts: [account.id] },
      [account],
      (outcome) => this.#heard(lease, number, spent, keep, outcome),
    )
  }

  #heard(lease: Lease, number: number, spent: number, keep: number, outcome: Outcome): void {
    if (outcome.type !== 'leased') return
    lease.unanswered--
    lease.booked = Math.max(lease.booked, spent)
    lease.reached = [...lease.reached, ...outcome.reached]
    if (number !== lease.reports) return
    lease.free += outcome.amount - keep
    lease.isAsking = false
    if (!outcome.isNarrow) return
    lease.notBefore = this.#clock.now() + pauseMs
    if (lease.free > 0) this.#return(lease)
  }

  #reportSoon(): void {
    this.#reporting ??= this.#clock.timer(reportMs, () => {
      this.#reporting = undefined
      for (const lease of this.#leases.values()) {
        if (lease.spent === lease.booked) continue
        // Where the database is away, reports must not pile up.
        if (lease.unanswered > 0) this.#reportSoon()
        else this.#tell(lease, 0)
      }
    })
  }

  #giveBackIdle(): void {
    this.#idling = undefined
    const now = this.#clock.now()
    for (const [id, lease] of this.#leases) {
      if (now - lease.usedAt < idleMs || lease.attempts > 0 || lease.unanswered > 0) continue
      if (lease.free > 0 || lease.spent > lease.booked) this.#return(lease)
      else {
        this.#leases.delete(id)
        this.#queue.rest()
      }
    }
    if (this.#leases.size > 0) this.#idling = this.#clock.timer(idleMs, () => this.#giveBackIdle())
  }
}
