import type { Block } from './message.ts'
import type { Reply, ReplySource } from './reply.ts'

/** An answer that needed no model. */
export interface Decision {
  readonly content: readonly Block[]
}

/** Who answered, by name: the rule, look-up or classifier that decided, or `model`. */
export function decidedBy({ source, model }: Pick<Reply, 'source' | 'model'>): string {
  return source === 'rule' || source === 'lookup' || source === 'classifier' ? model : 'model'
}

/** Answers a call without a model, or abstains with `undefined`. A rule is an `if`; a look-up is exact. */
export interface Decider {
  readonly name: string
  readonly source: Extract<ReplySource, 'rule' | 'lookup' | 'classifier'>
  decide(signal: AbortSignal): Decision | undefined | Promise<Decision | undefined>
  /** Hears the whole answer that was given because all abstained, before the call's event is written. Must not throw. */
  review?(reply: Reply): void
}
