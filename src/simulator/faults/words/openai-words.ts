import type { ProviderWords } from './provider-words.ts'

const outOfQuota = 'You exceeded your current quota, please check your plan and billing details.'

/** OpenAI's: what an error means stands in `code`; `type` is a class of them. */
export const openaiWords: ProviderWords = {
  typeOf: (status) => (status === 429 ? 'requests' : status >= 500 ? 'server_error' : 'invalid_request_error'),
  refusals: {
    'quota-exhausted': ({ code }) => ({
      kind: 'quota-exhausted',
      message: outOfQuota,
      ...(code !== '' && { code }),
    }),
    'spend-limit': ({ code }) => ({
      kind: 'quota-exhausted',
      message: 'Your organization has reached its configured spend limit.',
      code: code || 'organization_spend_limit_exceeded',
    }),
    unpaid: ({ code }) => ({
      kind: 'quota-exhausted',
      message: 'Your credit balance is exhausted. Add credits to continue.',
      code: code || 'credit_balance_exhausted',
    }),
    'slow-down': () => ({
      kind: 'rate-limited',
      message: 'Your request rate rose too fast. Slow down to what it was, keep it there, and raise it gradually.',
      code: 'slow_down',
    }),
    'context-exceeded': () => ({
      kind: 'invalid-request',
      message:
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 131072 tokens. Please reduce the length of the messages.",
      param: 'messages',
      code: 'context_length_exceeded',
    }),
    'content-policy': () => ({
      kind: 'content-blocked',
      message: 'Your request was rejected as a result of our safety system.',
    }),
    'region-blocked': () => ({
      kind: 'invalid-request',
      status: 403,
      type: 'request_forbidden',
      message: 'Country, region, or territory not supported',
      code: 'unsupported_country_region_territory',
    }),
    'model-retired': ({ model }) => ({
      kind: 'not-found',
      message: `The model \`${model}\` has been deprecated, learn more here: https://platform.openai.com/docs/deprecations`,
    }),
    'model-not-ready': ({ model }) => ({
      kind: 'unavailable',
      message: `The model ${model} is currently loading. Try again in a moment.`,
    }),
    'credential-rejected': () => ({
      kind: 'unauthenticated',
      message: 'Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.',
    }),
  },
}
