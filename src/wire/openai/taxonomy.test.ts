import type { ErrorObject } from 'openai/resources/shared'
import { openaiChat } from '../openai-chat/index.ts'
import { openaiResponses } from '../openai-responses/index.ts'
import { describeTaxonomy, type Line } from '../taxonomy.suite.ts'

const said = (code: string | null, message = 'no', type = 'invalid_request_error') => ({
  error: { code, message, param: null, type } satisfies ErrorObject,
})
const quota = (code: string): Line => ({
  of: `${code}, under the type insufficient_quota`,
  status: 429,
  body: said(code, 'You exceeded your current quota.', 'insufficient_quota'),
  code: 'quota-exhausted',
  advice: 'fall-back',
})
const blocked = (of: string, body: unknown): Line => ({
  of,
  status: 400,
  body,
  code: 'content-blocked',
  advice: 'stop',
})

const errors: readonly Line[] = [
  { of: 'a schema', status: 400, body: said(null), code: 'request-rejected', advice: 'stop' },
  { of: 'the window', status: 400, body: said('context_length_exceeded'), code: 'context-exceeded', advice: 'stop' },
  blocked('the content policy', said('content_policy_violation')),
  { of: 'a key', status: 401, body: said('invalid_api_key'), code: 'credential-rejected', advice: 'fall-back' },
  {
    of: 'a region',
    status: 403,
    body: said('unsupported_country_region_territory', 'Country, region, or territory not supported'),
    code: 'credential-rejected',
    advice: 'fall-back',
  },
  { of: 'a retired model', status: 404, body: said('model_not_found'), code: 'model-not-found', advice: 'fall-back' },
  {
    of: 'a rate, with its wait in words',
    status: 429,
    body: said('rate_limit_exceeded', 'Rate limit reached. Please try again in 1.2s.', 'tokens'),
    code: 'rate-limited',
    advice: 'wait',
    retryAfterMs: 1_200,
  },
  {
    of: 'a request that no minute has the tokens for',
    status: 429,
    body: said(
      'rate_limit_exceeded',
      'Request too large for gpt-6 on tokens per min (TPM): Limit 30000, Requested 40000',
      'tokens',
    ),
    code: 'request-too-large',
    advice: 'stop',
  },
  { of: 'a ramp', status: 429, body: said('slow_down', 'Slow down', 'requests'), code: 'rate-limited', advice: 'wait' },
  { of: 'a ramp, of old', status: 503, body: said('slow_down'), code: 'rate-limited', advice: 'wait' },
  quota('insufficient_quota'),
  quota('credit_balance_exhausted'),
  quota('organization_spend_limit_exceeded'),
  quota('project_spend_limit_exceeded'),
  quota('organization_usage_limit_exceeded'),
  {
    of: 'a defect',
    status: 500,
    body: said(null, 'oops', 'server_error'),
    code: 'server-error',
    advice: 'retry-then-fall-back',
  },
  { of: 'a gateway', status: 504, body: said(null), code: 'provider-timed-out', advice: 'retry-then-fall-back' },
  {
    of: 'an overload',
    status: 503,
    body: said('server_is_overloaded'),
    code: 'overloaded',
    advice: 'retry-then-fall-back',
  },
  {
    of: 'an error that is a text',
    status: 500,
    body: { error: 'oops' },
    code: 'server-error',
    advice: 'retry-then-fall-back',
  },
  {
    of: 'an error that is a list',
    status: 400,
    body: [{ error: { message: 'no' } }],
    code: 'request-rejected',
    advice: 'stop',
  },
  {
    of: 'DeepSeek, out of resources',
    status: 503,
    body: said('insufficient_system_resource'),
    code: 'overloaded',
    advice: 'retry-then-fall-back',
  },
  {
    of: 'DeepSeek, out of money',
    status: 402,
    body: said('invalid_request_error', 'Insufficient Balance'),
    code: 'quota-exhausted',
    advice: 'fall-back',
  },
  blocked("Azure's filter", {
    error: {
      code: 'content_filter',
      message: 'filtered',
      status: 400,
      innererror: { code: 'ResponsibleAIPolicyViolation' },
    },
  }),
  blocked("Azure's policy, under its own name", said('ResponsibleAIPolicyViolation')),
  {
    of: "Azure's rate of a deployment",
    status: 429,
    body: said('429', 'Requests to this operation have exceeded the token rate limit. Please retry after 6 seconds.'),
    code: 'rate-limited',
    advice: 'wait',
    retryAfterMs: 6_000,
  },
  {
    of: "Azure's region under high demand",
    status: 429,
    body: said(
      'RateLimitReached',
      'The system is currently experiencing high demand and cannot process your request. Your request exceeds the maximum usage size allowed during peak load. Please retry after 6 seconds.',
    ),
    code: 'overloaded',
    advice: 'retry-then-fall-back',
    retryAfterMs: 6_000,
  },
  {
    of: "Azure's token budget, exceeded by parameters",
    status: 429,
    body: said('429', 'The token budget is exceeded by the parameters of the request.'),
    code: 'request-too-large',
    advice: 'stop',
  },
  {
    of: "Azure's account, blocked for a time",
    status: 403,
    body: said('403', 'Temporarily blocked'),
    code: 'credential-rejected',
    advice: 'fall-back',
  },
]

const ended = (
  finish_reason: string | null,
  message: object = { role: 'assistant', content: 'Hi', refusal: null },
) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt',
  choices: [{ index: 0, message, finish_reason, logprobs: null }],
})

describeTaxonomy('OpenAI, its hosts and Azure', openaiChat, {
  errors,
  endings: [
    { of: 'the end', body: ended('stop'), is: 'completed' },
    { of: 'the output limit', body: ended('length'), is: 'truncated' },
    { of: 'the filter', body: ended('content_filter'), is: 'refused' },
    { of: 'a refusal', body: ended('stop', { role: 'assistant', content: null, refusal: 'No.' }), is: 'refused' },
    { of: 'no reason', body: ended(null), is: 'reply-unreadable', advice: 'retry-then-fall-back' },
    {
      of: 'no choice',
      body: { ...ended('stop'), choices: [] },
      is: 'reply-unreadable',
      advice: 'retry-then-fall-back',
    },
    { of: 'an error in a 200', body: said('server_is_overloaded'), is: 'overloaded', advice: 'retry-then-fall-back' },
    {
      of: 'DeepSeek, out of resources',
      body: ended('insufficient_system_resource'),
      is: 'overloaded',
      advice: 'retry-then-fall-back',
    },
  ],
})

const responded = (changes: object) => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  model: 'gpt',
  output: [],
  error: null,
  incomplete_details: null,
  status: 'completed',
  ...changes,
})
const failedWith = (code: string) => responded({ status: 'failed', error: { code, message: 'no' } })
const incomplete = (reason: string) => responded({ status: 'incomplete', incomplete_details: { reason } })

describeTaxonomy('OpenAI Responses', openaiResponses, {
  errors,
  endings: [
    { of: 'the output limit', body: incomplete('max_output_tokens'), is: 'truncated' },
    { of: 'the filter', body: incomplete('content_filter'), is: 'refused' },
    { of: 'a failure', body: failedWith('server_error'), is: 'server-error', advice: 'retry-then-fall-back' },
    { of: 'a rate', body: failedWith('rate_limit_exceeded'), is: 'rate-limited', advice: 'wait' },
    { of: 'a prompt against the policy', body: failedWith('invalid_prompt'), is: 'content-blocked', advice: 'stop' },
  ],
})
