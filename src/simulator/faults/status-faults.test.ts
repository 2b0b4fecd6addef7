import { describe, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../index.ts'
import { type dialects, type Expected, faultsAreSeen } from './faults.suite.ts'
import { statusFaults } from './status-faults.ts'

type Dialect = (typeof dialects)[number]

function all(status: number): readonly [RegExp, RegExp] {
  return [new RegExp(`^! ${status}`), new RegExp(`^! ${status}`)]
}

const expected: Expected = {
  'rate-limited': all(429),
  'rate-limited-bare': all(429),
  'slow-down': all(429),
  'quota-exhausted': all(429),
  'spend-limit': all(429),
  unpaid: all(429),
  'bad-request': all(400),
  'context-exceeded': all(400),
  'content-policy': all(400),
  'credential-rejected': all(401),
  'region-blocked': all(403),
  'model-retired': all(404),
  'model-not-ready': all(503),
  'server-error': all(500),
  unavailable: all(503),
  overloaded: all(529),
  status: all(502),
  'huge-error': all(500),
}

faultsAreSeen(statusFaults, expected, {
  'anthropic-messages': { 'spend-limit': all(400), unpaid: all(402) },
  gemini: {
    unpaid: all(403),
    'content-policy': [/^null {2}no usage/, /^null {2}no usage/],
    'credential-rejected': all(400),
    'region-blocked': all(400),
  },
  'bedrock-converse': {
    'quota-exhausted': all(400),
    unpaid: all(403),
    'credential-rejected': all(403),
    'region-blocked': all(400),
    'model-not-ready': all(429),
    overloaded: all(503),
  },
})

const messages = [{ role: 'user', content: 'Hello.' }]
const doors = {
  'openai-chat': { path: '/v1/chat/completions', body: { messages } },
  'openai-responses': { path: '/v1/responses', body: { input: 'Hello.' } },
  'anthropic-messages': { path: '/v1/messages', body: { messages, max_tokens: 99 } },
  gemini: { path: '/v1beta/models/sim-small:generateContent', body: { contents: [{ parts: [{ text: 'Hello.' }] }] } },
  'bedrock-converse': {
    path: '/model/sim-small/converse',
    body: { messages: [{ role: 'user', content: [{ text: 'Hello.' }] }] },
  },
} as const satisfies Record<Dialect, object>

/** Asks once, without any client in between. */
async function answered(simulator: Simulator, dialect: Dialect, fault: string, key = 'test'): Promise<Response> {
  const { path, body } = doors[dialect]
  const named = path.startsWith('/v1/') ? { ...body, model: 'sim-small' } : body
  return fetch(simulator.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'anthropic-version': '2023-06-01', 'x-simulate': fault },
    body: JSON.stringify(named),
  })
}

async function said(dialect: Dialect, fault: string): Promise<unknown> {
  await using simulator = await startSimulator()
  return (await answered(simulator, dialect, fault)).json()
}

describe('in the words of each', () => {
  const error = (words: object) => ({ error: words })
  const reads = (words: string) => expect.stringContaining(words)

  test.each<[Dialect, string, object]>([
    ['openai-chat', 'quota-exhausted', error({ type: 'insufficient_quota', code: 'insufficient_quota' })],
    [
      'openai-responses',
      'quota-exhausted; code=project_spend_limit_exceeded',
      error({ type: 'insufficient_quota', code: 'project_spend_limit_exceeded' }),
    ],
    ['openai-chat', 'spend-limit', error({ code: 'organization_spend_limit_exceeded' })],
    ['openai-chat', 'unpaid', error({ code: 'credit_balance_exhausted' })],
    ['openai-chat', 'slow-down', error({ code: 'slow_down' })],
    ['openai-chat', 'context-exceeded', error({ code: 'context_length_exceeded', param: 'messages' })],
    ['openai-chat', 'region-blocked', error({ code: 'unsupported_country_region_territory' })],
    ['openai-chat', 'status; code=425', error({ type: 'invalid_request_error', code: null, message: 'Too Early' })],
    [
      'anthropic-messages',
      'quota-exhausted',
      error({ type: 'rate_limit_error', details: { error_code: 'enforced_spend_limit_reached' } }),
    ],
    [
      'anthropic-messages',
      'quota-exhausted; code=contract_spend_limit_reached',
      error({ details: { error_code: 'contract_spend_limit_reached' } }),
    ],
    ['anthropic-messages', 'spend-limit', error({ type: 'invalid_request_error', message: reads('usage limits') })],
    ['anthropic-messages', 'unpaid', error({ type: 'billing_error' })],
    ['anthropic-messages', 'slow-down', error({ details: { error_code: 'ramp_limit_exceeded' } })],
    ['anthropic-messages', 'context-exceeded', error({ message: reads('prompt is too long') })],
    ['anthropic-messages', 'status; code=504', error({ type: 'timeout_error' })],
    ['anthropic-messages', 'status; code=529', error({ type: 'overloaded_error' })],
    ['anthropic-messages', 'status; code=409', error({ type: 'conflict_error' })],
    [
      'gemini',
      'quota-exhausted; resetsInSeconds=35652',
      error({
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        details: [{ violations: [{ quotaId: reads('PerDay') }] }, { retryDelay: '35652s' }],
      }),
    ],
    ['gemini', 'quota-exhausted; limit=0', error({ message: reads('limit: 0') })],
    [
      'gemini',
      'rate-limited; retryAfterSeconds=46',
      error({ details: [{ violations: [{ quotaId: reads('PerMinute') }] }, { retryDelay: '46s' }] }),
    ],
    ['gemini', 'content-policy', { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }],
    ['gemini', 'credential-rejected', error({ code: 400, details: [{ reason: 'API_KEY_INVALID' }] })],
    ['gemini', 'region-blocked', error({ status: 'FAILED_PRECONDITION' })],
    ['gemini', 'status; code=499', error({ code: 499, status: 'CANCELLED' })],
    ['bedrock-converse', 'quota-exhausted', { __type: 'ServiceQuotaExceededException' }],
    ['bedrock-converse', 'model-not-ready', { __type: 'ModelNotReadyException' }],
    ['bedrock-converse', 'context-exceeded', { message: 'Input is too long for requested model.' }],
    ['bedrock-converse', 'status; code=424', { __type: 'ModelErrorException' }],
    ['bedrock-converse', 'status; code=408', { __type: 'ModelTimeoutException' }],
  ])('%s says of %s what its maker says', async (dialect, fault, words) => {
    expect(await said(dialect, fault)).toMatchObject(words)
  })
})

