import Anthropic from '@anthropic-ai/sdk'
import { ApiError } from '@google/genai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../src/config.ts'
import type { CallLimit } from '../src/core/call-limit.ts'
import { openGateway } from '../src/gateway/index.ts'
import { openSeam } from '../src/index.ts'
import { hasRedis, type RedisServer, startRedis } from '../src/stores/redis/redis-server.suite.ts'
import { all, openStand } from './stand.ts'

const model = 'simulator/sim-small'
const messages = [{ role: 'user' as const, content: 'Hi' }]
const anAnswer = { model, messages, max_completion_tokens: 50 }
const standWith = (...limits: readonly CallLimit[]) => openStand({ config: (config) => ({ ...config, limits }) })
const inAll = (limit: Omit<CallLimit, 'id' | 'scope'>): CallLimit => ({ id: 'global', scope: 'global', ...limit })
const remaining = (headers: Headers, kind: string) => Number(headers.get(`x-ratelimit-remaining-${kind}`))

it('answers the official clients with the rate-limit headers of their dialect, streams too', async () => {
  await using stand = await standWith(inAll({ requests: 10, inputTokens: 10_000, outputTokens: 1_000 }))
  const chat = await stand.openai.chat.completions.create(anAnswer).withResponse()
  expect(chat.response.headers.get('x-ratelimit-limit-requests')).toBe('10')
  expect(remaining(chat.response.headers, 'requests')).toBe(9)
  expect(chat.response.headers.get('x-ratelimit-limit-tokens')).toBe('1000')
  expect(remaining(chat.response.headers, 'tokens')).toBe(950)
  expect(chat.response.headers.get('x-ratelimit-reset-requests')).toMatch(/^(1m)?[\d.]+m?s$/)

  const stream = await stand.openai.responses
    .create({ model, input: 'Hi', max_output_tokens: 50, stream: true })
    .withResponse()
  await all(stream.data)
  expect(remaining(stream.response.headers, 'requests')).toBe(8)
  // What the first one did not use is there again.
  const used = chat.data.usage?.completion_tokens ?? 0
  expect(used).toBeGreaterThan(0)
  expect(remaining(stream.response.headers, 'tokens')).toBe(950 - used)

  const { response } = await stand.anthropic.messages.create({ model, messages, max_tokens: 50 }).withResponse()
  expect(response.headers.get('anthropic-ratelimit-requests-remaining')).toBe('7')
  expect(response.headers.get('anthropic-ratelimit-input-tokens-limit')).toBe('10000')
  expect(response.headers.get('anthropic-ratelimit-output-tokens-limit')).toBe('1000')
  expect(Date.parse(response.headers.get('anthropic-ratelimit-requests-reset') ?? '')).toBeGreaterThan(Date.now())
  expect(response.headers.get('x-ratelimit-limit-requests')).toBeNull()
})

it('refuses with 429 and when to come again, as the official clients know it', async () => {
  await using stand = await standWith(inAll({ requests: 1 }))
  await stand.openai.chat.completions.create(anAnswer)
  const asked = stand.openai.chat.completions.create(anAnswer)
  const error = await asked.catch((thrown: unknown) => thrown)
  if (!(error instanceof OpenAI.RateLimitError)) throw error
  expect(error).toMatchObject({ status: 429, code: 'rate_limit_exceeded', type: 'rate_limit_error' })
  expect(error.message).toContain('The global limit is 1 requests a minute: 0 left, and this call takes 1.')
  expect(error.headers?.get('x-inseam-error')).toBe('limit-exceeded')
  expect(remaining(error.headers ?? new Headers(), 'requests')).toBe(0)
  const waitSeconds = Number(error.headers?.get('retry-after'))
  expect(waitSeconds).toBeGreaterThan(0)
  expect(waitSeconds).toBeLessThanOrEqual(61)

  const other = await stand.anthropic.messages.create({ model, messages, max_tokens: 5 }).catch((thrown) => thrown)
  expect(other).toBeInstanceOf(Anthropic.RateLimitError)
  expect(other.error).toMatchObject({ error: { type: 'rate_limit_error' } })
  expect(other.headers.get('anthropic-ratelimit-requests-remaining')).toBe('0')

  const third = await stand.gemini.models.generateContent({ model, contents: 'Hi' }).catch((thrown) => thrown)
  expect(third).toBeInstanceOf(ApiError)
  expect(third).toMatchObject({ status: 429 })
  expect(third.message).toMatch(/"@type":"type.googleapis.com\/google.rpc.RetryInfo","retryDelay":"[\d.]+s"/)

  const passed = await fetch(`${stand.gateway.url}/providers/simulator/v1/models`)
  expect(passed.status).toBe(429)
  expect(passed.headers.get('x-inseam-error')).toBe('limit-exceeded')
  expect(stand.simulator.log()).toHaveLength(1)
})

