import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../../core/json.ts'
import { CallTimedOut, type ErrorCode, InseamError, InvalidRequest, ProviderFailed } from '../../errors/index.ts'
import { openaiChat } from './index.ts'

const context = { target: 'lab/model', quirks: {} }
const decode = (status: number, body: JsonValue, headers: Record<string, string> = {}) =>
  openaiChat.decodeError({ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) }, context)
const because = (fields: { [field: string]: JsonValue }): JsonValue => ({ error: { message: 'no', ...fields } })

describe('decodeError', () => {
  const cases: [number, JsonValue, ErrorCode][] = [
    [400, because({ type: 'invalid_request_error', code: null }), 'request-rejected'],
    [400, because({ code: 'context_length_exceeded' }), 'context-exceeded'],
    [400, because({ message: "This model's maximum context length is 4096 tokens", code: 400 }), 'context-exceeded'],
    [400, because({ code: 'content_policy_violation' }), 'content-blocked'],
    [400, because({ code: 'content_filter' }), 'content-blocked'],
    [401, because({ code: 'invalid_api_key' }), 'credential-rejected'],
    [402, because({}), 'quota-exhausted'],
    [403, because({ code: 'unsupported_country_region_territory' }), 'credential-rejected'],
    [404, because({ code: 'model_not_found' }), 'model-not-found'],
    [408, because({}), 'provider-timed-out'],
    [409, because({}), 'conflict'],
    [413, because({ type: 'tokens', code: 'rate_limit_exceeded' }), 'request-too-large'],
    [418, because({}), 'request-rejected'],
    [422, because({ type: 'invalid_request_error' }), 'request-rejected'],
    [425, because({}), 'conflict'],
    [429, because({ type: 'requests', code: 'rate_limit_exceeded' }), 'rate-limited'],
    [429, because({ code: 'slow_down' }), 'rate-limited'],
    [429, because({ type: 'insufficient_quota', code: 'insufficient_quota' }), 'quota-exhausted'],
    [429, because({ type: 'insufficient_quota', code: 'project_spend_limit_exceeded' }), 'quota-exhausted'],
    [429, because({ type: 'insufficient_quota', code: null }), 'quota-exhausted'],
    [500, because({ type: 'invalid_request_error' }), 'server-error'],
    [501, because({}), 'request-rejected'],
    [502, '<html><head><title>502</title></head><body>Bad Gateway</body></html>', 'server-error'],
    [503, because({ code: 'server_is_overloaded' }), 'overloaded'],
    [504, '', 'provider-timed-out'],
    [529, because({}), 'overloaded'],
    [599, because({}), 'server-error'],
  ]
  it.each(cases)('takes a %i with %j for %s', (status, body, code) => {
    const error = decode(status, body)
    expect(error).toBeInstanceOf(ProviderFailed)
    expect(error).toMatchObject({ code, providerStatus: status, target: 'lab/model' })
  })

  it.each([
    ['an object', { error: { message: 'too odd', type: 't', code: 'c' } }, 'too odd'],
    ['a string', { error: 'too odd' }, 'too odd'],
    ['an array', [{ error: { message: 'too odd' } }], 'too odd'],
    ['a message of its own', { message: 'too odd', type: 't' }, 'too odd'],
    ['a detail', { detail: 'too odd' }, 'too odd'],
    ['a bare string', '"too odd"', 'too odd'],
    ['plain text', 'too odd', 'too odd'],
    ['a page', '<!doctype html><body><h1>too</h1> odd</body>', 'too odd'],
    ['nothing', '', 'an empty body'],
    ['null', 'null', 'null'],
  ])('quotes an error that is %s', (_, body, said) => {
    expect(decode(400, body).said).toBe(said)
  })

  it('says who, which request and how long to wait', () => {
    const headers = { 'x-request-id': 'req_1', 'retry-after-ms': '1500', 'retry-after': '9' }
    const error = decode(429, because({ type: 'requests', code: 'rate_limit_exceeded' }), headers)
    expect(error).toMatchObject({
      requestId: 'req_1',
      retryAfterMs: 1500,
      providerType: 'requests',
      providerCode: 'rate_limit_exceeded',
      advice: 'wait',
    })
    expect(decode(429, because({ message: 'Please try again in 1.2s.' })).retryAfterMs).toBe(1200)
    expect(decode(429, [{ error: { message: 'q', details: [{ retryDelay: '37s' }] } }]).retryAfterMs).toBe(37_000)
    expect(decode(429, because({})).retryAfterMs).toBeUndefined()
  })

  it('falls back at once where the host says not to retry, and never softens a rejection', () => {
    expect(decode(503, because({}), { 'x-should-retry': 'false' }).advice).toBe('fall-back')
    expect(decode(400, because({}), { 'x-should-retry': 'true' }).advice).toBe('stop')
  })
})

describe('encodeError', () => {
  it('says what happened, what to do and which field it was', () => {
    expect(openaiChat.encodeError(new InvalidRequest('messages[0].role', 'odd.', 'Mend it.'), 'call_1')).toEqual({
      error: {
        message: 'messages[0].role: odd. Mend it.',
        type: 'invalid_request_error',
        param: 'messages[0].role',
        code: 'invalid-request',
      },
    })
  })

  it.each([
    ['context-exceeded', 'context_length_exceeded'],
    ['quota-exhausted', 'insufficient_quota'],
    ['rate-limited', 'rate_limit_exceeded'],
    ['unknown-model', 'model_not_found'],
  ] as const)('says %s in the word that applications look for', (code, word) => {
    const error = new InseamError(code, 'It failed.', { fix: 'Mend it.' })
    expect(openaiChat.encodeError(error, 'call_1')).toMatchObject({ error: { code: word } })
  })

  it("calls what is nobody's mistake a server error", () => {
    const error = new CallTimedOut('first-token', 4000, { target: 'a/b', alias: 'fast' })
    expect(openaiChat.encodeError(error, 'call_1')).toMatchObject({
      error: { type: 'server_error', param: null, code: 'timed-out' },
    })
  })
})
