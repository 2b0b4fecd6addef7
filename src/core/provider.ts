import type { Call } from './call.ts'
import type { ProviderPart } from './delta.ts'
import type { Tongue } from './dialect.ts'
import type { Passage, PassagePart } from './passage.ts'
import type { Reply } from './reply.ts'
import type { Target } from './target.ts'
import type { Usage } from './usage.ts'

/** What a provider returns: a {@link Reply} before the books have looked at it. `usage` is null where its word never came. */
export interface ProviderReply
  extends Pick<Reply, 'id' | 'model' | 'ending' | 'rawStop' | 'wire' | 'cacheMiss' | 'vectors' | 'countedTokens'> {
  /** Absent where the deltas spelt it. */
  readonly content?: Reply['content']
  readonly usage: Usage | null
}

/** A call that has been routed: it knows its target. */
export type RoutedCall = Call & { readonly target: Target }

/**
 * Makes one HTTP exchange, or what stands in for it. Yields `connected` and `answered` as they happen, `usage` as it is
 * told and, for a stream, deltas; returns only on the dialect's terminal signal. Throws an `InseamError` for everything else.
 * Stops at once, with the signal's reason, when `call.signal` aborts, and closes what it opened when its reader returns early.
 */
export interface Provider {
  /** The name in the configuration. */
  readonly name: string
  run(call: RoutedCall): AsyncGenerator<ProviderPart, ProviderReply, void>
  /**
   * Passes a request to the provider's own API, below its base URL and nowhere else. Absent: it has none that could be passed to.
   * Stops as `run` does.
   */
  pass?(passage: Passage, signal: AbortSignal): AsyncGenerator<PassagePart, void, void>
  /** Closes its connections once what is in flight has ended. */
  close(): Promise<void>
}

/** A provider that the program brings itself, beside those of the configuration. It outlives a reload. */
export interface OwnProvider extends Provider {
  readonly dialect: Tongue
  /** The models that it has; it is asked for no other. */
  readonly models: readonly string[]
  /** Whether it answers `operation: 'count-tokens'` with `countedTokens`. Default false: it is not asked, and counts are estimated. */
  readonly countsTokens?: boolean
  /** The most texts that a model takes in one request for vectors (`operation: 'embed'`). Default: none gives any. */
  readonly maxInputs?: (model: string) => number | undefined
}
