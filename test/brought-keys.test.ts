import { describe, expect, it } from 'vitest'
import type { Config } from '../src/config.ts'
import { accountOf } from '../src/core/budget.ts'
import { createMemoryLedger } from '../src/stores/memory/index.ts'
import { openKeyedStand } from './keyed-stand.ts'
import { send } from './raw-client.ts'
import { type RawUpstream, startRawUpstream, withRawUpstream } from './raw-upstream.ts'
import { alias, openStand } from './stand.ts'

const operatorKey = 'operator-key-canary-11'
const own = 'caller-own-key-canary-22'
const messages = [{ role: 'user' as const, content: 'Hi' }]
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }
const answered = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello.' } }],
  usage,
})

/** An upstream that says hello, in a stand that lets callers bring keys for it. */
async function openHouseOf(upstream: RawUpstream, change: (config: Config) => Config = (config) => config) {
  const ledger = createMemoryLedger()
  const test = await openKeyedStand({
    aliases: [
      alias('both', ['simulator/sim-small', 'raw-openai-chat/m'], { cache: { ttlSeconds: 60 }, coalesce: true }),
      alias('elsewhere', ['simulator/sim-small']),
    ],
    config: (config) =>
      change(
        withRawUpstream(upstream.url, { key: operatorKey, callerKeys: true })({
          ...config,
          unpricedAt: { input: 1, output: 1 },
        }),
      ),
    seam: { ledger },
  })
  return { ledger, test }
}

const hello: Parameters<typeof startRawUpstream>[0] = (response) => {
  response.setHeader('content-type', 'application/json')
  response.end(answered)
}

