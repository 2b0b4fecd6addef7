import type { RateLimits } from './rate-limits.ts'
import type { Usage } from './usage.ts'

/** An attempt's place at its target. What became of the attempt is told to it, so that the next ones know. */
export interface Slot {
  /** How long it was waited for, in milliseconds. */
  readonly queuedMs: number
  /** The provider answered, and said this of its limits. */
  answered(limits: RateLimits | undefined): void
  succeeded(usage: Usage): void
  failed(error: Error): void
  /** Gives the place back. More than once is once. */
  release(): void
}
