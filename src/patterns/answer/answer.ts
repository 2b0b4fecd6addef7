import type { Cost } from '../../core/cost.ts'
import { decidedBy } from '../../core/decision.ts'
import { drain } from '../../core/handler.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import type { Reply } from '../../core/reply.ts'
import { InseamError } from '../../errors/index.ts'
import type { Documents } from '../../retrieval/documents.ts'
import type { Indexes, Passage } from '../../retrieval/indexes.ts'
import { ask, beginCall, type DoorOptions, orRefuse } from '../begin-call.ts'
import { demandCompleted } from '../demand-completed.ts'
import type { AnyFeature, Feature } from '../feature.ts'
import { inTime } from '../in-time.ts'
import { type AnswerOutcome, checkAnswer } from './check-answer.ts'
import { queryOf } from './query-of.ts'
import { type Grounding, type Search, searchFirst } from './search-first.ts'
import { answerPromptHash, groundedAnswerSchema } from './with-sources.ts'

export type { AbstentionReason, Citation } from './check-answer.ts'

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
export type Answer = AnswerFacts & AnswerOutcome

/**
 * Answers from the feature's documents. Its own rules come first; then the documents are searched, within the call's deadline; where
 * nothing is found, no model is asked. What the model says is shown only where its citations were checked: each names a source
 * that was sent, and quotes what stands there. An answer of a rule or look-up is grounded in what its author knows, and has no
 * citations.
 *
 * Throws an `InseamError`: for documents that cannot be read or indexed, for a call that fails, and `reply-incomplete` where the
 * model did not finish.
 */
export async function answer<Input>(
  pipeline: Pipeline,
  indexes: Indexes,
  feature: Feature<Input>,
  input: Input,
  options: DoorOptions = {},
): Promise<Answer> {
  const prepare = async () => {
    const documents = documentsOf(feature)
    const asked = await ask(feature, input, inTime(pipeline.clock, options, feature.model))
    return { documents, asked, query: queryOf(feature, asked.input) }
  }
  const { documents, asked, query } = await orRefuse(pipeline, feature, options, prepare)
  const grounding: Grounding = { messages: [], sources: [] }
  const note: Search['note'] = (moment) => call.story.note(moment)
  const search = searchFirst(grounding, { indexes, documents, query, asked: asked.messages, note })
  const call = beginCall(
    pipeline,
    feature,
    {
      messages: grounding.messages,
      timeoutMs: asked.timeoutMs,
      promptHash: answerPromptHash(asked.promptHash),
      deciders: [...(asked.deciders ?? []), search],
      accepts: ({ text }) => !isUnsound(checkAnswer(text, grounding.sources)),
    },
    options,
    { id: options.id, output: { type: 'json', name: 'grounded_answer', schema: groundedAnswerSchema, strict: true } },
  )
  const reply = await drain(pipeline.run(call))
  demandCompleted(feature, reply)
  const { cost, callId } = reply
  const { outcome = byRule(reply), sources } = grounding
  return { ...outcome, decidedBy: decidedBy(reply), cost, callId, sources, reply }
}

const isUnsound = (outcome: AnswerOutcome) => outcome.type === 'abstained' && outcome.reason === 'citation-unsound'

function documentsOf({ name, documents }: AnyFeature): Documents {
  if (documents) return documents
  throw new InseamError('feature-invalid', `"${name}" has no documents to answer from.`, {
    fix: `Give "${name}" \`documents\`, or run it with \`seam.complete\`.`,
  })
}

/** A rule's answer needs no citation: its author vouches for it. */
function byRule({ text }: Reply): AnswerOutcome {
  return { type: 'grounded', text, citations: [] }
}
