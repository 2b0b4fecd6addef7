import type { ErrorObject, ErrorResponse } from '@anthropic-ai/sdk/resources/shared'
import { describeTaxonomy } from '../taxonomy.suite.ts'
import { decodeError } from './error.ts'
import { decodeReply } from './reply.ts'

const said = (type: ErrorObject['type'], message: string, error_code?: string) =>
  ({
    type: 'error',
    error: { type, message, ...(error_code && { details: { error_code } }) } as ErrorObject,
    request_id: 'req_1',
  }) satisfies ErrorResponse

const ended = (stop_reason: string | null) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude',
  content: [],
  stop_reason,
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
})

const nextYear = new Date().getUTCFullYear() + 1

describeTaxonomy(
  'Anthropic',
  { decodeError, decodeReply },
  {
    errors: [
      {
        of: 'a schema',
        status: 400,
        body: said('invalid_request_error', 'messages: Field required'),
        code: 'request-rejected',
        advice: 'stop',
      },
      {
        of: 'its own spend limit',
        status: 400,
        body: said('invalid_request_error', 'You have reached your specified API usage limits.'),
        code: 'quota-exhausted',
        advice: 'fall-back',
      },
      {
        of: 'the context window',
        status: 400,
        body: said('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
        code: 'context-exceeded',
        advice: 'stop',
      },
      {
        of: 'the content policy',
        status: 400,
        body: said('invalid_request_error', 'Output blocked by content filtering policy'),
        code: 'content-blocked',
        advice: 'stop',
      },
      {
        of: 'a key',
        status: 401,
        body: said('authentication_error', 'invalid x-api-key'),
        code: 'credential-rejected',
        advice: 'fall-back',
      },
      {
        of: 'a browser, which is no fault of the key',
        status: 401,
        body: said('authentication_error', "CORS requests must set 'anthropic-dangerous-direct-browser-access' header"),
        code: 'request-rejected',
        advice: 'stop',
      },
      {
        of: 'no money',
        status: 402,
        body: said('billing_error', 'Payment required'),
        code: 'quota-exhausted',
        advice: 'fall-back',
      },
      {
        of: 'no permission',
        status: 403,
        body: said('permission_error', 'no'),
        code: 'credential-rejected',
        advice: 'fall-back',
      },
      {
        of: 'a retired model',
        status: 404,
        body: said('not_found_error', 'model: claude-3-opus-20240229'),
        code: 'model-not-found',
        advice: 'fall-back',
      },
      {
        of: 'a rate',
        status: 429,
        body: said('rate_limit_error', 'slow down'),
        headers: { 'retry-after': '12' },
        code: 'rate-limited',
        advice: 'wait',
        retryAfterMs: 12_000,
      },
      {
        of: 'a spend limit, which no wait mends',
        status: 429,
        body: said('rate_limit_error', 'spent', 'enforced_spend_limit_reached'),
        code: 'quota-exhausted',
        advice: 'fall-back',
      },
      {
        of: 'a ramp limit',
        status: 429,
        body: said('rate_limit_error', 'slower', 'ramp_limit_exceeded'),
        code: 'rate-limited',
        advice: 'wait',
      },
      {
        of: 'a defect',
        status: 500,
        body: said('api_error', 'oops'),
        code: 'server-error',
        advice: 'retry-then-fall-back',
      },
      {
        of: 'a timeout',
        status: 504,
        body: said('timeout_error', 'late'),
        code: 'provider-timed-out',
        advice: 'retry-then-fall-back',
      },
      {
        of: 'an overload',
        status: 529,
        body: said('overloaded_error', 'Overloaded'),
        code: 'overloaded',
        advice: 'retry-then-fall-back',
      },
    ],
    endings: [
      { of: 'the end', body: ended('end_turn'), is: 'completed' },
      { of: 'a stop sequence', body: ended('stop_sequence'), is: 'completed' },
      { of: 'a tool', body: ended('tool_use'), is: 'completed' },
      { of: 'the output limit', body: ended('max_tokens'), is: 'truncated' },
      { of: 'the context window', body: ended('model_context_window_exceeded'), is: 'truncated' },
      { of: 'a pause', body: ended('pause_turn'), is: 'paused' },
      { of: 'a refusal', body: ended('refusal'), is: 'refused' },
      { of: 'no reason', body: ended(null), is: 'reply-unreadable', advice: 'retry-then-fall-back' },
      { of: 'an error in a 200', body: said('overloaded_error', 'Overloaded'), is: 'overloaded' },
    ],
  },
)

describeTaxonomy(
  'Anthropic, with a stated reset',
  {
    decodeReply,
    decodeError: (response, context) => {
      const failure = decodeError(response, context)
      const isStated = (failure.retryAfterMs ?? 0) > 86_400_000
      return Object.assign(failure, { retryAfterMs: isStated ? 1 : failure.retryAfterMs })
    },
  },
  {
    errors: [
      {
        of: 'a spend limit until a day',
        status: 400,
        body: said(
          'invalid_request_error',
          `You have reached your specified API usage limits. You will regain access on ${nextYear}-12-31 at 00:00 UTC.`,
        ),
        code: 'quota-exhausted',
        advice: 'fall-back',
        retryAfterMs: 1,
      },
    ],
  },
)