it('takes nothing from others for a request that is too large, and says that waiting does not help', async () => {
  await using stand = await standWith(inAll({ outputTokens: 100 }))
  const large = { ...anAnswer, max_completion_tokens: 101 }
  const errors = await Promise.all(
    Array.from({ length: 10 }, () => stand.openai.chat.completions.create(large).catch((thrown: unknown) => thrown)),
  )
  for (const error of errors) {
    if (!(error instanceof OpenAI.RateLimitError)) throw error
    expect(error.message).toContain('and this call alone takes 101: waiting does not help.')
    expect(error.headers?.get('x-should-retry')).toBe('false')
    expect(error.headers?.get('retry-after')).toBeNull()
  }
  const { response } = await stand.openai.chat.completions
    .create({ ...anAnswer, max_completion_tokens: 100 })
    .withResponse()
  expect(response.status).toBe(200)
})

it('counts features, keys and aliases apart, and goes on counting after a reload', async () => {
  const limits: readonly CallLimit[] = [
    { id: 'feature:*', scope: 'feature', name: '*', requests: 2 },
    { id: 'alias:slow', scope: 'alias', name: 'slow', requests: 1 },
  ]
  await using stand = await standWith(...limits)
  const ask = async (feature: string) => {
    const headers = { 'x-inseam-feature': feature }
    const asked = stand.openai.chat.completions.create(anAnswer, { headers })
    return asked.then(() => 200).catch(({ status }: { status: number }) => status)
  }
  expect([await ask('triage'), await ask('triage'), await ask('triage'), await ask('other')]).toEqual([
    200, 200, 429, 200,
  ])
  const raised = limits.map((limit) => ({ ...limit, requests: 3 }))
  stand.seam.reload({ ...stand.config, limits: raised })
  expect([await ask('triage'), await ask('triage'), await ask('other'), await ask('other')]).toEqual([
    200, 429, 200, 200,
  ])
  stand.seam.reload({ ...stand.config, limits: [] })
  expect(await ask('triage')).toBe(200)
})

it('holds a limit of calls at once, and gives the place back when the client leaves', async () => {
  await using stand = await standWith(inAll({ concurrency: 1 }))
  const client = new AbortController()
  const stream = await stand.openai.chat.completions.create(
    { ...anAnswer, model: `${model}+stall:after=3`, stream: true },
    { signal: client.signal },
  )
  const first = stream[Symbol.asyncIterator]()
  await first.next()
  const refused = await stand.openai.chat.completions.create(anAnswer).catch((thrown: unknown) => thrown)
  expect(refused).toMatchObject({ status: 429, message: expect.stringContaining('1 calls at once') })
  client.abort()
  const again = () =>
    stand.openai.chat.completions.create(anAnswer).then(
      () => 200,
      ({ status }) => status,
    )
  await expect.poll(again, { timeout: 60_000 }).toBe(200)
})

describe.skipIf(!hasRedis)('with a Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it('two seams hold a limit together; where Redis is lost each says so, and admits its part', async () => {
    await using stand = await standWith()
    const config: Config = {
      ...stand.config,
      events: { ...stand.config.events, store: 'memory' },
      limits: [inAll({ requests: 4 })],
      redis: { url: server.url, processes: 2, timeoutMs: 20_000 },
    }
    const told: string[] = []
    const onProblem = ({ message }: { readonly message: string }) => void told.push(message)
    const onRecovery = (what: string) => void told.push(what)
    await using one = await openSeam({ config, onProblem, onRecovery })
    await using other = await openSeam({ config, onProblem: () => undefined, onRecovery: () => undefined })
    const gateways = await Promise.all(
      [one, other].map((seam) => openGateway({ pipeline: seam, port: 0, degraded: () => seam.problems() })),
    )
    const ask = async (index: number) => {
      const url = `${gateways[index % 2]?.url}/v1/chat/completions`
      const body = JSON.stringify(anAnswer)
      const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      await answer.text()
      return answer.status
    }
    const readiness = async () => (await fetch(`${gateways[0]?.url}/readyz`)).json() as Promise<{ degraded?: string[] }>
    const statuses = await Promise.all(Array.from({ length: 8 }, (_, index) => ask(index)))
    expect(statuses.filter((status) => status === 200)).toHaveLength(4)
    expect((await readiness()).degraded).toBeUndefined()

    await server.kill()
    await expect
      .poll(async () => (await readiness()).degraded, { timeout: 60_000 })
      .toEqual([expect.stringMatching(/^Rate limits are not shared: .* one part in 2 .* Redis at 127\.0\.0\.1/)])
    // No call fails for it.
    for (let index = 0; index < 6; index++) expect([200, 429]).toContain(await ask(index))
    await server.restart()
    await expect.poll(async () => (await readiness()).degraded, { timeout: 60_000 }).toBeUndefined()
    expect(told).toEqual([
      expect.stringMatching(/^Redis at .* cannot be reached/),
      expect.stringMatching(/^Rate limits are not shared/),
      'Redis is back: limits are counted there again.',
    ])
    await Promise.all(gateways.map((gateway) => gateway.drain(0)))
  }, 120_000)
})
