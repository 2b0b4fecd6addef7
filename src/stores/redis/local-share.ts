import type { CallLimit, LimitHold, LimitNeed, LimitRefusal, LimitSubject } from '../../core/call-limit.ts'
import { createMemoryLimiter } from '../memory/memory-limiter.ts'

/** What one process admits while nobody counts for all. */
export interface LocalShare {
  /** Counts against an equal share of each limit, 1 at least, what it has admitted in the last minute by either. */
  admit(subjects: readonly LimitSubject[], need: LimitNeed, processes: number): LimitHold | LimitRefusal
  /** Counts what all admitted together: it is part of this one's share, should the others be lost. */
  count(subjects: readonly LimitSubject[], need: LimitNeed): LimitHold
  close(): Promise<void>
}

/** When a call that fits a limit, but not the share of it, is worth another try: Redis may be back, in milliseconds. */
const shareRetryMs = 1_000

/** Nothing is counted yet. */
export function createLocalShare(): LocalShare {
  const limiter = createMemoryLimiter()
  return {
    admit(subjects, need, processes) {
      const shares = subjects.map(({ limit, subject }) => ({ limit: shareOf(limit, processes), subject }))
      const outcome = limiter.admit(shares, need)
      if (outcome.type === 'admitted' || Number.isFinite(outcome.retryAfterMs)) return outcome
      const whole = subjects[shares.findIndex(({ limit }) => limit === outcome.limit)]?.limit[outcome.kind] ?? 0
      const asked = outcome.kind === 'inputTokens' ? need.inputTokens : need.outputTokens
      return asked > whole ? outcome : { ...outcome, retryAfterMs: shareRetryMs }
    },
    count: (subjects, need) => limiter.count(subjects, need),
    close: () => limiter.close(),
  }
}

function shareOf(limit: CallLimit, processes: number): CallLimit {
  const share = (amount: number | undefined) => amount && Math.max(1, Math.floor(amount / processes))
  const { requests, inputTokens, outputTokens, concurrency } = limit
  return {
    ...limit,
    requests: share(requests),
    inputTokens: share(inputTokens),
    outputTokens: share(outputTokens),
    concurrency: share(concurrency),
  }
}
