import type { BudgetAccount, BudgetState } from '../../core/budget.ts'
import { type Clock, systemClock } from '../../core/clock.ts'
import type { BudgetRefusal, CurrentAccount, PresumedSpending, Reservation, ReservationAsk } from '../../core/ledger.ts'
import { InseamError } from '../../errors/index.ts'
import { answerOf, stateOf } from '../ledger/answer-of.ts'
import { applyBatch } from '../ledger/apply-batch.ts'
import { type Account, createBooks, emptyAccount, type Hold, namedIn } from '../ledger/books.ts'
import { checkAsk } from '../ledger/check-ask.ts'
import type { ReservationKeeper } from '../ledger/held-reservation.ts'
import { type AccountTerms, type Operation, type Outcome, termsOf } from '../ledger/operation.ts'
import { correct, spendingsOf } from '../ledger/presumed-spending.ts'
import type { FindCost, StoredLedger } from '../ledger/stored-ledger.ts'

/** What a ledger in memory needs. */
export interface MemoryLedgerOptions {
  readonly clock?: Clock
}

/**
 * A ledger that forgets: for tests, and for what is simulated. It counts as the others do, answers within the turn, starts no timer, and
 * holds for one process only.
 */
export function createMemoryLedger({ clock = systemClock }: MemoryLedgerOptions = {}): StoredLedger {
  return new MemoryLedger(clock)
}

class MemoryLedger implements StoredLedger, ReservationKeeper {
  readonly #clock: Clock
  readonly #accounts = new Map<string, Account>()
  readonly #holds = new Map<string, Hold>()
  readonly #terms = new Map<string, AccountTerms>()
  #isOpen = true

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async reserve(ask: ReservationAsk): Promise<Reservation | BudgetRefusal> {
    checkAsk(ask)
    if (!this.#isOpen)
      throw new InseamError('store-failed', `The ledger was closed before the attempt ${ask.id}.`, {
        fix: 'Close the seam last, once nothing calls it any more.',
      })
    const { id, callId, worstNanoUsd: amount } = ask
    const accounts = ask.accounts.map((account) => account.id)
    return answerOf(this.#apply({ type: 'reserve', id, callId, amount, accounts }, ask.accounts), ask, this)
  }

  ended({ id, accounts }: ReservationAsk, spent: number): void {
    this.#apply({ type: 'settle', id, spent, accounts: accounts.map((account) => account.id) })
  }

  untold({ id, accounts }: ReservationAsk): void {
    this.#apply({ type: 'presume', id, accounts: accounts.map((account) => account.id) })
  }

  async states(accounts: readonly BudgetAccount[]): Promise<readonly BudgetState[]> {
    const outcome = this.#apply({ type: 'read', accounts: accounts.map(({ id }) => id) })
    return outcome.type === 'read' ? outcome.standings.map((standing) => stateOf(standing, accounts)) : []
  }

  async current(): Promise<readonly CurrentAccount[]> {
    const now = this.#clock.date()
    return [...this.#terms.values()]
      .flatMap(({ id, budgetId, subject, startsAt, endsAt }) => {
        const { settled, reserved } = this.#accounts.get(id) ?? emptyAccount(id)
        return endsAt > now && settled + reserved > 0
          ? [{ budgetId, subject, startsAt, endsAt, settled, reserved }]
          : []
      })
      .sort((left, right) => (left.budgetId + left.subject < right.budgetId + right.subject ? -1 : 1))
  }

  async presumed(): Promise<readonly PresumedSpending[]> {
    return spendingsOf([...this.#holds.values()].filter(({ presumedAt }) => presumedAt !== undefined))
  }

  async reconcile(findCost: FindCost): Promise<number> {
    return correct(await this.presumed(), findCost, (operation) => void this.#apply(operation))
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    this.#isOpen = false
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #apply(operation: Operation, accounts: readonly BudgetAccount[] = []): Outcome {
    const batch = { owner: 'memory', terms: accounts.map(termsOf), operations: [operation] }
    for (const terms of batch.terms) this.#terms.set(terms.id, terms)
    const named = namedIn(batch)
    const books = createBooks(
      this.#clock.date(),
      found(this.#accounts, named.accounts),
      found(this.#holds, named.holds),
    )
    const [outcome] = applyBatch(books, batch)
    for (const account of books.changedAccounts) this.#accounts.set(account.id, account)
    for (const id of books.endedHolds) this.#holds.delete(id)
    for (const hold of books.changedHolds) this.#holds.set(hold.id, hold)
    return outcome!
  }
}

function found<Row>(rows: ReadonlyMap<string, Row>, ids: readonly string[]): Row[] {
  return ids.flatMap((id) => rows.get(id) ?? [])
}
