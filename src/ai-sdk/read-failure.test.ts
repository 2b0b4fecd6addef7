import { APICallError, LoadAPIKeyError, NoSuchModelError, UnsupportedFunctionalityError } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { InseamError } from '../errors/index.ts'
import { readFailure } from './read-failure.ts'

const call = (statusCode: number | undefined, responseBody: string, responseHeaders: Record<string, string> = {}) =>
  new APICallError({
    message: 'It failed',
    url: 'https://x',
    requestBodyValues: {},
    statusCode,
    responseBody,
    responseHeaders,
  })
const code = (thrown: unknown, when: 'calling' | 'streaming' = 'calling') => readFailure(thrown, 'own/x', when).code

test.each([
  [429, '{"error":{"code":"insufficient_quota","message":"Out of credit"}}', 'quota-exhausted'],
  [429, '{"error":{"message":"Slow down"}}', 'rate-limited'],
  [400, '{"error":{"message":"maximum context length is 8 tokens"}}', 'context-exceeded'],
  [400, '{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long"}}', 'context-exceeded'],
  [401, 'no', 'credential-rejected'],
  [404, '', 'model-not-found'],
  [529, '{"type":"error","error":{"type":"overloaded_error","message":"Busy"}}', 'overloaded'],
  [503, '[{"error":{"status":"UNAVAILABLE","message":"Busy"}}]', 'overloaded'],
  [undefined, '', 'connection-failed'],
] as const)('a status of %s with %s is %s', (status, body, expected) => {
  expect(code(call(status, body))).toBe(expected)
})

test('errors of the AI SDK are known by their marks, and those of the seam stay what they are', () => {
  expect(code(new LoadAPIKeyError({ message: 'No key' }))).toBe('credential-rejected')
  expect(code(new NoSuchModelError({ modelId: 'x', modelType: 'languageModel' }))).toBe('model-not-found')
  expect(code(new UnsupportedFunctionalityError({ functionality: 'audio' }))).toBe('request-rejected')
  const own = new InseamError('overloaded', 'Busy.', { fix: 'Wait.' })
  expect(readFailure(own, 'own/x', 'calling')).toBe(own)
})

test('what breaks in the middle of a stream is an interruption, whatever threw it', () => {
  expect(code(new TypeError('terminated'), 'streaming')).toBe('stream-interrupted')
  expect(code(call(undefined, ''), 'streaming')).toBe('stream-interrupted')
  expect(code(call(200, ''), 'streaming')).toBe('stream-interrupted')
})

test('the wait that a provider states is heard, in headers of any case', () => {
  expect(readFailure(call(429, '{}', { 'Retry-After': '7' }), 'own/x', 'calling').retryAfterMs).toBe(7_000)
})

test('no credential that a provider quotes is told', () => {
  const secret = 'sk-abcdefghijklmnopqrstuvwxyz'
  for (const thrown of [
    call(401, `{"error":{"message":"Wrong key ${secret}"}}`),
    new Error(`Wrong key ${secret}`),
    `Wrong key ${secret}`,
    { message: `Wrong key ${secret}` },
  ]) {
    expect(readFailure(thrown, 'own/x', 'calling').message).not.toContain(secret)
  }
})

test.each([
  undefined,
  null,
  7,
  'It broke.',
  {},
  {
    toJSON: () => {
      throw new Error('x')
    },
  },
])('%s thrown is a failure of the provider', (thrown) => {
  expect(code(thrown)).toBe('server-error')
})
