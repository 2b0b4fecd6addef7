import type { CatalogueFault, Way } from './catalogue.ts'
import { answered, broken, type Due, either, ended, left, leftOrFinal, retried } from './due.ts'

const both = (made: Way['made'], due: Due, more: Partial<Way> = {}): Way => ({
  made,
  whole: due,
  streamed: due,
  ...more,
})

/** What the simulator does beyond the catalogue. */
export const furtherCatalogue: readonly CatalogueFault[] = [
  {
    title: 'the first content is late',
    behaviour: 'first-token clock, F',
    // A unary call has no first token to wait for: a late answer is an answer.
    ways: [{ made: { type: 'slow-first-token', ms: 6000 }, whole: answered, streamed: left('timed-out'), waits: true }],
  },
  {
    title: 'the model refuses',
    behaviour: 'ended',
    ways: [both({ type: 'refusal' }, ended, { otherWords: true })],
  },
  {
    title: 'a filter stops the answer',
    behaviour: 'ended; an error of Anthropic',
    ways: [
      both({ type: 'content-filter' }, ended, { except: ['anthropic-messages'] }),
      {
        made: { type: 'content-filter' },
        only: ['anthropic-messages'],
        whole: leftOrFinal(),
        streamed: broken('content-blocked'),
      },
    ],
  },
  {
    title: 'structured output that is almost right',
    behaviour: 'as it is',
    ways: [both({ type: 'malformed-json-output' }, either(), { otherWords: true })],
  },
  {
    title: 'the rate rises too fast',
    behaviour: 'W',
    ways: [both({ type: 'slow-down' }, retried())],
  },
  {
    title: 'the account is not paid for',
    behaviour: 'U',
    ways: [both({ type: 'unpaid' }, leftOrFinal())],
  },
  {
    title: 'the model is still being loaded',
    behaviour: 'R',
    // Bedrock's own SDK asks five times.
    ways: [both({ type: 'model-not-ready' }, { ...retried(), attempts: 5 })],
  },
  {
    title: '200 and an error as the body, where a stream was asked for',
    behaviour: 'RF',
    ways: [both({ type: 'error-under-200' }, retried())],
  },
  {
    title: 'very many tool calls',
    behaviour: 'bounded',
    ways: [both({ type: 'many-tool-calls' }, either(), { withTool: true })],
  },
  {
    title: 'the same again and again',
    behaviour: 'as it is',
    ways: [both({ type: 'repetition' }, either(), { otherWords: true })],
  },
]
