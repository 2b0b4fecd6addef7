import { describe, expect, it } from 'vitest'
import { InseamError, InvalidRequest } from '../../errors/index.ts'
import { gemini as codec } from './index.ts'

const context = { target: 'google/gemini', quirks: {} }
const read = (status: number, error: unknown, headers: Record<string, string> = {}) =>
  codec.decodeError({ status, headers, body: JSON.stringify(error) }, context)
const envelope = (code: number, status: string, message: string, details?: readonly object[]) => ({
  error: { code, message, status, ...(details && { details }) },
})

describe('decodeError', () => {
  it.each([
    [400, envelope(400, 'INVALID_ARGUMENT', 'Unknown name "x"'), 'request-rejected'],
    [400, envelope(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.'), 'credential-rejected'],
    [
      400,
      envelope(400, 'INVALID_ARGUMENT', 'The input token count (1200000) exceeds the maximum number of tokens allowed'),
      'context-exceeded',
    ],
    [
      400,
      envelope(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
      'credential-rejected',
    ],
    [401, envelope(401, 'UNAUTHENTICATED', 'no'), 'credential-rejected'],
    [403, envelope(403, 'PERMISSION_DENIED', 'no'), 'credential-rejected'],
    [404, envelope(404, 'NOT_FOUND', 'models/x is not found'), 'model-not-found'],
    [429, envelope(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted'), 'rate-limited'],
    [500, envelope(500, 'INTERNAL', 'An internal error has occurred.'), 'server-error'],
    [503, envelope(503, 'UNAVAILABLE', 'The model is overloaded.'), 'overloaded'],
    [504, envelope(504, 'DEADLINE_EXCEEDED', 'late'), 'provider-timed-out'],
    [503, [envelope(503, 'UNAVAILABLE', 'The model is overloaded.')], 'overloaded'],
    [502, { anything: 1 }, 'server-error'],
  ])('takes %i %j for %s', (status, body, code) => {
    expect(read(status, body)).toMatchObject({ code, providerStatus: status })
  })

  it('tells a limit of a minute, which passes, from a quota of a day, which does not', () => {
    const violated = (quotaId: string) => [{ violations: [{ quotaId }] }]
    const failed = (quotaId: string) => read(429, envelope(429, 'RESOURCE_EXHAUSTED', 'Over.', violated(quotaId))).code
    expect(failed('GenerateRequestsPerMinutePerProjectPerModel')).toBe('rate-limited')
    expect(failed('GenerateRequestsPerDayPerProjectPerModel-FreeTier')).toBe('quota-exhausted')
  })

  it('waits as RetryInfo says, else as the message says, and takes nonsense for nothing', () => {
    const waits = (retryDelay: unknown, message = 'Over.') =>
      read(429, envelope(429, 'RESOURCE_EXHAUSTED', message, [{ retryDelay } as object])).retryAfterMs
    expect(waits('34.4s')).toBe(34_400)
    expect(waits(7)).toBeUndefined()
    expect(waits('-1s')).toBeUndefined()
    expect(waits(undefined, 'Please retry in 20s.')).toBe(20_000)
  })

  it('reads what is no JSON as far as it goes', () => {
    const error = codec.decodeError({ status: 502, headers: {}, body: '<html><h1>Bad Gateway</h1></html>' }, context)
    expect(error).toMatchObject({ code: 'server-error', said: 'Bad Gateway' })
  })
})

describe('encodeError', () => {
  it('says status, field and fix in the envelope of the API', () => {
    const error = new InvalidRequest('contents[0].role', 'expected "user".', 'Write user.')
    expect(codec.encodeError(error, 'call_1')).toEqual({
      error: {
        code: 400,
        message: `${error.message} Write user.`,
        status: 'INVALID_ARGUMENT',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: 'INVALID_REQUEST',
            domain: 'inseam',
            metadata: { call: 'call_1', field: 'contents[0].role' },
          },
        ],
      },
    })
  })

  it('says when to come back, as the API says it', () => {
    const error = new InseamError('rate-limited', 'Too much.', { fix: 'Wait.', retryAfterMs: 1500 })
    expect(codec.encodeError(error, 'call_1')).toMatchObject({
      error: { code: 429, status: 'RESOURCE_EXHAUSTED', details: [{}, { retryDelay: '1.5s' }] },
    })
    expect(read(429, codec.encodeError(error, 'call_1')).retryAfterMs).toBe(1500)
  })
})
