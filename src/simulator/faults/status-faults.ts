import type { FaultKind, FaultParam } from './fault-kind.ts'

const pushback = {
  retryAfter: {
    description: 'the Retry-After header verbatim, be it a date or nonsense; empty sends none',
    default: '',
  },
  retryAfterMs: { description: 'the retry-after-ms header, in milliseconds; negative sends none', default: -1 },
  shouldRetry: { description: 'the x-should-retry header, `true` or `false`; empty sends none', default: '' },
} as const satisfies Record<string, FaultParam>

const code = {
  description: "OpenAI's code or Anthropic's error_code verbatim; empty is the commonest",
  default: '',
} as const satisfies FaultParam

/** Refusals: an HTTP status, and what it says about coming back. Each is in the words of the provider that is asked. */
export const statusFaults = {
  'rate-limited': {
    description: '429 with Retry-After.',
    params: {
      retryAfterSeconds: { description: 'the Retry-After header, in seconds', default: 1 },
      ...pushback,
    },
    bills: 'nothing',
  },
  'rate-limited-bare': { description: '429 without any hint of when to return.', params: {}, bills: 'nothing' },
  'slow-down': {
    description: '429 to a rate that rises too fast: slow_down, ramp_limit_exceeded, RESOURCE_EXHAUSTED, throttling.',
    params: pushback,
    bills: 'nothing',
  },
  'quota-exhausted': {
    description:
      'A quota is used up: 429 insufficient_quota, enforced_spend_limit_reached, a QuotaFailure per day, ServiceQuotaExceeded.',
    params: {
      code,
      limit: {
        description: 'what Gemini says the quota is; 0 is a model that the plan does not include',
        default: 250,
      },
      resetsInSeconds: { description: "Gemini's RetryInfo, in seconds; negative sends none", default: -1 },
      ...pushback,
    },
    bills: 'nothing',
  },
  'spend-limit': {
    description: "The customer's own limit is reached: 429 of OpenAI's and Google's, 400 by message of Anthropic's.",
    params: { code, ...pushback },
    bills: 'nothing',
  },
  unpaid: {
    description: '402 billing_error, 429 credit_balance_exhausted, or 403 where billing is off.',
    params: { code, ...pushback },
    bills: 'nothing',
  },
  'bad-request': {
    description: '400: something about the request that no retry can cure.',
    params: pushback,
    bills: 'nothing',
  },
  'context-exceeded': {
    description: "400: the prompt is longer than the model reads, in each one's words.",
    params: {},
    bills: 'nothing',
  },
  'content-policy': {
    description: '400: the prompt is against the policy; of Gemini, 200 with a blockReason and no candidates.',
    params: {},
    bills: 'nothing',
  },
  'credential-rejected': {
    description: '401 (400 of Gemini, 403 of Bedrock): the key is not, or no longer, valid.',
    params: { key: { description: 'the only key that it strikes; empty strikes all', default: '' } },
    bills: 'nothing',
  },
  'region-blocked': {
    description: '403 (400 of Gemini and Bedrock): not from this country or region.',
    params: {},
    bills: 'nothing',
  },
  'model-retired': { description: '404: the model is no longer served.', params: {}, bills: 'nothing' },
  'model-not-ready': {
    description: '503 while the model is loaded; of Bedrock, 429 ModelNotReadyException.',
    params: pushback,
    bills: 'nothing',
  },
  'server-error': { description: '500.', params: pushback, bills: 'nothing' },
  unavailable: { description: '503.', params: pushback, bills: 'nothing' },
  overloaded: { description: '529; 503 of Bedrock.', params: pushback, bills: 'nothing' },
  status: {
    description: 'Any status, with the envelope that the provider would send, or another body.',
    params: {
      code: { description: 'the HTTP status, 400 to 599', default: 502 },
      shape: {
        description:
          'the body: `envelope`, `lower-case`, `array`, `error-text` (`{"error":"…"}`), `json-text` (`"…"`), `text`, `html`, `empty-object` or `nothing`',
        default: 'envelope',
        oneOf: [
          'envelope',
          'lower-case',
          'array',
          'error-text',
          'json-text',
          'text',
          'html',
          'empty-object',
          'nothing',
        ],
      },
      ...pushback,
    },
    bills: 'nothing',
  },
  'huge-error': {
    description: 'An error whose message does not end for a long time.',
    params: {
      code: { description: 'the HTTP status, 400 to 599', default: 500 },
      bytes: { description: 'how long its body is', default: 52_428_800 },
    },
    bills: 'nothing',
  },
} as const satisfies Record<string, FaultKind>
