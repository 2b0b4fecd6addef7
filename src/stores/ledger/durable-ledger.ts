import type { BudgetAccount, BudgetState } from '../../core/budget.ts'
import { type Clock, systemClock } from '../../core/clock.ts'
import { newId } from '../../core/identifier.ts'
import type { BudgetRefusal, CurrentAccount, PresumedSpending, Reservation, ReservationAsk } from '../../core/ledger.ts'
import { asInseamError, InseamError } from '../../errors/index.ts'
import { answerOf, stateOf } from './answer-of.ts'
import { checkAsk } from './check-ask.ts'
import { HeldReservation, type ReservationKeeper } from './held-reservation.ts'
import { Leases } from './leases.ts'
import type { LedgerDriver } from './ledger-driver.ts'
import { ledgerIsLost } from './ledger-is-lost.ts'
import { LedgerQueue } from './ledger-queue.ts'
import { correct, spendingsOf } from './presumed-spending.ts'
import type { FindCost, StoredLedger } from './stored-ledger.ts'

/** How a ledger in a database behaves. */
export interface DurableLedgerOptions {
  /**
   * How much of an account this process holds to reserve in without asking the database, in nano-dollars. What a process that dies
   * holds so counts as spent. Default 0: every reservation is in the database before it is given.
   */
  readonly leaseNanoUsd?: number
  /** How long what this process holds is held after it was last heard of, in milliseconds. It is heard of thrice as often. Default 30,000. */
  readonly lifeMs?: number
  /** Hears of each failure of the database. Must not throw. */
  readonly onProblem?: (problem: InseamError) => void
  readonly clock?: Clock
}

/** How long a settlement waits for other work at most. */
const delayMs = 10
const retryMs = 1_000

/** A ledger over books in a database. Whoever opens it has looked for the dead once. */
export async function openDurableLedger(
  driver: LedgerDriver,
  options: DurableLedgerOptions = {},
): Promise<StoredLedger> {
  const { leaseNanoUsd = 0, lifeMs = 30_000, onProblem = () => {}, clock = systemClock } = options
  const owner = newId('process', clock.date(), Math.random)
  try {
    await driver.presumeDead()
  } catch (error) {
    await driver.close()
    throw error
  }
  const queue = new LedgerQueue(driver, owner, { lifeMs, delayMs, retryMs }, clock, onProblem)
  return new DurableLedger(driver, owner, queue, new Leases(queue, leaseNanoUsd, clock), onProblem)
}

class DurableLedger implements StoredLedger, ReservationKeeper {
  readonly #driver: LedgerDriver
  readonly #owner: string
  readonly #queue: LedgerQueue
  readonly #leases: Leases
  readonly #onProblem: (problem: InseamError) => void
  #closing: Promise<void> | undefined

  constructor(
    driver: LedgerDriver,
    owner: string,
    queue: LedgerQueue,
    leases: Leases,
    onProblem: (problem: InseamError) => void,
  ) {
    this.#driver = driver
    this.#owner = owner
    this.#queue = queue
    this.#leases = leases
    this.#onProblem = onProblem
  }

  async reserve(ask: ReservationAsk): Promise<Reservation | BudgetRefusal> {
    checkAsk(ask)
    if (this.#closing) throw closedBefore(ask.id)
    const warnings = this.#leases.take(ask)
    if (warnings) return new HeldReservation(ask, warnings, this.#leases)
    const answer = await this.#reserveExactly(ask)
    // What this process holds back itself must not be the reason.
    if (answer.type === 'refused' && this.#leases.giveBack(ask.accounts)) return this.#reserveExactly(ask)
    return answer
  }

  ended({ id, accounts }: ReservationAsk, spent: number): void {
    this.#queue.post({ type: 'settle', id, spent, accounts: accounts.map((account) => account.id) })
    this.#queue.rest()
  }

  untold({ id, accounts }: ReservationAsk): void {
    this.#queue.post({ type: 'presume', id, accounts: accounts.map((account) => account.id) })
    this.#queue.rest()
  }

  async states(accounts: readonly BudgetAccount[]): Promise<readonly BudgetState[]> {
    this.#leases.report()
    const outcome = await this.#queue.ask({ type: 'read', accounts: accounts.map(({ id }) => id) })
    return outcome.type === 'read' ? outcome.standings.map((standing) => stateOf(standing, accounts)) : []
  }

  async current(): Promise<readonly CurrentAccount[]> {
    await this.flush()
    return this.#driver.current()
  }

  async presumed(): Promise<readonly PresumedSpending[]> {
    return spendingsOf(await this.#driver.presumed())
  }

  async reconcile(findCost: FindCost): Promise<number> {
    return correct(await this.presumed(), findCost, async (operation) => void (await this.#queue.ask(operation)))
  }

  async flush(): Promise<void> {
    this.#leases.report()
    await this.#queue.ask({ type: 'read', accounts: [] })
  }

  problems(): readonly string[] {
    return this.#queue.problem ? [ledgerIsLost(this.#queue.problem)] : []
  }

  /** Makes durable what was settled, and gives back what is leased. Never rejects: `onProblem` hears of what could not be. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    try {
      this.#leases.giveBackAll()
      await this.flush()
      await this.#queue.stop()
      await this.#driver.leave(this.#owner)
    } catch (error) {
      this.#onProblem(asInseamError(error))
    } finally {
      await this.#queue.stop()
      await this.#driver.close()
    }
  }

  async #reserveExactly(ask: ReservationAsk): Promise<Reservation | BudgetRefusal> {
    const { id, callId, worstNanoUsd: amount } = ask
    const accounts = ask.accounts.map((account) => account.id)
    const outcome = await this.#queue.ask({ type: 'reserve', id, callId, amount, accounts }, ask.accounts)
    const answer = answerOf(outcome, ask, this)
    if (answer.type === 'reserved') this.#queue.live()
    return answer
  }
}

function closedBefore(id: string): InseamError {
  return new InseamError('store-failed', `The ledger was closed before the attempt ${id}.`, {
    fix: 'Close the seam last, once nothing calls it any more.',
  })
}