test('any status comes with the pushback that the fault names', async () => {
  await using simulator = await startSimulator()
  for (const code of [401, 402, 403, 404, 408, 409, 413, 418, 425, 499, 500, 501, 505, 529, 555, 599]) {
    const fault = `status; code=${code}; retryAfter=-5; retryAfterMs=2.5; shouldRetry=true`
    const { status, headers } = await answered(simulator, 'openai-chat', fault)
    expect([status, headers.get('retry-after'), headers.get('retry-after-ms'), headers.get('x-should-retry')]).toEqual([
      code,
      '-5',
      '2.5',
      'true',
    ])
  }
})

test.each([
  ['lower-case', /^\{"error":\{"code":502,"message":"Bad Gateway","status":"unknown"\}\}$/, 'application/json'],
  ['array', /^\[\{"error":\{.*\}\}\]$/, 'application/json'],
  ['error-text', /^\{"error":"Bad Gateway"\}$/, 'application/json'],
  ['json-text', /^"Bad Gateway"$/, 'application/json'],
  ['text', /^Bad Gateway$/, 'text/plain; charset=utf-8'],
  ['html', /^<!doctype html>/, 'text/html; charset=utf-8'],
  ['empty-object', /^\{\}$/, 'application/json'],
  ['nothing', /^$/, 'application/json'],
])('the body of an error may be %s', async (shape, body, type) => {
  await using simulator = await startSimulator()
  const response = await answered(simulator, 'gemini', `status; shape=${shape}`)
  expect([response.status, response.headers.get('content-type')]).toEqual([502, type])
  expect(await response.text()).toMatch(body)
})

test('an error is as long as the fault says, and stops where nobody reads on', async () => {
  await using simulator = await startSimulator()
  const short = await answered(simulator, 'anthropic-messages', 'huge-error; code=503; bytes=100000')
  expect(short.status).toBe(503)
  expect(((await short.json()) as { error: { type: string } }).error.type).toBe('api_error')
  const long = await answered(simulator, 'anthropic-messages', 'huge-error; bytes=1000000000000')
  await long.body?.cancel()
  await simulator.idle()
  const [first, second] = simulator.invoice().lines
  expect(first?.bytes).toBe(100_000)
  expect(second).toMatchObject({ cancelled: true, costNanoUsd: 0 })
})

test('a key that is rejected is let alone once it is another', async () => {
  await using simulator = await startSimulator()
  for (const dialect of ['openai-chat', 'anthropic-messages', 'bedrock-converse'] as const) {
    const old = await answered(simulator, dialect, 'credential-rejected; key=old', 'old')
    expect(old.status).toBe(dialect === 'bedrock-converse' ? 403 : 401)
    const fresh = await answered(simulator, dialect, 'credential-rejected; key=old', 'new')
    expect(fresh.status).toBe(200)
  }
  expect(simulator.log().map(({ fault }) => fault)).toEqual(Array(3).fill(['credential-rejected', null]).flat())
  expect(simulator.invoice().lines.map(({ usage }) => usage.uncachedInput > 0)).toEqual(
    Array(3).fill([false, true]).flat(),
  )
})

test('a status that is none is told, not sent', async () => {
  expect(await said('openai-chat', 'status; code=200')).toMatchObject({
    error: { message: 'The fault "status" takes a code from 400 to 599, not 200.' },
  })
})
