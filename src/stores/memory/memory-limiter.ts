import type { Limiter, LimitHold, LimitKind, LimitNeed, LimitRefusal, LimitSubject } from '../../core/call-limit.ts'
import { type Clock, systemClock } from '../../core/clock.ts'
import { createMinuteCount, type MinuteCount } from '../../core/minute-count.ts'
import { concurrencyRetryMs, type MinuteKind, minuteKinds, type Standing, tightestRates } from '../limit-rates.ts'

/** A limiter that answers at once: one process counts for itself. */
export interface MemoryLimiter extends Limiter {
  admit(subjects: readonly LimitSubject[], need: LimitNeed): LimitHold | LimitRefusal
  /** Counts a call that was admitted elsewhere, whatever the limits are. */
  count(subjects: readonly LimitSubject[], need: LimitNeed): LimitHold
  /** Whose use is remembered: those of the last minute, and those of calls under way. */
  readonly size: number
}

/**
 * Counts the calls of this process. By the second, so that no minute, wherever it begins, holds more than the limit; what nobody used
 * for a minute is forgotten.
 */
export function createMemoryLimiter({ clock = systemClock }: { readonly clock?: Clock } = {}): MemoryLimiter {
  /** The one used longest ago first. */
  const counters = new Map<string, Counter>()

  /** Looks at a few more than can have come: what is idle goes faster than it grows. */
  const forgetIdle = (now: number, looks: number): void => {
    for (const [key, counter] of counters) {
      if (looks-- === 0) return
      if (counter.inFlight > 0) touch(counter)
      else if (resetMs(counter, now) > 0) return
      else counters.delete(key)
    }
  }
  const counterOf = ({ limit, subject }: LimitSubject): Counter => {
    const key = `${limit.id}|${subject}`
    return counters.get(key) ?? createCounter(key)
  }
  const touch = (counter: Counter): void => {
    counters.delete(counter.key)
    counters.set(counter.key, counter)
  }

  const take = (
    subjects: readonly LimitSubject[],
    found: readonly Counter[],
    asked: Readonly<Record<MinuteKind, number>>,
    now: number,
  ): LimitHold => {
    found.forEach((counter, index) => {
      const limit = subjects[index]?.limit
      touch(counter)
      counter.inFlight++
      for (const kind of minuteKinds) if (limit?.[kind] !== undefined) counter[kind].take(asked[kind], now)
    })
    const second = Math.floor(now / 1_000)
    let isSettled = false
    let isReleased = false
    return {
      type: 'admitted',
      rates: tightestRates(standingsOf(subjects, found, now)),
      settle: (used) => {
        if (isSettled) return
        isSettled = true
        for (const counter of found) {
          counter.inputTokens.correct(second, used.inputTokens - asked.inputTokens)
          counter.outputTokens.correct(second, used.outputTokens - asked.outputTokens)
        }
      },
      release: () => {
        if (isReleased) return
        isReleased = true
        for (const counter of found) counter.inFlight--
      },
    }
  }
  const find = (subjects: readonly LimitSubject[], now: number): readonly Counter[] => {
    const found = subjects.map(counterOf)
    forgetIdle(now, 2 * subjects.length)
    return found
  }

  return {
    get size() {
      return counters.size
    },
    admit(subjects, need) {
      const now = clock.now()
      const asked = { requests: 1, ...need }
      const found = find(subjects, now)
      return refuse(subjects, found, asked, now) ?? take(subjects, found, asked, now)
    },
    count(subjects, need) {
      const now = clock.now()
      return take(subjects, find(subjects, now), { requests: 1, ...need }, now)
    },
    close: async () => counters.clear(),
  }
}

interface Counter extends Readonly<Record<MinuteKind, MinuteCount>> {
  readonly key: string
  inFlight: number
}

function createCounter(key: string): Counter {
  return {
    key,
    requests: createMinuteCount(),
    inputTokens: createMinuteCount(),
    outputTokens: createMinuteCount(),
    inFlight: 0,
  }
}

/** The limit that keeps the call waiting longest, if any does not hold it. */
function refuse(
  subjects: readonly LimitSubject[],
  counters: readonly Counter[],
  asked: Readonly<Record<MinuteKind, number>>,
  now: number,
): LimitRefusal | undefined {
  let worst: Pick<LimitRefusal, 'limit' | 'subject' | 'kind' | 'remaining' | 'retryAfterMs'> | undefined
  const see = ({ limit, subject }: LimitSubject, kind: LimitKind, remaining: number, retryAfterMs: number) => {
    if (!worst || retryAfterMs > worst.retryAfterMs)
      worst = { limit, subject, kind, remaining: Math.max(0, remaining), retryAfterMs }
  }
  subjects.forEach((subject, index) => {
    const counter = counters[index]
    const { limit } = subject
    if (!counter) return
    for (const kind of minuteKinds) {
      const most = limit[kind]
      if (most === undefined) continue
      const left = most - counter[kind].used(now)
      if (asked[kind] <= left || asked[kind] === 0) continue
      const waitMs = asked[kind] > most ? Number.POSITIVE_INFINITY : counter[kind].waitMs(asked[kind] - left, now)
      see(subject, kind, left, waitMs)
    }
    if (limit.concurrency !== undefined && counter.inFlight >= limit.concurrency)
      see(subject, 'concurrency', 0, concurrencyRetryMs)
  })
  return worst && { type: 'refused', ...worst, rates: tightestRates(standingsOf(subjects, counters, now)) }
}

function standingsOf(subjects: readonly LimitSubject[], counters: readonly Counter[], now: number): Standing[] {
  return counters.map((counter, index) => ({
    limit: subjects[index]?.limit ?? { id: '', scope: 'global' },
    used: {
      requests: counter.requests.used(now),
      inputTokens: counter.inputTokens.used(now),
      outputTokens: counter.outputTokens.used(now),
    },
    resetMs: resetMs(counter, now),
  }))
}

const resetMs = ({ requests, inputTokens, outputTokens }: Counter, now: number) =>
  Math.max(requests.resetMs(now), inputTokens.resetMs(now), outputTokens.resetMs(now))
