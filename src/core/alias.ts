import type { HoldBack, OnInterrupted } from './commit.ts'
import type { HedgePolicy } from './hedge.ts'
import type { LoadClass } from './load-class.ts'
import type { PromptCachePolicy } from './prompt-cache.ts'
import type { Translation } from './request.ts'
import type { Target } from './target.ts'

/** The clocks of an attempt and of the call around it, in milliseconds. */
export interface Timeouts {
  /** Until the provider has the request. */
  readonly connectMs: number
  /** Until response headers; streams only, for a unary call has none until generation ends. */
  readonly headersMs: number
  /** Until the first content; streams only. */
  readonly firstTokenMs: number
  /** Between two pieces of content; streams only. Pings do not reset it. */
  readonly idleMs: number
  /** The whole call: queue, attempts, back-off and fallbacks. */
  readonly totalMs: number
}

/** How often, and how patiently, the same target is asked again. */
export interface RetryPolicy {
  /** Attempts on one target, the first included. */
  readonly attempts: number
  /** The first back-off is drawn from 0 to this many milliseconds, and doubles. */
  readonly baseMs: number
  /** No back-off is longer. */
  readonly capMs: number
}

/** Replies of this alias may be kept, within their scope. */
export interface CachePolicy {
  readonly ttlSeconds: number
}

/** The name that features use for a model, and all that operators decide behind it. */
export interface Alias {
  readonly name: string
  readonly targets: readonly Target[]
  /** `priority`: in the order given. `weighted`: drawn by weight, the rest as fallbacks. */
  readonly order: 'priority' | 'weighted'
  readonly timeouts: Timeouts
  readonly retry: RetryPolicy
  /** Injected where the caller sets no limit. */
  readonly maxOutputTokens?: number
  /** Absent: replies are not cached. */
  readonly cache?: CachePolicy
  /** Identical calls in flight share one upstream call. */
  readonly coalesce: boolean
  /** Whether features' prompts are marked for the provider's prompt cache, where it wants marks. */
  readonly promptCache: PromptCachePolicy
  /** What becomes of a request that a target's dialect cannot say whole. */
  readonly translation: Translation
  /** What becomes of a stream that breaks after its first content was passed on. */
  readonly onInterrupted: OnInterrupted
  /** Asked instead of all others where the prompt does not fit a target's context window. Absent: nobody is. */
  readonly onContextExceeded?: readonly Target[]
  /** Asked instead of all others where a provider's policy blocks the prompt, or its answer is a refusal. Absent: nobody is. */
  readonly onContentBlocked?: readonly Target[]
  /** Absent: no second target is asked while the first is waited for. */
  readonly hedge?: HedgePolicy
  /** Whether its calls can wait for others, where they do not say. Default `interactive`. */
  readonly loadClass?: LoadClass
  /** How long the first content is kept back. Absent: it is not. */
  readonly holdBack?: HoldBack
}
