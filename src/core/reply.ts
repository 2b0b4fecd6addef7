import type { Cost } from './cost.ts'
import type { ClientDialect } from './dialect.ts'
import type { JsonValue } from './json.ts'
import type { Block } from './message.ts'
import type { Loss } from './request.ts'
import type { Usage } from './usage.ts'

/**
 * How the provider ended its answer, and why. Anything else (interrupted, aborted, timed out, unreadable) is an error.
 * `completed` is the only one that may be parsed, cached or acted on as a whole answer.
 */
export type Ending =
  | { readonly type: 'completed'; readonly by: 'end' | 'stop-sequence' | 'tool-calls'; readonly stopSequence?: string }
  | { readonly type: 'truncated'; readonly by: 'max-tokens' | 'context-window' }
  | { readonly type: 'refused'; readonly by: 'model' | 'content-filter'; readonly details?: JsonValue }
  | { readonly type: 'paused' }

/** Who answered: a provider, or something cheaper. */
export type ReplySource = 'provider' | 'cache' | 'coalesced' | 'rule' | 'lookup' | 'classifier'

/** Why the provider's prompt cache was not read, in its own words. */
export interface CacheMiss {
  readonly reason: string
  /** Input tokens that could have been read. */
  readonly missedTokens?: number
}

/** A whole answer, in no provider's dialect. Cannot be built without the dialect's terminal signal. */
export interface Reply {
  /** The provider's id for it. */
  readonly id: string
  /** The model as the provider named it, which may differ from the one asked for; that one where it named none. */
  readonly model: string
  readonly content: readonly Block[]
  /** The text blocks of `content`, joined. */
  readonly text: string
  readonly ending: Ending
  /** The dialect's own word for the ending. */
  readonly rawStop: string
  readonly usage: Usage
  readonly source: ReplySource
  /** `provider/model` that answered; absent where none was asked. */
  readonly target?: string
  /** The call's cost over all its attempts. */
  readonly cost: Cost
  /** What it cost when it was made, where it came from the cache or is shared with another call; `cost` is nothing then. */
  readonly sparedCost?: Cost
  /** The id of the call, under which `inseam explain` tells its story. */
  readonly callId: string
  /** Where the provider says why its prompt cache was missed. */
  readonly cacheMiss?: CacheMiss
  /** One vector for each message of the request, where they were asked for (`operation: 'embed'`). */
  readonly vectors?: readonly (readonly number[])[]
  /** How many tokens the request has, where that was asked (`operation: 'count-tokens'`). */
  readonly countedTokens?: number
  /** What translation dropped or approximated, of the request and of the answer. */
  readonly losses: readonly Loss[]
  /** The provider's bytes, where caller and target speak the same dialect and nothing was streamed. */
  readonly wire?: { readonly dialect: ClientDialect; readonly body: Uint8Array }
}
