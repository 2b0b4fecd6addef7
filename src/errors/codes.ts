/**
 * What a failure asks of the stages above.
 *
 * - `retry-then-fall-back`: the same target again, within its attempts and the retry budget, then the next one.
 * - `retry-once`: the same target once more, then the next one.
 * - `wait`: the same target after the wait that it stated, if the deadline allows; else the next one.
 * - `fall-back`: the next target at once.
 * - `stop`: nobody could answer this call better.
 */
export type Advice = 'retry-then-fall-back' | 'retry-once' | 'wait' | 'fall-back' | 'stop'

/** What the seam knows about a kind of failure. */
export interface CodeFacts {
  readonly advice: Advice
  /** The HTTP status with which the gateway answers. */
  readonly status: number
  /** Whether it counts against the target's circuit breaker. */
  readonly tripsBreaker: boolean
  /** What it means, for the list of errors. */
  readonly meaning: string
}

const provider = (advice: Advice, status: number, tripsBreaker: boolean, meaning: string): CodeFacts => ({
  advice,
  status,
  tripsBreaker,
  meaning,
})
const caller = (status: number, meaning: string): CodeFacts => ({
  advice: 'stop',
  status,
  tripsBreaker: false,
  meaning,
})

/**
 * Every error code, with what follows from it. The classes are those of the providers' documents (Anthropic, OpenAI;
 * November 2026): a quota that is used up is not a rate limit, and an overload is not a broken request.
 */
