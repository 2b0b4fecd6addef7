import type { ProviderWords } from './provider-words.ts'

const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

/** Anthropic's: what an error means stands in `type`, in `details.error_code`, and sometimes in the message alone. */
export const anthropicWords: ProviderWords = {
  typeOf: (status) => types[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error'),
  refusals: {
    'quota-exhausted': ({ code }) => ({
      kind: 'quota-exhausted',
      message: 'Your organization has reached the spend limit that is enforced for this month.',
      ...(code !== '' && { code }),
    }),
    'spend-limit': () => ({
      kind: 'invalid-request',
      message: 'You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
    }),
    unpaid: () => ({
      kind: 'invalid-request',
      status: 402,
      type: 'billing_error',
      message: 'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.',
    }),
    'slow-down': () => ({
      kind: 'rate-limited',
      message: 'Your usage rose faster than its ramp limit allows. Raise it gradually.',
      code: 'ramp_limit_exceeded',
    }),
    'context-exceeded': () => ({
      kind: 'invalid-request',
      message: 'prompt is too long: 208310 tokens > 200000 maximum',
    }),
    'content-policy': () => ({ kind: 'content-blocked', message: 'Output blocked by content filtering policy' }),
    'region-blocked': () => ({
      kind: 'invalid-request',
      status: 403,
      type: 'forbidden',
      message: 'Request not allowed',
    }),
    'model-retired': ({ model }) => ({ kind: 'not-found', message: `model: ${model}` }),
    'model-not-ready': () => ({ kind: 'unavailable', message: 'The model is not ready yet. Please try again.' }),
    'credential-rejected': () => ({ kind: 'unauthenticated', message: 'invalid x-api-key' }),
  },
}
