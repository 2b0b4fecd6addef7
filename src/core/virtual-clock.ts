import type { Clock, Timer } from './clock.ts'

interface Pending {
  at: number
  readonly order: number
  readonly fire: () => void
}

/** A clock for tests: time stands still until nothing else can happen, then jumps to the next timer. */
export interface VirtualClock extends Clock {
  /** Lets time pass until `work` settles, and gives what it gives. Throws when it can never settle: nothing is due. */
  run<T>(work: Promise<T> | (() => Promise<T>)): Promise<T>
  /** Lets `ms` milliseconds pass. */
  advance(ms: number): Promise<void>
  /** How many timers wait: zero after a call, or something was left behind. */
  readonly pending: number
}

/** Starts at 0 ms, and at `startDate` (default 2026-01-01T00:00:00Z) by the wall. */
export function createVirtualClock(startDate = Date.UTC(2026, 0, 1)): VirtualClock {
  const timers = new Set<Pending>()
  let now = 0
  let order = 0

  const soonest = (until: number): Pending | undefined => {
    let first: Pending | undefined
    for (const timer of timers) {
      if (timer.at > until) continue
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) first = timer
    }
    return first
  }
  const fireNext = (until: number): boolean => {
    const next = soonest(until)
    if (!next) return false
    timers.delete(next)
    now = Math.max(now, next.at)
    next.fire()
    return true
  }

  return {
    now: () => now,
    date: () => startDate + now,
    get pending() {
      return timers.size
    },
    timer(ms, fire): Timer {
      const wait = Math.max(ms, 0)
      const timer: Pending = { at: now + wait, order: order++, fire }
      let isCancelled = false
      timers.add(timer)
      return {
        refresh: () => {
          timer.at = now + wait
          if (!isCancelled) timers.add(timer)
        },
        cancel: () => {
          isCancelled = true
          timers.delete(timer)
        },
      }
    },
    async run(work) {
      const promise = typeof work === 'function' ? work() : work
      let settled = false
      const mark = () => {
        settled = true
      }
      promise.then(mark, mark)
      for (;;) {
        await settleMicrotasks()
        if (settled) return promise
        if (!fireNext(Number.POSITIVE_INFINITY)) {
          await settleMicrotasks()
          if (settled) return promise
          throw new Error('The work waits for something that will never come: no timer is due.')
        }
      }
    },
    async advance(ms) {
      const until = now + ms
      await settleMicrotasks()
      while (fireNext(until)) await settleMicrotasks()
      now = until
    },
  }
}

/** A macrotask later, every promise that could settle has. */
const settleMicrotasks = () => new Promise<void>((resolve) => setImmediate(resolve))
