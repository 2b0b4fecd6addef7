import type { WireRequest } from './call.ts'
import type { Cost } from './cost.ts'
import type { Delta } from './delta.ts'
import type { SeamEvent } from './event.ts'
import type { Health } from './health.ts'
import type { Block } from './message.ts'
import type { Reply } from './reply.ts'
import type { ModelRequest } from './request.ts'
import type { Target } from './target.ts'
import type { Usage } from './usage.ts'

/** Where events go. */
export interface EventSink extends Partial<Health> {
  /** Takes the event. Never throws and never waits; what it cannot keep it counts. */
  record(event: SeamEvent): void
  /** Resolves once all that was recorded before is durable. */
  flush(): Promise<void>
  /** Events that are not durable yet. Absent: none ever wait. */
  pending?(): number
  close(): Promise<void>
}

/** A reply as the cache keeps it: the deltas in order, to be replayed, and the reply. */
export interface CachedReply {
  readonly deltas: readonly Delta[]
  readonly reply: Reply
}

/** Keeps replies under keys that include their scope. A lost reply is a miss, never an error. */
export interface ReplyCache extends Partial<Health> {
  get(key: string): Promise<CachedReply | undefined>
  set(key: string, value: CachedReply, ttlSeconds: number): Promise<void>
  close(): Promise<void>
}

/** What an attempt asks the price book. */
export interface Books {
  /** The price of a usage at a target. Unknown models are `unpriced`, never free. */
  price(target: Target, usage: Usage): Cost
  /** What an attempt used, as far as we can tell, where the provider never said. Flagged `estimated`. */
  estimate(target: Target, request: ModelRequest, arrived: readonly Block[]): Usage
  /**
   * The most that an attempt can cost, whatever the provider does within what it is asked: never an average. `wire` is what the client
   * sent, which a target of the same dialect gets as it is.
   */
  worstCase(target: Target, request: ModelRequest, wire?: WireRequest): WorstCase
}

/** The most that an attempt can cost, or why nobody can tell. */
export type WorstCase =
  | { readonly type: 'bounded'; readonly nanoUsd: number }
  | { readonly type: 'unbounded'; readonly because: string; readonly fix: string }
