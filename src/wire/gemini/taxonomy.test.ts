import { BlockedReason, FinishReason } from '@google/genai'
import { describeTaxonomy, type Line } from '../taxonomy.suite.ts'
import { gemini } from './index.ts'

const said = (code: number, status: string, message = 'no', details: readonly object[] = []) => ({
  error: { code, message, status, details },
})
const spent = (quotaId: string, retryDelay?: string) => [
  {
    '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
    violations: [{ quotaMetric: 'generate_content_requests', quotaId }],
  },
  ...(retryDelay ? [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }] : []),
]
const rejected = (of: string, status: number, body: unknown): Line => ({
  of,
  status,
  body,
  code: 'credential-rejected',
  advice: 'fall-back',
})
const ended = (finishReason: string) => ({
  candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason }],
})
const filters = [
  FinishReason.SAFETY,
  FinishReason.RECITATION,
  FinishReason.BLOCKLIST,
  FinishReason.PROHIBITED_CONTENT,
  FinishReason.SPII,
  FinishReason.LANGUAGE,
  FinishReason.IMAGE_SAFETY,
]
const blocks = [BlockedReason.SAFETY, BlockedReason.JAILBREAK, BlockedReason.MODEL_ARMOR]

describeTaxonomy('Gemini', gemini, {
  errors: [
    { of: 'a schema', status: 400, body: said(400, 'INVALID_ARGUMENT'), code: 'request-rejected', advice: 'stop' },
    {
      of: 'the window',
      status: 400,
      body: said(
        400,
        'INVALID_ARGUMENT',
        'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      ),
      code: 'context-exceeded',
      advice: 'stop',
    },
    rejected('a key', 400, said(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.')),
    rejected('a region without a free tier', 400, said(400, 'FAILED_PRECONDITION', 'User location is not supported.')),
    rejected('an account without billing', 400, said(400, 'FAILED_PRECONDITION', 'Please enable billing.')),
    {
      of: 'a file that is not ready',
      status: 400,
      body: said(400, 'FAILED_PRECONDITION', 'The File abc is not in an ACTIVE state and usage is not allowed.'),
      code: 'request-rejected',
      advice: 'stop',
    },
    rejected('no permission', 403, said(403, 'PERMISSION_DENIED')),
    { of: 'a retired model', status: 404, body: said(404, 'NOT_FOUND'), code: 'model-not-found', advice: 'fall-back' },
    {
      of: 'a limit of a minute',
      status: 429,
      body: said(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded', spent('GenerateRequestsPerMinutePerProject', '46s')),
      code: 'rate-limited',
      advice: 'wait',
      retryAfterMs: 46_000,
    },
    {
      of: 'a limit of a day, until its reset',
      status: 429,
      body: said(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded', spent('GenerateRequestsPerDayPerProject', '35640s')),
      code: 'quota-exhausted',
      advice: 'fall-back',
      retryAfterMs: 35_640_000,
    },
    {
      of: 'a quota of nothing, which no wait mends',
      status: 429,
      body: said(
        429,
        'RESOURCE_EXHAUSTED',
        'Quota exceeded, limit: 0. Please retry in 46.2s.',
        spent('GenerateRequestsPerMinute', '46s'),
      ),
      code: 'quota-exhausted',
      advice: 'fall-back',
    },
    { of: 'a defect', status: 500, body: said(500, 'INTERNAL'), code: 'server-error', advice: 'retry-then-fall-back' },
    {
      of: 'an overload',
      status: 503,
      body: said(503, 'UNAVAILABLE'),
      code: 'overloaded',
      advice: 'retry-then-fall-back',
    },
    {
      of: 'its deadline',
      status: 504,
      body: said(504, 'DEADLINE_EXCEEDED'),
      code: 'provider-timed-out',
      advice: 'retry-then-fall-back',
    },
    {
      of: "the Interactions API's rate",
      status: 429,
      body: { error: { code: 'rate_limit_exceeded', message: 'no' } },
      code: 'rate-limited',
      advice: 'wait',
    },
    {
      of: "the Interactions API's quota",
      status: 429,
      body: { error: { code: 'quota_exceeded', message: 'no' } },
      code: 'quota-exhausted',
      advice: 'fall-back',
    },
    {
      of: 'an error in a list',
      status: 503,
      body: [said(503, 'UNAVAILABLE')],
      code: 'overloaded',
      advice: 'retry-then-fall-back',
    },
  ],
  endings: [
    { of: 'the end', body: ended(FinishReason.STOP), is: 'completed' },
    { of: 'the output limit', body: ended(FinishReason.MAX_TOKENS), is: 'truncated' },
    ...filters.map((reason) => ({ of: reason, body: ended(reason), is: 'refused' as const })),
    ...blocks.map((blockReason) => ({
      of: `a prompt blocked for ${blockReason}`,
      body: { promptFeedback: { blockReason } },
      is: 'refused' as const,
    })),
    ...[FinishReason.MALFORMED_FUNCTION_CALL, FinishReason.UNEXPECTED_TOOL_CALL, 'TOO_MANY_TOOL_CALLS'].map(
      (reason) => ({
        of: reason,
        body: ended(reason),
        is: 'reply-botched' as const,
        advice: 'retry-once' as const,
      }),
    ),
    { of: 'an error in a 200', body: said(503, 'UNAVAILABLE'), is: 'overloaded', advice: 'retry-then-fall-back' },
  ],
})
