import type { BudgetWarning } from './budget.ts'
import type { Clock } from './clock.ts'
import type { AttemptEvent } from './event.ts'
import type { Happening, Moment } from './moment.ts'
import type { RateLimits } from './rate-limits.ts'
import type { Loss } from './request.ts'

/** An attempt that is read on, for the books, after its caller has left. */
export interface LateReading {
  /** Resolves once it is in the books. Never rejects. */
  readonly ended: Promise<void>
  /** Ends it now: the books take an estimate. */
  stop(): void
}

/** What happened to one call, written by the stages as it happens and read by `observe` at its end. */
export interface Story {
  /** When the call began, on the monotonic clock. */
  readonly startedAt: number
  readonly moments: readonly Moment[]
  /** One line per attempt, in the order in which they were settled. */
  readonly attempts: readonly AttemptEvent[]
  readonly losses: readonly Loss[]
  /** Attempts that will be settled after the call has ended. */
  readonly late: readonly LateReading[]
  /** Budgets of which a configured share is used. */
  readonly warnings: readonly BudgetWarning[]
  /** How the limits that count the call stand. Absent: none does. */
  readonly rates?: RateLimits
  /** Attempts begun so far. */
  readonly begun: number
  note(happening: Happening): void
  /** Numbers the next attempt, from 1. */
  beginAttempt(): number
  settle(attempt: AttemptEvent): void
  readOn(reading: LateReading): void
  lose(losses: readonly Loss[]): void
  warn(warnings: readonly BudgetWarning[]): void
  limit(rates: RateLimits): void
}

/** An empty story that begins now. */
export function beginStory(clock: Clock): Story {
  const startedAt = clock.now()
  const moments: Moment[] = []
  const attempts: AttemptEvent[] = []
  const losses: Loss[] = []
  const late: LateReading[] = []
  const warnings: BudgetWarning[] = []
  const story = {
    startedAt,
    moments,
    attempts,
    losses,
    late,
    warnings,
    rates: undefined as RateLimits | undefined,
    begun: 0,
    note: (happening: Happening) => void moments.push({ ...happening, atMs: clock.now() - startedAt }),
    beginAttempt: () => ++story.begun,
    settle: (attempt: AttemptEvent) => void attempts.push(attempt),
    readOn: (reading: LateReading) => void late.push(reading),
    lose: (lost: readonly Loss[]) => void losses.push(...lost),
    warn: (told: readonly BudgetWarning[]) => void warnings.push(...told),
    limit: (rates: RateLimits) => {
      story.rates = rates
    },
  }
  return story
}
