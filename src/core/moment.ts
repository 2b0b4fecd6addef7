import type { ReplySource } from './reply.ts'

/** How a target was asked for the shape of its answer: by its own structured output, by a tool that it had to call, or in words. */
export type StructureAsked = 'native' | 'tool' | 'json-mode' | 'instructions'

/** One thing that happened to a call. */
export type Happening =
  | { readonly type: 'decided'; readonly by: string; readonly source: ReplySource }
  | { readonly type: 'abstained'; readonly by: string }
  | { readonly type: 'cache-hit' | 'cache-stored' }
  /** Of so many texts that were looked up one by one, `kept` were there and are not asked for. */
  | { readonly type: 'cache-miss'; readonly kept?: number; readonly texts?: number }
  | { readonly type: 'coalesced'; readonly leader: string }
  | { readonly type: 'routed'; readonly target: string; readonly because: string }
  /** A target of the alias that this call must not fall back to. */
  | { readonly type: 'target-left-out'; readonly target: string; readonly because: string }
  | { readonly type: 'attempt-started'; readonly attempt: number; readonly target: string }
  | { readonly type: 'attempt-ended'; readonly attempt: number; readonly outcome: string }
  | { readonly type: 'waited'; readonly ms: number; readonly because: string }
  | { readonly type: 'gave-up-retrying'; readonly because: string }
  /** The first target was slow to begin, and another is asked beside it. */
  | { readonly type: 'hedged'; readonly to: string; readonly afterMs: number }
  /** The stream broke after its first content, and the model is asked again. */
  | { readonly type: 'resumed'; readonly by: 'restart' | 'splice'; readonly because: string }
  | { readonly type: 'breaker-open'; readonly target: string; readonly retryInMs: number }
  | { readonly type: 'fell-back'; readonly from: string; readonly to: string; readonly because: string }
  | {
      readonly type: 'structure-asked'
      readonly by: StructureAsked
      /** Whether the provider holds the model to the schema. */
      readonly strict: boolean
      readonly because?: string
    }
  /** The call corrects the answer of another, which did not match its feature's schema; `at` is the first place, empty where it is all. */
  | { readonly type: 'correcting'; readonly callId: string; readonly problems: number; readonly at: string }
  /** The feature's documents were searched. */
  | { readonly type: 'searched'; readonly passages: number }
  /** The citations of the answer were checked: `grounded`, with so many that are shown, or why it is not. */
  | { readonly type: 'citations-checked'; readonly outcome: string; readonly citations: number }
  | { readonly type: 'committed' }

/** A happening and when, in milliseconds since the call began. */
export type Moment = Happening & { readonly atMs: number }
