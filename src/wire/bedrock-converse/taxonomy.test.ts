import type {
  AccessDeniedException,
  ConflictException,
  InternalServerException,
  ModelErrorException,
  ModelNotReadyException,
  ModelStreamErrorException,
  ModelTimeoutException,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
  ServiceUnavailableException,
  ThrottlingException,
  ValidationException,
} from '@aws-sdk/client-bedrock-runtime'
import { expect, it } from 'vitest'
import type { Advice, ErrorCode } from '../../errors/index.ts'
import { describeTaxonomy, type Line } from '../taxonomy.suite.ts'
import { failureOf } from './error.ts'
import { bedrockConverse } from './index.ts'

type Name = (
  | AccessDeniedException
  | ConflictException
  | InternalServerException
  | ModelErrorException
  | ModelNotReadyException
  | ModelStreamErrorException
  | ModelTimeoutException
  | ResourceNotFoundException
  | ServiceQuotaExceededException
  | ServiceUnavailableException
  | ThrottlingException
  | ValidationException
)['name']

const line = (status: number, name: Name, code: ErrorCode, advice: Advice, message = 'no'): Line => ({
  of: message === 'no' ? name : `${name}: ${message}`,
  status,
  headers: { 'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/` },
  body: { message },
  code,
  advice,
})

describeTaxonomy('Bedrock', bedrockConverse, {
  errors: [
    line(400, 'ValidationException', 'request-rejected', 'stop'),
    line(400, 'ValidationException', 'context-exceeded', 'stop', 'Input is too long for requested model.'),
    line(
      400,
      'ValidationException',
      'model-not-found',
      'fall-back',
      'This model version has reached the end of its life.',
    ),
    line(
      400,
      'ValidationException',
      'credential-rejected',
      'fall-back',
      'Access to Anthropic models is not allowed from unsupported countries, regions, or territories.',
    ),
    line(400, 'ServiceQuotaExceededException', 'quota-exhausted', 'fall-back'),
    line(403, 'AccessDeniedException', 'credential-rejected', 'fall-back'),
    line(404, 'ResourceNotFoundException', 'model-not-found', 'fall-back'),
    line(
      404,
      'ResourceNotFoundException',
      'credential-rejected',
      'fall-back',
      'Model use case details have not been submitted for this account.',
    ),
    line(408, 'ModelTimeoutException', 'provider-timed-out', 'retry-once'),
    line(409, 'ConflictException', 'conflict', 'retry-once'),
    line(424, 'ModelErrorException', 'server-error', 'retry-then-fall-back'),
    line(429, 'ThrottlingException', 'rate-limited', 'wait'),
    line(
      429,
      'ThrottlingException',
      'quota-exhausted',
      'fall-back',
      'Too many tokens per day, please wait before trying again.',
    ),
    line(429, 'ModelNotReadyException', 'model-not-ready', 'retry-then-fall-back'),
    line(500, 'InternalServerException', 'server-error', 'retry-then-fall-back'),
    line(503, 'ServiceUnavailableException', 'overloaded', 'retry-then-fall-back'),
  ],
  endings: [
    ...['end_turn', 'stop_sequence', 'tool_use'].map((stopReason) => ({
      of: stopReason,
      body: ended(stopReason),
      is: 'completed' as const,
    })),
    { of: 'the output limit', body: ended('max_tokens'), is: 'truncated' },
    { of: 'the context window', body: ended('model_context_window_exceeded'), is: 'truncated' },
    { of: 'a guardrail', body: ended('guardrail_intervened'), is: 'refused' },
    { of: 'the filter', body: ended('content_filtered'), is: 'refused' },
    { of: 'a botched output', body: ended('malformed_model_output'), is: 'reply-botched', advice: 'retry-once' },
    { of: 'a botched call', body: ended('malformed_tool_use'), is: 'reply-botched', advice: 'retry-once' },
  ],
})

function ended(stopReason: string) {
  return { output: { message: { role: 'assistant', content: [{ text: 'Hi' }] } }, stopReason, usage: {}, metrics: {} }
}

it.each([
  ['internalServerException', 'server-error', 'retry-then-fall-back'],
  ['modelStreamErrorException', 'server-error', 'retry-then-fall-back'],
  ['serviceUnavailableException', 'overloaded', 'retry-then-fall-back'],
  ['throttlingException', 'rate-limited', 'wait'],
  ['validationException', 'request-rejected', 'stop'],
  ['modelTimeoutException', 'provider-timed-out', 'retry-then-fall-back'],
] as const)('takes %s in a stream for %s: %s', (name, code, advice) => {
  expect(failureOf(`exception:${name}`, '{"message":"no"}', 'lab/a')).toMatchObject({ code, advice })
})
