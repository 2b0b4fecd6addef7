import type { Cost } from '../core/cost.ts'
import type { Pipeline } from '../core/pipeline.ts'
import type { Reply } from '../core/reply.ts'
import { InseamError } from '../errors/index.ts'
import type { Indexes, Passage } from '../retrieval/indexes.ts'
import type { DoorOptions } from './begin-call.ts'
import type { Feature } from './feature.ts'

/** A citation that was checked: the quote stands in the document, there. */
export interface Citation {
  /** Its number in the answer's text: `[1]`. */
  readonly number: number
  /** The document's id. */
  readonly document: string
  /** Where the quote stands in the document: `document.slice(start, end) === quote`. */
  readonly start: number
  readonly end: number
  /** The source's own text. */
  readonly quote: string
}

/** Why an answer abstained. */
export type AbstentionReason = 'no-sources' | 'not-in-sources' | 'citation-unsound'

interface AnswerFacts {
  /** The rule or look-up that decided, or `model`. */
  readonly decidedBy: string
  readonly cost: Cost
  readonly callId: string
  /** What was offered to the model, in the order of its numbers from 1. */
  readonly sources: readonly Passage[]
  readonly reply: Reply
}

/** What `seam.answer` gives: an answer whose citations were checked, or an abstention and why. */
export type Answer =
  | (AnswerFacts & { readonly type: 'grounded'; readonly text: string; readonly citations: readonly Citation[] })
  | (AnswerFacts & { readonly type: 'abstained'; readonly reason: AbstentionReason; readonly detail: string })

/** Not here yet. */
export async function answer<Input>(
  _pipeline: Pipeline,
  _indexes: Indexes,
  { name }: Feature<Input>,
  _input: Input,
  _options: DoorOptions = {},
): Promise<Answer> {
  throw new InseamError('internal-error', `"${name}" cannot be run.`, { fix: 'Wait.' })
}
