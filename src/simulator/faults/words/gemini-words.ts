import type { ProviderWords } from './provider-words.ts'

const rpc = 'type.googleapis.com/google.rpc'
const names: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  409: 'ABORTED',
  412: 'FAILED_PRECONDITION',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}
const metric = 'generativelanguage.googleapis.com/generate_content_free_tier_requests'

function reason(word: string): readonly object[] {
  return [{ '@type': `${rpc}.ErrorInfo`, reason: word, domain: 'googleapis.com' }]
}

/** Google's: what an error means stands in `status` and, in finer words, in `details`. */
export const geminiWords: ProviderWords = {
  typeOf: (status) => names[status] ?? 'UNKNOWN',
  refusals: {
    'quota-exhausted': ({ model, limit }) => ({
      kind: 'quota-exhausted',
      message: `You exceeded your current quota, please check your plan and billing details.\n* Quota exceeded for metric: ${metric}, limit: ${limit}, model: ${model}`,
      details: [
        {
          '@type': `${rpc}.QuotaFailure`,
          violations: [
            {
              quotaMetric: metric,
              quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
              quotaDimensions: { location: 'global', model },
              // A quota of nothing is left out, as everywhere in this API.
              ...(limit > 0 && { quotaValue: String(limit) }),
            },
          ],
        },
      ],
    }),
    'spend-limit': () => ({
      kind: 'quota-exhausted',
      message: 'Your project has exceeded its monthly spending cap.',
      details: [],
    }),
    unpaid: () => ({
      kind: 'invalid-request',
      status: 403,
      type: 'PERMISSION_DENIED',
      message: 'This API method requires billing to be enabled. Please enable billing on project #1.',
      details: reason('BILLING_DISABLED'),
    }),
    'slow-down': () => ({
      kind: 'rate-limited',
      message: 'Resource exhausted. Please try again later.',
      details: [],
    }),
    'context-exceeded': () => ({
      kind: 'invalid-request',
      message: 'The input token count (1310720) exceeds the maximum number of tokens allowed (1048576).',
    }),
    'content-policy': () => ({ kind: 'content-blocked', status: 200, message: 'PROHIBITED_CONTENT' }),
    'region-blocked': () => ({
      kind: 'invalid-request',
      type: 'FAILED_PRECONDITION',
      message: 'User location is not supported for the API use.',
    }),
    'model-retired': ({ model }) => ({
      kind: 'not-found',
      message: `This model models/${model} is no longer available. Please update your code to use a newer model for the latest features and improvements.`,
    }),
    'model-not-ready': () => ({
      kind: 'unavailable',
      message: 'The model is overloaded. Please try again later.',
    }),
    'credential-rejected': () => ({
      kind: 'invalid-request',
      message: 'API key not valid. Please pass a valid API key.',
      details: reason('API_KEY_INVALID'),
    }),
  },
}