export const errorCodes = {
  'connection-failed': provider(
    'retry-then-fall-back',
    502,
    true,
    'No connection, or it broke before an answer began.',
  ),
  'server-error': provider('retry-then-fall-back', 502, true, 'The provider failed (5xx).'),
  overloaded: provider('retry-then-fall-back', 503, true, 'The provider says that it has no capacity (503, 529).'),
  'model-not-ready': provider(
    'retry-then-fall-back',
    503,
    false,
    'The provider is still loading the model: it gets two attempts more than others.',
  ),
  'provider-timed-out': provider(
    'retry-then-fall-back',
    504,
    true,
    'The provider says that it ran out of time (408, 504).',
  ),
  conflict: provider('retry-once', 502, false, 'The provider asks to try again at once (409, 425).'),
  'rate-limited': provider('wait', 429, false, 'The provider asks to slow down.'),
  'quota-exhausted': provider('fall-back', 429, true, "The account's quota, credit or spend limit is used up."),
  'credential-rejected': provider('fall-back', 502, true, "The provider rejects the operator's credential (401, 403)."),
  'certificate-rejected': provider(
    'fall-back',
    502,
    true,
    "The host's TLS certificate does not prove that it is the provider: expired, another host's, or of an unknown authority.",
  ),
  'model-not-found': provider('fall-back', 404, false, 'The provider does not know the model (404).'),
  'reply-unreadable': provider(
    'retry-then-fall-back',
    502,
    true,
    'The answer is no answer: HTML, nothing, or broken JSON.',
  ),
  'reply-too-large': provider(
    'fall-back',
    502,
    true,
    'The answer is larger than an answer can be: its body, an event of its stream, or what it decompresses to.',
  ),
  'output-overrun': provider(
    'fall-back',
    502,
    false,
    'The provider went on beyond the limit of tokens, or called more tools than a turn may; it was stopped.',
  ),
  'reply-botched': provider(
    'retry-once',
    502,
    false,
    'The model botched its answer, a call of a tool mostly, and the provider says so.',
  ),
  'stream-interrupted': provider('retry-then-fall-back', 502, true, 'The answer ended without its terminal signal.'),
  'redirect-refused': provider(
    'fall-back',
    502,
    true,
    'The provider answered with a redirect; following it could leak the credential.',
  ),
  'package-missing': provider('fall-back', 500, false, 'The provider needs an npm package that is not installed.'),
  'request-rejected': caller(400, 'The provider rejects the request (400, 422).'),
  'translation-refused': provider(
    'fall-back',
    400,
    false,
    "The target's dialect cannot say all of the request, and losses are not allowed.",
  ),
  'operation-unsupported': provider('fall-back', 400, false, 'The target cannot be asked for this: embeddings, say.'),
  'embeddings-mixed': caller(500, 'Vectors of different models, which cannot be compared, would stand side by side.'),
  'request-too-large': caller(413, 'The request is larger than the provider or the gateway takes.'),
  'context-exceeded': caller(400, "The prompt does not fit the model's context window."),
  'content-blocked': caller(400, "The provider's content policy blocks the prompt."),
  'timed-out': provider('fall-back', 504, true, 'One of the clocks ran out.'),
  'deadline-exceeded': caller(504, "The call's deadline passed."),
  aborted: caller(499, 'The caller left.'),
  'breaker-open': provider('fall-back', 503, false, 'The circuit breaker of the target is open after failures.'),
  throttled: provider(
    'fall-back',
    503,
    false,
    'The target takes no more at the moment, and the call could not wait for its turn.',
  ),
  'budget-exceeded': provider('stop', 402, false, 'A hard budget does not hold what the call may cost.'),
  'price-unknown': provider(
    'fall-back',
    402,
    false,
    'A hard budget counts the call, and nobody knows what the target costs at the most.',
  ),
  'ledger-lost': provider(
    'stop',
    503,
    false,
    'A hard budget counts the call, and the ledger that keeps it cannot be asked.',
  ),
  'limit-exceeded': provider(
    'stop',
    429,
    false,
    'A limit of all calls, or of the key, feature, tenant or alias, is used up for now.',
  ),
  'decision-failed': caller(500, 'A rule or look-up of the feature threw.'),
  'prompt-failed': caller(500, 'The prompt function of the feature threw.'),
  'no-target': provider('stop', 503, false, 'No target of the alias can be asked now.'),
  'unknown-model': caller(404, 'The model name is neither an alias nor a model of a configured provider.'),
  'invalid-request': caller(400, 'The request cannot be read.'),
  unauthorized: caller(401, 'The gateway wants a key and got none that it knows.'),
  'keys-unavailable': provider(
    'stop',
    503,
    false,
    'The store of keys cannot be asked, and the key is not one that is known without it.',
  ),
  forbidden: caller(403, 'The gateway refuses the request where it comes from.'),
  'not-found': caller(404, 'The gateway has no such route.'),
  'method-not-allowed': caller(405, 'What the request names is there, and does not do that.'),
  'upgrade-refused': caller(501, 'The gateway speaks HTTP alone: no WebSockets.'),
  busy: caller(503, 'The admin listener has as much to do as it takes.'),
  'shutting-down': provider('stop', 503, false, 'The gateway is draining.'),
  'feature-invalid': caller(500, 'The feature cannot be run as it is declared.'),
  'input-invalid': caller(400, "The feature's input does not match its schema."),
  'reply-incomplete': caller(502, 'The model did not finish: the answer was cut, refused or paused.'),
  'output-invalid': caller(
    502,
    "The model's answer does not match the feature's schema, and neither does its correction.",
  ),
  'suite-invalid': caller(400, 'A suite, its cases or its baseline cannot be used.'),
  'module-unreadable': caller(500, 'A module of features or suites cannot be found or imported.'),
  'documents-unreadable': caller(500, 'A document that a feature answers from cannot be read.'),
  'index-failed': caller(500, 'The index of documents cannot be opened, written or searched.'),
  'config-invalid': caller(500, 'The configuration cannot be used.'),
  'store-failed': caller(500, 'A store (of events, say) cannot be written.'),
  'internal-error': caller(500, 'A defect of the seam itself.'),
} as const satisfies Record<string, CodeFacts>

/** A kind of failure. */
export type ErrorCode = keyof typeof errorCodes
