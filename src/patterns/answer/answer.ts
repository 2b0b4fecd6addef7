import type { Cost } from '../../core/cost.ts'
import type { Decider } from '../../core/decision.ts'
import { drain } from '../../core/handler.ts'
import type { Message } from '../../core/message.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import type { Reply } from '../../core/reply.ts'
import { InseamError } from '../../errors/index.ts'
import type { Documents } from '../../retrieval/documents.ts'
import type { Indexes, Passage } from '../../retrieval/indexes.ts'
import { ask, beginCall, type DoorOptions, orRefuse } from '../begin-call.ts'
import type { AnyFeature, Feature } from '../feature.ts'
import { type AnswerOutcome, checkAnswer } from './check-answer.ts'
import { queryOf } from './query-of.ts'
import { answerPromptHash, groundedAnswerSchema, withSources } from './with-sources.ts'

export type { Citation } from './check-answer.ts'

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

/** The decider's name where nothing was found, as the record and `decidedBy` say it. */
const noSource = 'no source found'

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
  let sources: readonly Passage[] = []
  let outcome: AnswerOutcome | undefined
  const messages: Message[] = []
  const prepare = async () => {
    const documents = documentsOf(feature)
    const asked = await ask(feature, input)
    return { documents, asked, query: queryOf(feature, asked.input) }
  }
  const { documents, asked, query } = await orRefuse(pipeline, feature, options, prepare)

  const search: Decider = {
    name: noSource,
    source: 'rule',
    async decide(signal) {
      const index = await indexes.open(documents, signal)
      sources = await index.search(query, documents.sources, signal)
      call.story.note({ type: 'searched', passages: sources.length })
      if (sources.length === 0) {
        outcome = { type: 'abstained', reason: 'no-sources', detail: nothingFound }
        return { content: [{ type: 'text', text: nothingFound }] }
      }
      messages.push(...withSources(asked.messages, sources))
      return undefined
    },
    review(reply) {
      if (reply.ending.type !== 'completed') return
      outcome = checkAnswer(reply.text, sources)
      call.story.note({ type: 'citations-checked', ...inShort(outcome) })
    },
  }
  const call = beginCall(
    pipeline,
    feature,
    // The rules come before the search, and the messages after it: the list is this call's own, and filled then.
    {
      messages,
      promptHash: answerPromptHash(asked.promptHash),
      deciders: [...(asked.deciders ?? []), search],
      accepts: ({ text }) => !isUnsound(checkAnswer(text, sources)),
    },
    options,
    { id: options.id, output: { type: 'json', name: 'grounded_answer', schema: groundedAnswerSchema, strict: true } },
  )
  const reply = await drain(pipeline.run(call))
  demandCompleted(feature.name, reply)
  return { ...(outcome ?? byRule(reply)), ...factsOf(reply, sources) }
}

const isUnsound = (outcome: AnswerOutcome) => outcome.type === 'abstained' && outcome.reason === 'citation-unsound'

const nothingFound = 'No document holds a word of the question.'

function documentsOf({ name, documents }: AnyFeature): Documents {
  if (documents) return documents
  throw new InseamError('feature-invalid', `"${name}" has no documents to answer from.`, {
    fix: `Give "${name}" \`documents\`, or run it with \`seam.complete\`.`,
  })
}

function demandCompleted(name: string, { ending, content, usage, cost }: Reply): void {
  if (ending.type === 'completed') return
  const how = 'by' in ending ? `${ending.type} (${ending.by})` : ending.type
  const error = new InseamError('reply-incomplete', `The answer of "${name}" is not whole: it was ${how}.`, {
    fix: 'Raise `maxOutputTokens` where it was cut, or change the prompt where it was refused.',
  })
  error.arrived = { content, usage, cost }
  throw error
}

/** For the record, which holds no content: neither what the model said nor what it quoted. */
function inShort(outcome: AnswerOutcome): { readonly outcome: string; readonly citations: number } {
  return outcome.type === 'abstained'
    ? { outcome: outcome.reason, citations: 0 }
    : { outcome: outcome.type, citations: outcome.citations.length }
}

/** A rule's answer needs no citation: its author vouches for it. */
function byRule({ text }: Reply): AnswerOutcome {
  return { type: 'grounded', text, citations: [] }
}

function factsOf(reply: Reply, sources: readonly Passage[]): AnswerFacts {
  const { source, model, cost, callId } = reply
  const isDecided = source === 'rule' || source === 'lookup' || source === 'classifier'
  return { decidedBy: isDecided ? model : 'model', cost, callId, sources, reply }
}
