import type { Health } from './health.ts'
import type { RateLimits } from './rate-limits.ts'

/** What a limit counts: all calls, or those of one key, feature, tenant or alias. */
export type LimitScope = 'global' | 'key' | 'feature' | 'tenant' | 'alias'

/** What a limit can be of. */
export const limitKinds = ['requests', 'inputTokens', 'outputTokens', 'concurrency'] as const

/** One of the things that limits count. */
export type LimitKind = (typeof limitKinds)[number]

/** How much may be asked for at once or in any minute. Each is absent where there is no such limit. */
export interface CallLimit {
  /** The same for the same limit in every process. */
  readonly id: string
  readonly scope: LimitScope
  /** The key, feature, tenant or alias; `*`: each of them by itself. Absent where the scope is global. */
  readonly name?: string
  /** In any minute. */
  readonly requests?: number
  /** In any minute, cached ones too. */
  readonly inputTokens?: number
  /** In any minute. */
  readonly outputTokens?: number
  /** Calls at once. */
  readonly concurrency?: number
}

/** A limit, and whose calls it counts here. */
export interface LimitSubject {
  readonly limit: CallLimit
  /** The key's id, the feature, the tenant or the alias; empty where the scope is global. */
  readonly subject: string
}

/** Tokens that a call may use, or did. */
export interface LimitNeed {
  readonly inputTokens: number
  readonly outputTokens: number
}

/** What an admitted call holds until it ends. */
export interface LimitHold {
  readonly type: 'admitted'
  /** How the tightest limit of each kind stands with this call, for the headers of its answer. */
  readonly rates: RateLimits
  /** Counts what the call did use instead of what it might have. Once. Never throws and never waits. */
  settle(used: LimitNeed): void
  /** Gives its place among the concurrent calls back. Once; what was not settled stays counted as it was asked for. */
  release(): void
}

/** A call that a limit does not admit. It took nothing from any limit. */
export interface LimitRefusal {
  readonly type: 'refused'
  readonly limit: CallLimit
  readonly subject: string
  readonly kind: LimitKind
  /** How much of it is left. */
  readonly remaining: number
  /** When the same may be asked again, in milliseconds. Infinite where the call alone is more than the limit. */
  readonly retryAfterMs: number
  readonly rates: RateLimits
}

/** Counts calls and tokens against limits, in all processes that share it. */
export interface Limiter extends Partial<Health> {
  /**
   * Takes what the call needs from all limits, or from none. Never rejects: where a shared store is lost, it counts a local share.
   * Gives no promise where nothing has to be waited for.
   */
  admit(
    subjects: readonly LimitSubject[],
    need: LimitNeed,
  ): LimitHold | LimitRefusal | Promise<LimitHold | LimitRefusal>
  close(): Promise<void>
}
