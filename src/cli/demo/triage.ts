import { z } from 'zod'
import { type Feature, feature, prompt } from '../../index.ts'
import { type Question, topics } from './question.ts'

const Triage = z.object({
  topic: z.enum(topics),
  priority: z.enum(['low', 'medium', 'high']),
  needs_person: z.boolean(),
})

/** How a question is to be handled. */
type Triage = z.infer<typeof Triage>
type Asked = { readonly question: string }

/** Sorts a question: by a rule, by what people decided before, and only then by a model. */
export function triageFeature(decided: readonly Question[]): Feature<Asked, Triage> {
  const known = new Map(decided.map(({ text, topic }) => [plain(text), topic]))
  return feature({
    name: 'triage-question',
    model: 'fast',
    input: z.object({ question: z.string().max(2_000) }),
    output: Triage,
    decide: ({ rule, lookup }) => [
      rule('too short to be a question', ({ question }) => plain(question).length < 12, nothingToDo),
      rule('lost or stolen', ({ question }) => /\b(?:stolen|stole|lost|fraud)\b/i.test(question), blockAtOnce),
      rule('PIN or passcode', ({ question }) => /\b(?:pin|passcode)\b/i.test(question), sendTheLink),
      lookup('decided before', ({ question }) => {
        const topic = known.get(plain(question))
        return topic && { topic, priority: 'low', needs_person: false }
      }),
    ],
    prompt: ({ question }) =>
      prompt`Say what the customer's question is about, how urgent it is, and whether a person has to look at it.\n\n${question}`,
  })
}

const nothingToDo: Triage = { topic: 'other', priority: 'low', needs_person: false }
const blockAtOnce: Triage = { topic: 'card', priority: 'high', needs_person: true }
const sendTheLink: Triage = { topic: 'account', priority: 'low', needs_person: false }

const plain = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\d]+/gu, ' ')
    .trim()
