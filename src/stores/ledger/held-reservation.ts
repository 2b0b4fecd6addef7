import type { BudgetWarning } from '../../core/budget.ts'
import type { Reservation, ReservationAsk } from '../../core/ledger.ts'
import { isAmount } from './check-ask.ts'

/** Hears what became of a reservation, once. */
export interface ReservationKeeper {
  ended(ask: ReservationAsk, spentNanoUsd: number): void
  /** Nobody said what it came to: all of it counts as spent until the truth is known. */
  untold(ask: ReservationAsk): void
}

/** A reservation until it is settled or released, whichever comes first. */
export class HeldReservation implements Reservation {
  readonly type = 'reserved'
  readonly warnings: readonly BudgetWarning[]
  readonly #ask: ReservationAsk
  readonly #keeper: ReservationKeeper
  #isOpen = true

  constructor(ask: ReservationAsk, warnings: readonly BudgetWarning[], keeper: ReservationKeeper) {
    this.warnings = warnings
    this.#ask = ask
    this.#keeper = keeper
  }

  get id(): string {
    return this.#ask.id
  }

  /** What cannot be counted is booked at the worst case. */
  settle(nanoUsd: number): void {
    this.#end(isAmount(nanoUsd) ? nanoUsd : this.#ask.worstNanoUsd)
  }

  presume(estimateNanoUsd: number): void {
    const { worstNanoUsd, accounts } = this.#ask
    const isKnown = isAmount(estimateNanoUsd)
    if (isKnown && (estimateNanoUsd >= worstNanoUsd || !accounts.some(({ budget }) => budget.hard)))
      this.#end(estimateNanoUsd)
    else if (this.#isOpen) {
      this.#isOpen = false
      this.#keeper.untold(this.#ask)
    }
  }

  release(): void {
    this.#end(0)
  }

  #end(spentNanoUsd: number): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#keeper.ended(this.#ask, spentNanoUsd)
  }
}
