import type { Call, WireRequest } from './call.ts'
import type { Caller, Door } from './caller.ts'
import type { ModelCapabilities } from './capabilities.ts'
import type { Clock } from './clock.ts'
import type { HoldBack, OnInterrupted } from './commit.ts'
import type { Decider } from './decision.ts'
import type { Tongue } from './dialect.ts'
import type { RunEvent, StepEvent } from './event.ts'
import type { Handler } from './handler.ts'
import type { LoadClass } from './load-class.ts'
import type { OwnKeys } from './own-keys.ts'
import type { Passage, PassageSink } from './passage.ts'
import type { RepeatedPrompt } from './prompt-cache.ts'
import type { Reply } from './reply.ts'
import type { ModelRequest, Translation } from './request.ts'
import type { Story } from './story.ts'
import type { Target } from './target.ts'
import type { Terms } from './terms.ts'

/** What a call starts from. */
export interface CallInput {
  /** Default: a new one, from `newId('call')`. */
  readonly id?: string
  /** An alias, `provider/model`, or a model that one provider alone lists. */
  readonly model: string
  readonly request: ModelRequest
  /** Default `library`. */
  readonly door?: Door
  readonly wire?: WireRequest
  /** What is passed through as it is: the request then says nothing. */
  readonly passage?: Passage
  readonly caller?: Caller
  /** What its key brings of its own. Default: nothing. */
  readonly terms?: Terms
  /** The keys of providers that its caller brought. Default: none. */
  readonly ownKeys?: OwnKeys
  readonly promptHash?: string
  readonly parentId?: string
  readonly runId?: string
  /** What of its prompt comes again. Absent: nothing is marked for the prompt cache but what the request marks itself. */
  readonly repeats?: RepeatedPrompt
  readonly traceId?: string
  readonly deciders?: readonly Decider[]
  /** Whether a whole answer is what was asked for: no other is cached. Default: any is. Must not throw. */
  readonly accepts?: (reply: Reply) => boolean
  /** `strict`: refuse what the target's dialect cannot say. Default: as the alias has it. */
  readonly translation?: Translation
  /** What becomes of a stream that breaks after its first content. Default: as the alias has it. */
  readonly onInterrupted?: OnInterrupted
  /** How long the first content is kept back. Default: as the alias has it. */
  readonly holdBack?: HoldBack
  /** Whether it can wait for others. Default: as the alias has it. */
  readonly loadClass?: LoadClass
  /** The caller's own limit for the whole call, in milliseconds. */
  readonly timeoutMs?: number
  /** When the work began that this call goes on with, on the monotonic clock: the alias's limit counts from there. Default: now. */
  readonly since?: number
  /** Aborts when the caller leaves. */
  readonly signal?: AbortSignal
  /** What a door has noted of the call before it begins. Default: nothing. */
  readonly story?: Story
}

/** A model that callers may name. */
export interface ModelListing {
  readonly id: string
  /** The provider, or `inseam` for an alias. */
  readonly ownedBy: string
  /** What it leads to, as `provider/model`, in order. */
  readonly targets: readonly string[]
  /** What all of its targets can do, as far as it is known. */
  readonly capabilities: ModelCapabilities
  /** Those of its targets that have a price. */
  readonly prices: readonly TargetPrice[]
}

/** What a target costs today for a short prompt, in USD per million tokens. */
export interface TargetPrice {
  readonly target: string
  readonly input: number
  readonly output: number
}

/** A provider whose whole API requests can be passed to. */
export interface PassableProvider {
  readonly name: string
  /** Its entry in the catalogue, or `custom`. */
  readonly kind: string
  readonly dialect: Tongue
  /** Whether callers may bring a key of their own for it. */
  readonly takesCallerKeys: boolean
  /** The first provider of the same address and credential: those that share one are one choice. */
  readonly account: string
}

/** The assembled pipeline, as the doors see it. */
export interface Pipeline {
  /** Gives a call its id and its story. Nothing is sent yet. */
  begin(input: CallInput): Call
  /** Answers a call that was begun. */
  readonly run: Handler
  /** Writes the event of a call that failed before it could be run: the request could not be read, say. Never throws. */
  refuse(call: Call, error: Error): void
  /** The models that callers may name, aliases first. */
  models(): readonly ModelListing[]
  /** What a model name leads to at this moment, in order. Throws `UnknownModel`. */
  targetsOf(model: string): readonly Target[]
  /** The providers that requests can be passed to as they are. */
  passable(): readonly PassableProvider[]
  /**
   * Passes the call's {@link Passage} to its provider and the answer to the sink: one attempt, no retries. The call is on the record
   * whatever becomes of it. Rejects with an `InseamError` where no answer came, or not all of it; and, once all of it was passed on,
   * where the provider answered with an error.
   */
  passThrough(call: Call, sink: PassageSink): Promise<void>
  /**
   * Waits for what is read on, for the books, after its caller has left; what is under way after `timeoutMs` is stopped and settled by
   * estimate. Resolves when all of it is recorded.
   */
  settle(timeoutMs: number): Promise<void>
  /** Tells the time to what runs above the pipeline: limits of runs, of tools, of evals. */
  readonly clock: Clock
  /** Takes the known secrets out of a text, where the configuration has the record keep content; undefined where it keeps none. */
  readonly keepsContent: () => ((text: string) => string) | undefined
  /** A new id: the prefix, the time and random bits. */
  newId(prefix: string): string
  /** Puts an event of a run on the record. Never throws and never waits. */
  record(event: RunEvent | StepEvent): void
}
