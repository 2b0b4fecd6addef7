import { type Clock, systemClock, type Timer } from '../core/clock.ts'
import type { CallEvent, SeamEvent } from '../core/event.ts'
import type { CallRow } from './api.ts'
import { callRow } from './call-row.ts'

/** Whoever follows calls as they end. */
export interface Follower {
  /** Which calls it wants. */
  readonly wants: (call: CallEvent) => boolean
  /** Takes rows, and how many were lost after them. Gives `false` where it takes no more until {@link Following.resume}. */
  readonly take: (rows: readonly CallRow[], lost: number) => boolean
}

/** A follower that is being told. */
export interface Following {
  /** It takes rows again. */
  resume(): void
  stop(): void
}

/** Calls as they end, for those who look. */
export interface LiveCalls {
  /** Hears of an event as it is recorded. Never throws and never waits: slow followers lose calls, not the gateway time. */
  hear(event: SeamEvent): void
  follow(follower: Follower): Following
}

/** How long calls gather before they are told together, in milliseconds. */
const gatherMs = 100
/** Calls that a follower may be behind; beyond them it loses the newest. */
const maxBehind = 200

/** Nobody follows yet, so hearing costs next to nothing. */
export function createLiveCalls({ clock = systemClock }: { readonly clock?: Clock } = {}): LiveCalls {
  const followers = new Set<Told>()
  return {
    hear(event) {
      if (followers.size === 0 || event.type !== 'call') return
      for (const follower of followers) follower.hear(event)
    },
    follow(follower) {
      const told = new Told(follower, clock)
      followers.add(told)
      return {
        resume: () => told.resume(),
        stop: () => {
          followers.delete(told)
          told.stop()
        },
      }
    },
  }
}

/** What one follower has not yet been told. */
class Told {
  readonly #follower: Follower
  readonly #clock: Clock
  #rows: CallRow[] = []
  #lost = 0
  #isBlocked = false
  #timer: Timer | undefined

  constructor(follower: Follower, clock: Clock) {
    this.#follower = follower
    this.#clock = clock
  }

  hear(call: CallEvent): void {
    if (!this.#follower.wants(call)) return
    if (this.#rows.length >= maxBehind) this.#lost++
    else this.#rows.push(callRow(call))
    if (!this.#isBlocked) this.#timer ??= this.#clock.timer(gatherMs, () => this.#tell())
  }

  resume(): void {
    this.#isBlocked = false
    if (this.#rows.length > 0) this.#tell()
  }

  stop(): void {
    this.#isBlocked = true
    this.#timer?.cancel()
    this.#rows = []
  }

  #tell(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    const rows = this.#rows
    const lost = this.#lost
    this.#rows = []
    this.#lost = 0
    this.#isBlocked = !this.#follower.take(rows, lost)
  }
}
