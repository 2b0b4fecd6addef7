import type { Decider } from '../../core/decision.ts'
import type { Message } from '../../core/message.ts'
import type { Story } from '../../core/story.ts'
import type { Documents } from '../../retrieval/documents.ts'
import type { Indexes, Passage } from '../../retrieval/indexes.ts'
import { type AnswerOutcome, checkAnswer } from './check-answer.ts'
import { withSources } from './with-sources.ts'

/** What an answer stands on, as far as it is known. */
export interface Grounding {
  /** What the model is asked; empty until the search has found something. */
  readonly messages: Message[]
  /** What was found, in the order of its numbers from 1. */
  sources: readonly Passage[]
  /** Absent where a rule came before the search, and where the model has not answered. */
  outcome?: AnswerOutcome
}

/** What to search, and for whom. */
export interface Search {
  readonly indexes: Indexes
  readonly documents: Documents
  readonly query: string
  /** What the feature asks, without sources. */
  readonly asked: readonly Message[]
  readonly note: Story['note']
}

/** The decider's name where nothing was found, as the record and `decidedBy` say it. */
const noSource = 'no source found'

const nothingFound = 'No document holds a word of the question.'

/**
 * Searches once all rules have abstained: as a decider, so that the call's deadline and its story hold the search too. Where it
 * finds nothing it decides; else it fills `grounding` with what the model is asked, and checks what the model says.
 */
export function searchFirst(grounding: Grounding, { indexes, documents, query, asked, note }: Search): Decider {
  return {
    name: noSource,
    source: 'rule',
    async decide(signal) {
      const index = await indexes.open(documents, signal)
      grounding.sources = await index.search(query, documents.sources, signal)
      note({ type: 'searched', passages: grounding.sources.length })
      if (grounding.sources.length === 0) {
        grounding.outcome = { type: 'abstained', reason: 'no-sources', detail: nothingFound }
        return { content: [{ type: 'text', text: nothingFound }] }
      }
      grounding.messages.push(...withSources(asked, grounding.sources))
      return undefined
    },
    review({ ending, text }) {
      if (ending.type !== 'completed') return
      grounding.outcome = checkAnswer(text, grounding.sources)
      note({ type: 'citations-checked', ...inShort(grounding.outcome) })
    },
  }
}

/** For the record, which holds no content: neither what the model said nor what it quoted. */
function inShort(outcome: AnswerOutcome): { readonly outcome: string; readonly citations: number } {
  return outcome.type === 'abstained'
    ? { outcome: outcome.reason, citations: 0 }
    : { outcome: outcome.type, citations: outcome.citations.length }
}
