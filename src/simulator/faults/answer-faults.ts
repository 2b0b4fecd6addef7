import { after } from './after.ts'
import type { FaultKind } from './fault-kind.ts'

/** Of what the model says. */
export const answerFaults = {
  'malformed-json-output': {
    description: 'Structured output that is almost right.',
    params: {
      variant: {
        description: 'what is wrong with it; empty chooses by seed',
        oneOf: [
          '',
          'code-fence',
          'trailing-comma',
          'truncated',
          'single-quotes',
          'missing-field',
          'wrong-enum',
          'stringified-nested',
        ],
        default: '',
      },
    },
    bills: 'produced',
  },
  refusal: {
    description: 'The model refuses: stop_reason refusal with stop_details, or message.refusal.',
    params: {},
    bills: 'produced',
  },
  'content-filter': {
    description: 'A filter stops the output: finish_reason content_filter, or the error that Anthropic sends.',
    params: { after },
    bills: 'produced',
  },
  'many-tool-calls': {
    description: 'Very many tools are called in one turn, where any is offered.',
    params: { count: { description: 'how many', default: 64 } },
    bills: 'produced',
  },
  'duplicate-tool-ids': {
    description: 'Two tools are called, where any is offered, and both calls have the same id.',
    params: {},
    bills: 'produced',
    // Its calls have no ids.
    notIn: ['gemini'],
  },
  repetition: {
    description: 'The model says the same again and again.',
    params: { times: { description: 'how often', default: 50 } },
    bills: 'produced',
  },
  'max-tokens-ignored': {
    description: 'The model writes on past the limit of tokens that the request sets, and then ends as if it had not.',
    params: { tokens: { description: 'how many too many; as many in all where no limit is set', default: 1000 } },
    bills: 'produced',
  },
  'max-tokens-in-tool-call': {
    description: 'The token limit strikes within the arguments of a tool call.',
    params: {},
    bills: 'produced',
  },
} as const satisfies Record<string, FaultKind>
