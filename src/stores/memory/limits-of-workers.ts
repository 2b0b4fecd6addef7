import type { Limiter, LimitHold, LimitNeed, LimitRefusal, LimitSubject } from '../../core/call-limit.ts'
import type { Clock } from '../../core/clock.ts'
import type { RateLimits } from '../../core/rate-limits.ts'
import { createMemoryLimiter } from './memory-limiter.ts'

/** What a worker tells of its calls to whoever counts the limits for all. `id` is the call's own in that worker. */
export type LimitQuestion =
  | {
      readonly type: 'admit'
      readonly id: number
      readonly subjects: readonly LimitSubject[]
      readonly need: LimitNeed
    }
  | { readonly type: 'limit-settled'; readonly id: number; readonly used: LimitNeed }
  | { readonly type: 'limit-released'; readonly id: number }

/** What it is told of a call. */
export interface LimitAnswer {
  readonly type: 'limit-outcome'
  readonly id: number
  readonly outcome: LimitRefusal | { readonly type: 'admitted'; readonly rates: RateLimits }
}

/** The limits of one worker's calls, which its supervisor counts with those of all others. */
export interface AskingLimiter extends Limiter {
  hear(answer: LimitAnswer): void
  /** Nobody is left to answer, and the worker is about to end: what waits and what still comes is admitted. */
  stopAsking(): void
}

/** A limiter that asks by `tell`. */
export function askForLimits(tell: (question: LimitQuestion) => void): AskingLimiter {
  const waiting = new Map<number, (outcome: LimitHold | LimitRefusal) => void>()
  let asked = 0
  let isAlone = false
  return {
    admit(subjects, need) {
      if (isAlone) return uncounted
      const id = ++asked
      const { promise, resolve } = Promise.withResolvers<LimitHold | LimitRefusal>()
      waiting.set(id, resolve)
      tell({ type: 'admit', id, subjects, need })
      return promise
    },
    hear({ id, outcome }) {
      const resolve = waiting.get(id)
      waiting.delete(id)
      if (outcome.type === 'refused') return resolve?.(outcome)
      resolve?.({
        type: 'admitted',
        rates: outcome.rates,
        settle: (used) => tell({ type: 'limit-settled', id, used }),
        release: () => tell({ type: 'limit-released', id }),
      })
    },
    stopAsking() {
      isAlone = true
      for (const resolve of waiting.values()) resolve(uncounted)
      waiting.clear()
    },
    close: async () => waiting.clear(),
  }
}

const uncounted: LimitHold = { type: 'admitted', rates: {}, settle: () => undefined, release: () => undefined }

/** Counts the limits of several workers together. */
export interface LimitsOfWorkers<Worker> {
  /** Takes what a worker has said, and answers by `tell` where it asked. */
  take(worker: Worker, question: LimitQuestion, tell: (answer: LimitAnswer) => void): void
  /** The worker has ended: its calls have no places any more. What they took stays counted. */
  forget(worker: Worker): void
}

/** None has asked yet. */
export function countForWorkers<Worker>(options: { readonly clock?: Clock } = {}): LimitsOfWorkers<Worker> {
  const limiter = createMemoryLimiter(options)
  const held = new Map<Worker, Map<number, OneCall>>()
  const end = (worker: Worker, id: number, how: 'isSettled' | 'isReleased'): LimitHold | undefined => {
    const calls = held.get(worker)
    const call = calls?.get(id)
    if (!call) return undefined
    call[how] = true
    if (call.isSettled && call.isReleased) calls?.delete(id)
    return call.hold
  }
  return {
    take(worker, question, tell) {
      const { id } = question
      if (question.type === 'limit-settled') return end(worker, id, 'isSettled')?.settle(question.used)
      if (question.type === 'limit-released') return end(worker, id, 'isReleased')?.release()
      const outcome = limiter.admit(question.subjects, question.need)
      if (outcome.type === 'refused') return tell({ type: 'limit-outcome', id, outcome })
      const calls = held.get(worker) ?? new Map<number, OneCall>()
      held.set(worker, calls.set(id, { hold: outcome, isSettled: false, isReleased: false }))
      tell({ type: 'limit-outcome', id, outcome: { type: 'admitted', rates: outcome.rates } })
    },
    forget(worker) {
      for (const { hold } of held.get(worker)?.values() ?? []) hold.release()
      held.delete(worker)
    },
  }
}

interface OneCall {
  readonly hold: LimitHold
  isSettled: boolean
  isReleased: boolean
}