describe('a key that the caller brings', () => {
  it('is shown to its provider alone, in the place of the operator’s, and stands nowhere else', async () => {
    await using upstream = await startRawUpstream(hello)
    const { test } = await openHouseOf(upstream, (config) => ({
      ...config,
      events: { ...config.events, keepContent: true },
    }))
    await using open = test
    const { secret } = await open.create({ providerKeys: ['raw-openai-chat'] })
    const { openai } = open.clients(secret)
    const headers = { 'x-inseam-provider-key': `raw-openai-chat=${own}` }
    const reply = await openai.chat.completions.create({ model: 'both', messages }, { headers }).withResponse()
    expect(reply.response.headers.get('x-inseam-target')).toBe('raw-openai-chat/m')
    expect(upstream.received.map((one) => one.headers.authorization)).toEqual([`Bearer ${own}`])
    expect(open.stand.simulator.log()).toEqual([])
    const [attempt] = open.stand.attempts()
    expect(attempt?.credential).toMatch(/^caller-[\da-f]{12}$/)
    expect(JSON.stringify([open.stand.calls(), open.stand.attempts()])).not.toMatch(/canary/)
    expect(JSON.stringify(upstream.received)).not.toMatch(/operator-key|x-inseam|sk-inseam/)
    await openai.chat.completions.create({ model: 'raw-openai-chat/m', messages })
    expect(upstream.received.at(-1)?.headers.authorization).toBe(`Bearer ${operatorKey}`)
  })

  it('is asked anew each time: neither the cache nor calls in flight are shared', async () => {
    await using upstream = await startRawUpstream(hello)
    const { test } = await openHouseOf(upstream)
    await using open = test
    const { secret } = await open.create({ providerKeys: true })
    const { openai } = open.clients(secret)
    const ask = (key: string) =>
      openai.chat.completions.create(
        { model: 'both', messages },
        { headers: { 'x-inseam-provider-key': `raw-openai-chat=${key}` } },
      )
    await Promise.all([ask(own), ask(`${own}2`), ask(own)])
    await ask(own)
    expect(upstream.received).toHaveLength(4)
    expect(open.stand.calls().map(({ source, cache }) => [source, cache])).toEqual(
      Array.from({ length: 4 }, () => ['provider', 'off']),
    )
  })

  it('is redacted from what its provider says of it, and its failures are nobody else’s', async () => {
    await using upstream = await startRawUpstream((response, { headers }) => {
      response.writeHead(headers.authorization?.includes(own) ? 401 : 200, { 'content-type': 'application/json' })
      response.end(
        headers.authorization?.includes(own) ? JSON.stringify({ error: { message: `Bad key ${own}` } }) : answered,
      )
    })
    const { test } = await openHouseOf(upstream)
    await using open = test
    const { secret } = await open.create({ providerKeys: true })
    const { openai } = open.clients(secret)
    const headers = { 'x-inseam-provider-key': `raw-openai-chat=${own}` }
    const model = 'raw-openai-chat/m'
    for (let call = 0; call < 12; call++) {
      const failure = await openai.chat.completions.create({ model, messages }, { headers }).catch((error) => error)
      expect(failure.status).toBeGreaterThanOrEqual(400)
      expect(String(failure)).not.toMatch(/canary/)
    }
    expect(JSON.stringify([open.stand.calls(), open.stand.attempts()])).not.toMatch(/canary/)
    const other = await openai.chat.completions.create({ model, messages })
    expect(other.choices[0]?.message.content).toBe('Hello.')
  })

  it('pays: budgets of the operator do not count it, and those of the key count it apart', async () => {
    await using upstream = await startRawUpstream(hello)
    const nothing = { id: 'all', scope: 'global', limitNanoUsd: 1, per: 'month', hard: true, warnAt: [] } as const
    const { test, ledger } = await openHouseOf(upstream, (config) => ({ ...config, budgets: [nothing] }))
    await using open = test
    const { id, secret } = await open.create({ providerKeys: true, budgets: [{ limitUsd: 1, per: 'month' }] })
    const { openai } = open.clients(secret)
    const model = 'raw-openai-chat/m'
    const headers = { 'x-inseam-provider-key': `raw-openai-chat=${own}` }
    const request = { model, messages, max_completion_tokens: 10 }
    await expect(openai.chat.completions.create(request)).rejects.toMatchObject({ status: 402 })
    await openai.chat.completions.create(request, { headers })
    const budget = { ...nothing, id: `key/${id}/month/own-keys`, limitNanoUsd: 1e9 }
    const [apart, all] = await ledger.states([accountOf(budget, '', Date.now()), accountOf(nothing, '', Date.now())])
    expect(apart?.settledNanoUsd).toBeGreaterThan(0)
    expect(all?.settledNanoUsd).toBe(0)
  })

  it('is taken with a key of the configuration that says so', async () => {
    await using upstream = await startRawUpstream(hello)
    const keys = [
      { name: 'closed', key: 'closed-gateway-key' },
      { name: 'open', key: 'open-gateway-key', providerKeys: ['raw-openai-chat'] },
    ]
    await using stand = await openStand({
      gateway: { keys },
      config: withRawUpstream(upstream.url, { key: operatorKey, callerKeys: true }),
    })
    const statuses = []
    for (const { key } of keys) {
      const headers = { 'x-api-key': key, 'x-inseam-provider-key': `raw-openai-chat=${own}` }
      const body = JSON.stringify({ model: 'raw-openai-chat/m', messages })
      statuses.push((await send(stand.gateway, { headers, body })).status)
    }
    expect(statuses).toEqual([403, 200])
    expect(upstream.received.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${own}`])
  })

  it('is refused where the operator or the key does not let it, and is never quoted', async () => {
    await using upstream = await startRawUpstream(hello)
    const { test } = await openHouseOf(upstream)
    await using open = test
    const closed = await open.create()
    const opened = await open.create({ providerKeys: ['raw-openai-chat'], passThrough: true })
    const ask = async (secret: string, value: string, model = 'both') => {
      const answer = await fetch(`${open.stand.gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': secret, 'x-inseam-provider-key': value },
        body: JSON.stringify({ model, messages }),
      })
      expect(await answer.text()).not.toMatch(/canary/)
      return [answer.status, answer.headers.get('x-inseam-error')]
    }
    expect(await ask(closed.secret, `raw-openai-chat=${own}`)).toEqual([403, 'forbidden'])
    expect(await ask(opened.secret, `raw-anthropic-messages=${own}`)).toEqual([403, 'forbidden'])
    expect(await ask(opened.secret, `simulator=${own}`)).toEqual([403, 'forbidden'])
    expect(await ask(opened.secret, `raw-openai-chat=${own}`, 'elsewhere')).toEqual([403, 'forbidden'])
    for (const wrong of [
      own,
      '=',
      `raw-openai-chat=`,
      `raw-openai-chat=${own},raw-openai-chat=${own}`,
      `raw-openai-chat=${own} x`,
    ])
      expect(await ask(opened.secret, wrong)).toEqual([400, 'invalid-request'])
    const passed = await fetch(`${open.stand.gateway.url}/providers/raw-openai-chat/v1/models`, {
      headers: { 'x-api-key': opened.secret, 'x-inseam-provider-key': `raw-openai-chat=${own}` },
    })
    expect(passed.headers.get('x-inseam-error')).toBe('operation-unsupported')
    expect(upstream.received).toEqual([])
  })
})
