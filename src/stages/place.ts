import type { Call } from '../core/call.ts'
import type { LoadClass } from '../core/load-class.ts'
import type { RateLimits } from '../core/rate-limits.ts'
import type { Slot } from '../core/slot.ts'
import type { Usage } from '../core/usage.ts'
import type { Taken } from './provider-allowances.ts'
import type { TokenNeed } from './token-need.ts'

/** Who gave a place, and hears what becomes of it. */
export interface PlaceKeeper {
  readonly answered: (place: Place, limits: RateLimits) => void
  readonly succeeded: (place: Place, usage: Usage) => void
  readonly failed: (place: Place, error: Error) => void
  readonly released: (place: Place) => void
}

/** One place at a target. What it is told goes to its keeper. */
export class Place implements Slot {
  isOpen = true
  readonly call: Call
  readonly loadClass: LoadClass
  readonly need: TokenNeed
  readonly queuedMs: number
  readonly startedAt: number
  readonly taken: Taken
  readonly second: number
  readonly #keeper: PlaceKeeper

  constructor(keeper: PlaceKeeper, fields: Omit<Place, keyof Slot | 'isOpen'> & { readonly queuedMs: number }) {
    this.#keeper = keeper
    this.call = fields.call
    this.loadClass = fields.loadClass
    this.need = fields.need
    this.queuedMs = fields.queuedMs
    this.startedAt = fields.startedAt
    this.taken = fields.taken
    this.second = fields.second
  }
  answered(limits: RateLimits | undefined) {
    if (limits) this.#keeper.answered(this, limits)
  }
  succeeded(usage: Usage) {
    this.#keeper.succeeded(this, usage)
  }
  failed(error: Error) {
    this.#keeper.failed(this, error)
  }
  release() {
    if (!this.isOpen) return
    this.isOpen = false
    this.#keeper.released(this)
  }
}
