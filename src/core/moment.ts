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
  /** The caller has left, and the attempt is read on: its provider bills it all the same. */
  | { readonly type: 'drained'; readonly attempt: number }
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
  /** The target takes no more at the moment: the call waits, `ahead` of it so many others. */
  | { readonly type: 'queued'; readonly target: string; readonly ahead: number; readonly likelyMs: number }
  /** The wait for the target is over, or the caller left while it lasted. */
  | { readonly type: 'let-through' | 'left-queue'; readonly target: string; readonly ms: number }
  /** The call is not sent to the target, at once or after it had waited for so long. */
  | { readonly type: 'shed'; readonly target: string; readonly ms: number; readonly because: string }
  /** The target asked to wait, and no call is sent to it for so long. */
  | { readonly type: 'target-closed'; readonly target: string; readonly ms: number }
  /** The target was overrun, and is given fewer calls at once; `from` is absent where there was no limit. */
  | { readonly type: 'limit-lowered'; readonly target: string; readonly from?: number; readonly to: number }
  /** The answer says what cannot be (a negative count of tokens, another content type), and was read all the same. */
  | { readonly type: 'answer-doubted'; readonly target: string; readonly because: string }
  /** The most that the attempt can cost is set aside in so many budgets. */
  | { readonly type: 'reserved'; readonly target: string; readonly nanoUsd: number; readonly budgets: number }
  /** Budgets that only warn do not count the attempt, or not whole. */
  | { readonly type: 'not-counted'; readonly target: string; readonly because: string }
  /** Of a budget, such a share is used, the worst cases of what is under way included. */
  | {
      readonly type: 'budget-warned'
      readonly budget: string
      readonly subject: string
      readonly share: number
      readonly leftNanoUsd: number
    }
  | { readonly type: 'committed' }

/** A happening and when, in milliseconds since the call began. */
export type Moment = Happening & { readonly atMs: number }
