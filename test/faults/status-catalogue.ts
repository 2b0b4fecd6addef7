import type { CatalogueFault, Way } from './catalogue.ts'
import { type Due, either, ended, final, left, leftOrFinal, recovered, retried } from './due.ts'

/** The same due whether streamed or not: it strikes before anything was answered. */
const both = (made: Way['made'], due: Due, more: Partial<Way> = {}): Way => ({
  made,
  whole: due,
  streamed: due,
  ...more,
})

const limited = retried('rate-limited')

/** Faults 26 to 56: refusals, and what they say about coming back. */
export const statusCatalogue: readonly CatalogueFault[] = [
  {
    number: 26,
    title: '429 that states a wait in seconds',
    behaviour: 'W',
    ways: [both({ type: 'rate-limited', retryAfterSeconds: 1 }, limited)],
  },
  {
    number: 27,
    title: '429 that states a fraction of a second',
    behaviour: 'W',
    ways: [both({ type: 'rate-limited', retryAfter: '0.3' }, limited)],
  },
  {
    number: 28,
    title: '429 that states the date to return at',
    behaviour: 'W',
    ways: [both({ type: 'rate-limited', retryAfter: 'Wed, 21 Oct 2099 07:28:00 GMT' }, left('rate-limited'))],
  },
  {
    number: 29,
    title: '429 that states a date in the past',
    behaviour: 'W',
    ways: [both({ type: 'rate-limited', retryAfter: 'Wed, 21 Oct 2015 07:28:00 GMT' }, limited)],
  },
  {
    number: 30,
    title: '429 whose stated wait is garbage',
    behaviour: 'W',
    ways: [both({ type: 'rate-limited', retryAfter: 'soon' }, limited)],
  },
  {
    number: 31,
    title: '429 whose stated wait is negative',
    behaviour: 'W',
    ways: [both({ type: 'rate-limited', retryAfter: '-30' }, limited)],
  },
  {
    number: 32,
    title: '429 that states an hour',
    behaviour: 'W',
    ways: [both({ type: 'rate-limited', retryAfterSeconds: 3600 }, left('rate-limited'))],
  },
  {
    number: 33,
    title: 'retry-after-ms beside a retry-after that says otherwise',
    behaviour: 'W',
    ways: [both({ type: 'rate-limited', retryAfter: '3600', retryAfterMs: 50 }, limited)],
  },
  {
    number: 34,
    title: '503 with x-should-retry: false',
    behaviour: 'F',
    ways: [both({ type: 'unavailable', shouldRetry: 'false' }, leftOrFinal('overloaded', 'server-error'))],
  },
  {
    number: 35,
    title: '400 with x-should-retry: true',
    behaviour: 'X',
    ways: [both({ type: 'bad-request', shouldRetry: 'true' }, final('request-rejected'))],
  },
  {
    number: 36,
    title: '429 that states no wait',
    behaviour: 'W',
    ways: [both({ type: 'rate-limited-bare' }, limited)],
  },
  {
    number: 37,
    title: '429: the quota is used up',
    behaviour: 'U',
    ways: [both({ type: 'quota-exhausted' }, left('quota-exhausted'))],
  },
  {
    number: 38,
    title: "the customer's own spend limit is reached",
    behaviour: 'U',
    ways: [both({ type: 'spend-limit' }, left('quota-exhausted'), { except: ['gemini'] })],
  },
  {
    number: 39,
    title: "Gemini's quota per day",
    behaviour: 'U',
    ways: [both({ type: 'quota-exhausted', resetsInSeconds: 35_640 }, left('quota-exhausted'), { only: ['gemini'] })],
  },
  {
    number: 40,
    title: '500, once',
    behaviour: 'R',
    ways: [both({ type: 'server-error' }, recovered, { times: 1 })],
  },
  {
    number: 41,
    title: '502 with a web page',
    behaviour: 'RF',
    ways: [both({ type: 'status', code: 502, shape: 'html' }, retried('server-error'))],
  },
  {
    number: 42,
    title: '503 that lasts',
    behaviour: 'RF',
    ways: [both({ type: 'unavailable' }, retried('overloaded', 'server-error'))],
  },
  {
    number: 43,
    title: '504',
    behaviour: 'RF',
    ways: [both({ type: 'status', code: 504 }, retried('provider-timed-out', 'server-error'))],
  },
  {
    number: 44,
    title: '529: overloaded',
    behaviour: 'RF',
    ways: [both({ type: 'overloaded' }, retried('overloaded'))],
  },
  {
    number: 45,
    title: '408, 409 and 425',
    behaviour: 'R',
    ways: [
      ...[408, 409].map((code) =>
        both({ type: 'status', code }, retried('provider-timed-out', 'conflict'), { except: ['gemini'] }),
      ),
      both({ type: 'status', code: 425 }, retried('conflict'), {
        except: ['gemini', 'anthropic-messages', 'bedrock-converse'],
      }),
    ],
  },
  {
    number: 46,
    title: '501 and 505',
    behaviour: 'X',
    ways: [501, 505].map((code) => both({ type: 'status', code }, either())),
  },
  {
    number: 47,
    title: '401, and 200 once the key is another',
    behaviour: 'U',
    ways: [both({ type: 'credential-rejected' }, either(), { times: 1 })],
  },
  {
    number: 48,
    title: '403: not from this region',
    behaviour: 'U',
    ways: [both({ type: 'region-blocked' }, leftOrFinal())],
  },
  {
    number: 49,
    title: '404: the model is retired',
    behaviour: 'F',
    ways: [both({ type: 'model-retired' }, left('model-not-found'))],
  },
  {
    number: 50,
    title: '413: the request is too large',
    behaviour: 'X',
    ways: [both({ type: 'status', code: 413 }, final('request-too-large', 'request-rejected'), { except: ['gemini'] })],
  },
  {
    number: 51,
    title: 'the prompt is longer than the model reads',
    behaviour: 'X',
    ways: [both({ type: 'context-exceeded' }, leftOrFinal('context-exceeded'))],
  },
  {
    number: 52,
    title: 'the prompt is against the content policy',
    behaviour: 'X',
    ways: [
      both({ type: 'content-policy' }, final('content-blocked'), { except: ['gemini'] }),
      // An answer without candidates, whose reason says that the prompt was blocked.
      both({ type: 'content-policy' }, ended, { only: ['gemini'] }),
    ],
  },
  {
    number: 53,
    title: 'statuses that nobody knows: 499, 418, 520, 599',
    behaviour: 'X, RF',
    ways: [
      ...[499, 418].map((code) => both({ type: 'status', code }, final(), { except: ['gemini'] })),
      ...[520, 599].map((code) => both({ type: 'status', code }, retried())),
    ],
  },
  {
    number: 54,
    title: '200 whose body is an error',
    behaviour: 'RF',
    ways: [{ made: { type: 'error-event-first' }, whole: retried('overloaded', 'server-error') }],
  },
  {
    number: 55,
    title: 'error bodies in shapes that no document has',
    behaviour: 'TE',
    ways: ['lower-case', 'array', 'error-text', 'json-text', 'text', 'empty-object', 'nothing'].map((shape) =>
      both({ type: 'status', code: 500, shape }, retried('server-error')),
    ),
  },
  {
    number: 56,
    title: 'an error body of 50 MB',
    behaviour: 'TE',
    ways: [both({ type: 'huge-error' }, retried('server-error'), { heavy: true })],
  },
]
