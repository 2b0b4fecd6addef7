import type { Alias } from './alias.ts'
import type { Caller, Door } from './caller.ts'
import type { HoldBack, OnInterrupted } from './commit.ts'
import type { Decider } from './decision.ts'
import type { ClientDialect } from './dialect.ts'
import type { Reservation } from './ledger.ts'
import type { LoadClass } from './load-class.ts'
import type { OwnKeys } from './own-keys.ts'
import type { Passage } from './passage.ts'
import type { RepeatedPrompt } from './prompt-cache.ts'
import type { Reply } from './reply.ts'
import type { ModelRequest, Translation } from './request.ts'
import type { Slot } from './slot.ts'
import type { Story } from './story.ts'
import type { Target } from './target.ts'
import type { Terms } from './terms.ts'

/** What a client sent, byte for byte, and in which dialect: forwarded as it is where the target speaks it too. */
export interface WireRequest {
  readonly dialect: ClientDialect
  /** Which of the dialect's places it came to, as its codec names it. Absent: where answers are given. */
  readonly path?: string
  readonly body: string
  /** Request headers that belong to the dialect (`anthropic-beta`), lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** One logical request on its way through the pipeline. Stages change it by copying. */
export interface Call {
  readonly id: string
  readonly door: Door
  /** The model as the caller named it: an alias, or `provider/model`. */
  readonly model: string
  readonly request: ModelRequest
  readonly wire?: WireRequest
  /** What is passed through as it is, where that is what was asked for. */
  readonly passage?: Passage
  readonly caller: Caller
  /** What its key brings of its own. Absent: nothing. */
  readonly terms?: Terms
  /** The keys of providers that its caller brought. Absent: none, and the operator pays. */
  readonly ownKeys?: OwnKeys
  /** The stable hash of the prompt's static text. */
  readonly promptHash?: string
  /** The call that this one corrects or continues. */
  readonly parentId?: string
  /** The run that this call is a step of. */
  readonly runId?: string
  /** What of its prompt comes again. Absent: nothing is marked for the prompt cache but what the request marks itself. */
  readonly repeats?: RepeatedPrompt
  readonly traceId?: string
  /** What may answer before any model does, cheapest first. */
  readonly deciders?: readonly Decider[]
  /** Whether a whole answer is what was asked for: no other is kept for later calls. Absent: any is. Must not throw. */
  readonly accepts?: (reply: Reply) => boolean
  /** `strict`: refuse what the target's dialect cannot say. Default: as the alias has it. */
  readonly translation?: Translation
  /** What becomes of a stream that breaks after its first content. Default: as the alias has it. */
  readonly onInterrupted?: OnInterrupted
  /** How long the first content is kept back. Default: as the alias has it. */
  readonly holdBack?: HoldBack
  /** Whether it can wait for others. Default: as the alias has it. */
  readonly loadClass?: LoadClass
  /** What `model` resolved to. Set by `resolve`. */
  readonly alias?: Alias
  /** The caller's own limit for the whole call, in milliseconds. The shorter of it and the alias's counts. */
  readonly timeoutMs?: number
  /** When the work began that this call goes on with, on the monotonic clock: the alias's limit counts from there. */
  readonly since?: number
  /** When the call must be over, on the monotonic clock. Set by `deadline`; infinite before. */
  readonly deadlineAt: number
  /** The latest deadline of those that wait for it, where that can still change. Set by `coalesce`; it counts instead. */
  readonly latestDeadline?: () => number
  /** Aborts when the caller leaves or the deadline passes; its reason is an `InseamError`. */
  readonly signal: AbortSignal
  /** Where this attempt goes. Set by `route`. */
  readonly target?: Target
  /** Its place at the target, where it had to wait for one. Set by `throttle`. */
  readonly slot?: Slot
  /** What is set aside for this attempt in the ledger. Set by `reserve`; absent where no budget counts it. */
  readonly reservation?: Reservation
  /** The most that this attempt can cost, in nano-dollars: what it is settled at where nobody knows the truth. Set beside `reservation`. */
  readonly worstNanoUsd?: number
  /** How many targets are left should this one fail. Set by `route`. */
  readonly fallbacksLeft?: number
  /** What happened, as it happened. */
  readonly story: Story
}
