import { describe, expect, it } from 'vitest'
import { InseamError, InvalidRequest, ProviderFailed } from '../../errors/index.ts'
import { decodeError, encodeError } from './error.ts'

const context = { target: 'anthropic/claude', quirks: {} }
const envelope = (type: string, message: string, code?: string) =>
  JSON.stringify({
    type: 'error',
    error: { type, message, ...(code && { details: { error_code: code } }) },
    request_id: 'req_1',
  })
const failure = (status: number, body: string, headers: Record<string, string> = {}) =>
  decodeError({ status, headers, body }, context)

describe('decodeError', () => {
  it.each([
    [400, envelope('invalid_request_error', 'messages: Field required'), 'request-rejected'],
    [400, envelope('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'), 'context-exceeded'],
    [
      400,
      envelope('invalid_request_error', 'input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000'),
      'context-exceeded',
    ],
    [400, envelope('invalid_request_error', 'Your credit balance is too low to access the API.'), 'quota-exhausted'],
    [400, envelope('invalid_request_error', 'You have reached your specified API usage limits.'), 'quota-exhausted'],
    [400, envelope('invalid_request_error', 'Output blocked by content filtering policy'), 'content-blocked'],
    [401, envelope('authentication_error', 'invalid x-api-key'), 'credential-rejected'],
    [402, envelope('billing_error', 'Payment required'), 'quota-exhausted'],
    [403, envelope('permission_error', 'no'), 'credential-rejected'],
    [404, envelope('not_found_error', 'model: claude-9'), 'model-not-found'],
    [409, envelope('conflict_error', 'again'), 'conflict'],
    [413, envelope('request_too_large', 'too big'), 'request-too-large'],
    [429, envelope('rate_limit_error', 'slow down'), 'rate-limited'],
    [429, envelope('rate_limit_error', 'slow down', 'ramp_limit_exceeded'), 'rate-limited'],
    [429, envelope('rate_limit_error', 'spent', 'enforced_spend_limit_reached'), 'quota-exhausted'],
    [429, envelope('rate_limit_error', 'spent', 'contract_spend_limit_reached'), 'quota-exhausted'],
    [500, envelope('api_error', 'oops'), 'server-error'],
    [504, envelope('timeout_error', 'late'), 'provider-timed-out'],
    [529, envelope('overloaded_error', 'Overloaded'), 'overloaded'],
    [529, envelope('from_the_future', 'Overloaded'), 'overloaded'],
    [503, '<html><body>Down for maintenance</body></html>', 'overloaded'],
    [500, '', 'server-error'],
    [400, '{"error":"prompt is too long"}', 'context-exceeded'],
    [422, '[]', 'request-rejected'],
    [301, '', 'redirect-refused'],
  ])('takes %i %s for %s', (status, body, code) => {
    expect(failure(status, body)).toMatchObject({ code, providerStatus: status, target: context.target })
  })

  it('says what the provider said, and under which id', () => {
    expect(failure(429, envelope('rate_limit_error', 'slow down', 'ramp_limit_exceeded'))).toMatchObject({
      said: 'slow down',
      requestId: 'req_1',
      providerType: 'rate_limit_error',
      providerCode: 'ramp_limit_exceeded',
    })
    expect(failure(500, 'x', { 'request-id': 'req_2' }).requestId).toBe('req_2')
    expect(failure(503, '<html><body>Down</body></html>').said).toBe('Down')
  })

  it('obeys pushback', () => {
    const body = envelope('rate_limit_error', 'slow down')
    expect(failure(429, body, { 'retry-after': '12' }).retryAfterMs).toBe(12_000)
    expect(failure(529, body, { 'x-should-retry': 'false' }).advice).toBe('fall-back')
    expect(failure(400, envelope('invalid_request_error', 'no'), { 'x-should-retry': 'true' }).retryable).toBe(false)
  })
})

describe('encodeError', () => {
  const failed = (code: ConstructorParameters<typeof InseamError>[0]) =>
    new InseamError(code, 'It failed.', { fix: 'Mend it.' })

  it("keeps the provider's own word, by which its clients mend the next request", () => {
    const error = new ProviderFailed({
      code: 'request-rejected',
      said: 'no threads',
      target: 'a/b',
      providerCode: 'thread_unsupported_request',
    })
    expect(encodeError(error, 'call_1')).toMatchObject({
      error: { details: { error_code: 'thread_unsupported_request' } },
    })
  })

  it('ends the message with the fix', () => {
    expect(encodeError(failed('overloaded'), 'call_1')).toEqual({
      type: 'error',
      error: { type: 'overloaded_error', message: 'It failed. Mend it.' },
      request_id: 'call_1',
    })
  })

  it.each([
    ['unauthorized', 'authentication_error'],
    ['forbidden', 'permission_error'],
    ['unknown-model', 'not_found_error'],
    ['request-too-large', 'request_too_large'],
    ['rate-limited', 'rate_limit_error'],
    ['deadline-exceeded', 'timeout_error'],
    ['shutting-down', 'overloaded_error'],
    ['server-error', 'api_error'],
    ['stream-interrupted', 'api_error'],
  ] as const)('calls %s %s', (code, type) => {
    expect(encodeError(failed(code), 'call_1')).toMatchObject({ error: { type } })
  })

  it('calls a bad request an invalid one', () => {
    expect(encodeError(new InvalidRequest('model', 'no'), 'c')).toMatchObject({
      error: { type: 'invalid_request_error' },
    })
  })
})
