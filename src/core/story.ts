import type { Clock } from './clock.ts'
import type { AttemptEvent } from './event.ts'
import type { Happening, Moment } from './moment.ts'
import type { Loss } from './request.ts'

/** What happened to one call, written by the stages as it happens and read by `observe` at its end. */
export interface Story {
  /** When the call began, on the monotonic clock. */
  readonly startedAt: number
  readonly moments: readonly Moment[]
  /** One line per attempt, in the order in which they were settled. */
  readonly attempts: readonly AttemptEvent[]
  readonly losses: readonly Loss[]
  /** Attempts begun so far. */
  readonly begun: number
  note(happening: Happening): void
  /** Numbers the next attempt, from 1. */
  beginAttempt(): number
  settle(attempt: AttemptEvent): void
  lose(losses: readonly Loss[]): void
}

/** An empty story that begins now. */
export function beginStory(clock: Clock): Story {
  const startedAt = clock.now()
  const moments: Moment[] = []
  const attempts: AttemptEvent[] = []
  const losses: Loss[] = []
  const story = {
    startedAt,
    moments,
    attempts,
    losses,
    begun: 0,
    note: (happening: Happening) => void moments.push({ ...happening, atMs: clock.now() - startedAt }),
    beginAttempt: () => ++story.begun,
    settle: (attempt: AttemptEvent) => void attempts.push(attempt),
    lose: (lost: readonly Loss[]) => void losses.push(...lost),
  }
  return story
}
