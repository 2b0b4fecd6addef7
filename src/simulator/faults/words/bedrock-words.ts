import type { ProviderWords } from './provider-words.ts'

const names: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  401: 'UnrecognizedClientException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  409: 'ConflictException',
  424: 'ModelErrorException',
  429: 'ThrottlingException',
  500: 'InternalServerException',
  503: 'ServiceUnavailableException',
}

/** Bedrock's: what an error means is the name of an exception. */
export const bedrockWords: ProviderWords = {
  typeOf: (status) => names[status] ?? (status >= 500 ? 'InternalFailure' : 'ValidationException'),
  refusals: {
    'quota-exhausted': () => ({
      kind: 'quota-exhausted',
      message: 'Your request exceeds the service quota for your account.',
    }),
    'spend-limit': () => ({
      kind: 'quota-exhausted',
      message: 'Too many tokens per day, please wait before trying again.',
      status: 429,
      type: 'ThrottlingException',
    }),
    unpaid: () => ({
      kind: 'invalid-request',
      status: 403,
      type: 'AccessDeniedException',
      message:
        'Model access is denied due to INVALID_PAYMENT_INSTRUMENT: A valid payment instrument must be provided. Your AWS Marketplace subscription for this model cannot be completed at this time.',
    }),
    'slow-down': () => ({ kind: 'rate-limited', message: 'Too many tokens, please wait before trying again.' }),
    'context-exceeded': () => ({ kind: 'invalid-request', message: 'Input is too long for requested model.' }),
    'content-policy': () => ({ kind: 'content-blocked', message: 'Output blocked by content filtering policy' }),
    'region-blocked': () => ({
      kind: 'invalid-request',
      message: 'Access to Anthropic models is not allowed from unsupported countries, regions, or territories.',
    }),
    'model-retired': () => ({
      kind: 'not-found',
      message:
        'This model version has reached the end of its life. Please refer to the AWS documentation for more details.',
    }),
    'model-not-ready': () => ({
      kind: 'rate-limited',
      type: 'ModelNotReadyException',
      message: 'The model is not ready for inference. Wait and try your request again.',
    }),
    'credential-rejected': () => ({
      kind: 'unauthenticated',
      message: 'The security token included in the request is invalid.',
    }),
  },
}
