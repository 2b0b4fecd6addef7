import type { Caller, Door } from './caller.ts'
import type { Cost } from './cost.ts'
import type { ClientDialect, Tongue } from './dialect.ts'
import type { Block, Message } from './message.ts'
import type { Moment } from './moment.ts'
import type { CacheMiss, Ending, ReplySource } from './reply.ts'
import type { Loss, Operation } from './request.ts'
import type { Usage } from './usage.ts'

/** The version of the event's shape. It grows when a field changes its meaning; new fields alone do not change it. */
export const eventSchemaVersion = 1

/** How a call or an attempt ended: the reply's ending, or the error's code. */
export interface Outcome {
  readonly ending: Ending['type'] | 'error'
  readonly rawStop?: string
  readonly errorCode?: string
  readonly errorMessage?: string
}

/** One HTTP exchange, one line in the books. */
export interface AttemptEvent {
  readonly type: 'attempt'
  readonly schemaVersion: number
  readonly attemptId: string
  readonly callId: string
  /** 1 for the first attempt of the call. */
  readonly ordinal: number
  readonly provider: string
  readonly model: string
  /** The model as the provider named it in its answer. */
  readonly answeredModel?: string
  readonly credential: string
  readonly dialect: Tongue
  readonly streamed: boolean
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number
  readonly connectMs?: number
  readonly headersMs?: number
  readonly firstTokenMs?: number
  readonly totalMs: number
  readonly status?: number
  readonly requestId?: string
  readonly outcome: Outcome
  readonly usage: Usage
  /** Where the provider says why its prompt cache was missed. */
  readonly cacheMiss?: CacheMiss
  readonly cost: Cost
  /**
   * What the provider's prompt cache spared, in nano-dollars: its reads at the price of other input less what they cost, less what
   * writing to it cost more; negative where it cost more than it spared. Absent: it was not used, or nobody knows.
   */
  readonly promptCacheSavedNanoUsd?: number
}

/** Who was asked: `provider/model`, or the provider alone where no model was. */
export function targetName({ provider, model }: Pick<AttemptEvent, 'provider' | 'model'>): string {
  return model === '' ? provider : `${provider}/${model}`
}

/** What was passed to a provider as it is, and how much. */
export interface PassedExchange {
  readonly method: string
  /** Below the provider's base URL, without the query; cut at 200 characters. */
  readonly path: string
  /** Bytes of the request's body. */
  readonly bytesIn: number
  /** Bytes of the answer's body. */
  readonly bytesOut: number
}

/** One call, written once, whatever became of it. */
export interface CallEvent extends Caller {
  readonly type: 'call'
  readonly schemaVersion: number
  readonly callId: string
  readonly parentId?: string
  readonly runId?: string
  readonly traceId?: string
  readonly door: Door
  readonly promptHash?: string
  /** The model as the caller named it. */
  readonly model: string
  /** `provider/model` that answered, or was asked last. */
  readonly target?: string
  readonly dialectIn?: ClientDialect
  readonly dialectOut?: Tongue
  /** What was asked for. Absent: an answer. */
  readonly operation?: Operation | 'pass-through'
  /** Where a request was passed through as it is. */
  readonly passed?: PassedExchange
  readonly streamed: boolean
  readonly source: ReplySource
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number
  readonly firstTokenMs?: number
  readonly totalMs: number
  /** What the seam itself took: the total less attempts and waits. */
  readonly overheadMs: number
  readonly outcome: Outcome
  readonly usage: Usage
  readonly cost: Cost
  /** What the reply cost when it was made, where it came from the cache or is shared with another call. Its cost here is nothing. */
  readonly sparedCost?: Cost
  /** Of all its attempts: see {@link AttemptEvent}. */
  readonly promptCacheSavedNanoUsd?: number
  readonly attempts: number
  readonly fallbacks: number
  readonly cache: 'off' | 'hit' | 'miss'
  readonly losses: readonly Loss[]
  readonly moments: readonly Moment[]
  /** What was asked and answered, redacted, where the configuration keeps it. */
  readonly content?: CallContent
}

/** What was asked and answered. Known secrets are redacted, by value. */
export interface CallContent {
  readonly messages: readonly Message[]
  /** Absent where no answer came. */
  readonly answer?: readonly Block[]
  /** Whether something was left out because it was too large. */
  readonly isCut: boolean
}

/** How a run ended: the model finished, or something stopped it. */
export type RunOutcome =
  | { readonly type: 'finished' }
  | { readonly type: 'stopped'; readonly by: RunStop }
  | { readonly type: 'failed'; readonly errorCode: string; readonly errorMessage: string }

/** What stopped a run that did not finish. */
export type RunStop = 'steps' | 'time' | 'money' | 'truncated' | 'refused' | 'paused' | 'repeating'

/** One run of a feature with tools: its calls carry its `runId`. */
export interface RunEvent extends Caller {
  readonly type: 'run'
  readonly schemaVersion: number
  readonly runId: string
  readonly traceId?: string
  readonly door: Door
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number
  readonly totalMs: number
  readonly outcome: RunOutcome
  /** Calls to the model. */
  readonly calls: number
  /** Tools asked for, whatever became of them. */
  readonly toolCalls: number
  /** Of all its calls. */
  readonly cost: Cost
}

/** What became of a tool that the model asked for. */
export type StepOutcome = 'done' | 'failed' | 'timed-out' | 'arguments-invalid' | 'unknown-tool' | 'stopped'

/** One tool execution of a run. */
export interface StepEvent {
  readonly type: 'step'
  readonly schemaVersion: number
  readonly stepId: string
  readonly runId: string
  /** The call that asked for it. */
  readonly callId: string
  /** 1 for the first tool execution of the run. */
  readonly ordinal: number
  readonly tool: string
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number
  readonly totalMs: number
  readonly outcome: StepOutcome
  /** What went wrong, redacted. */
  readonly errorMessage?: string
}

/** What the record keeps. */
export type SeamEvent = CallEvent | AttemptEvent | RunEvent | StepEvent

/** The id of what an event is about: of the call, the attempt, the run or the step. */
export function idOf(event: SeamEvent): string {
  switch (event.type) {
    case 'call':
      return event.callId
    case 'attempt':
      return event.attemptId
    case 'run':
      return event.runId
    case 'step':
      return event.stepId
  }
}
