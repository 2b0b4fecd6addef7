import { describe, expect, it } from 'vitest'
import { createMemoryLedger } from '../src/stores/memory/index.ts'
import { openKeyedStand } from './keyed-stand.ts'
import { send } from './raw-client.ts'

const messages = [{ role: 'user' as const, content: 'Hi' }]
const model = 'simulator/sim-small'
const asked = JSON.stringify({ model, messages })

describe('a stored key', () => {
  it('opens every dialect to the official clients, and is named by its id on the record', async () => {
    await using test = await openKeyedStand()
    const { id, secret } = await test.create({ tenant: 'acme' })
    const { openai, anthropic, gemini } = test.clients(secret)
    await openai.chat.completions.create({ model, messages })
    await openai.responses.create({ model, input: 'Hi' })
    await anthropic.messages.create({ model, messages, max_tokens: 10 })
    await gemini.models.generateContent({ model: 'sim-small', contents: 'Hi' })
    const listed = await openai.models.list()
    expect(listed.data.length).toBeGreaterThan(0)
    expect(test.stand.calls().map(({ keyId, tenant }) => [keyId, tenant])).toEqual(
      Array.from({ length: 4 }, () => [id, 'acme']),
    )
    expect(JSON.stringify(test.stand.calls())).not.toContain(secret)
    expect(JSON.stringify(test.stand.simulator.log())).not.toContain(secret)
  })

  it('is asked for from the first one on, and before it where that is required', async () => {
    await using test = await openKeyedStand()
    const before = await send(test.stand.gateway, { body: asked })
    expect(before.status).toBe(200)
    const { secret } = await test.create()
    const after = await send(test.stand.gateway, { body: asked })
    expect(after.status).toBe(401)
    const known = await send(test.stand.gateway, { body: asked, headers: { authorization: `Bearer ${secret}` } })
    expect(known.status).toBe(200)

    await using strict = await openKeyedStand({ gateway: { requireKeys: true, host: '0.0.0.0' } })
    expect(
      (await send({ url: strict.stand.gateway.url.replace('0.0.0.0', '127.0.0.1') }, { body: asked })).status,
    ).toBe(401)
  })

  it('opens beside the keys of the configuration, which go on to open', async () => {
    await using test = await openKeyedStand({ gateway: { keys: [{ name: 'ci', key: 'configured-secret' }] } })
    const { id, secret } = await test.create()
    for (const key of ['configured-secret', secret])
      expect((await send(test.stand.gateway, { body: asked, headers: { 'x-api-key': key } })).status).toBe(200)
    expect(test.stand.calls().map(({ keyId }) => keyId)).toEqual(['ci', id])
  })

  it('opens the models, features and tenant that it names alone, and lists no others', async () => {
    await using test = await openKeyedStand()
    const { secret } = await test.create({ tenant: 'acme', aliases: [model], features: ['triage'] })
    const { openai } = test.clients(secret)
    const ask = (change: object, headers: Record<string, string> = {}) =>
      openai.chat.completions.create({ model, messages, ...change }, { headers }).then(
        () => 200,
        (error: { status: number }) => error.status,
      )
    expect(await ask({})).toBe(200)
    expect(await ask({ model: 'fast' })).toBe(403)
    expect(await ask({ model: ` ${model}` })).toBe(403)
    expect(await ask({ model: model.toUpperCase() })).toBe(403)
    expect(await ask({ model: 'feature/other' })).toBe(403)
    expect(await ask({}, { 'x-inseam-feature': 'triage' })).toBe(200)
    expect(await ask({}, { 'x-inseam-feature': 'other' })).toBe(403)
    expect(await ask({}, { 'x-inseam-tenant': 'acme' })).toBe(200)
    expect(await ask({}, { 'x-inseam-tenant': 'rival' })).toBe(403)
    expect((await openai.models.list()).data.map(({ id }) => id)).toEqual([model])
  })

  it('for a model that is gone hears of that, and of none that it may not call', async () => {
    await using test = await openKeyedStand()
    const { secret } = await test.create({ aliases: ['gone', model] })
    const answer = await send(test.stand.gateway, {
      headers: { 'x-api-key': secret },
      body: JSON.stringify({ model: 'gone', messages }),
    })
    expect(answer.status).toBe(404)
    expect(answer.text).toContain(model)
    expect(answer.text).not.toContain('fast')
  })

  it('goes on to open while the store is lost, where it is known, and others are told to come again', async () => {
    await using test = await openKeyedStand()
    const [known, unknown] = [await test.create(), await test.create()]
    const ask = (secret: string) => send(test.stand.gateway, { body: asked, headers: { 'x-api-key': secret } })
    expect((await ask(known.secret)).status).toBe(200)
    test.loseStore()
    expect((await ask(known.secret)).status).toBe(200)
    const other = await ask(unknown.secret)
    expect([other.status, other.headers['x-inseam-error'], other.headers['x-should-retry']]).toEqual([
      503,
      'keys-unavailable',
      undefined,
    ])
  })

  it('passes requests through where it says so alone', async () => {
    await using test = await openKeyedStand()
    const closed = await test.create()
    const open = await test.create({ passThrough: ['simulator'] })
    const ask = (secret: string, path: string) =>
      send(test.stand.gateway, { method: 'GET', path, headers: { authorization: `Bearer ${secret}` } })
    expect((await ask(closed.secret, '/providers/simulator/v1/models')).status).toBe(403)
    expect((await ask(open.secret, '/providers/simulator/v1/models')).status).toBe(200)
    expect((await ask(open.secret, '/providers/simulator-anthropic/v1/models')).status).toBe(403)
  })

  it('brings its budgets to every call, those of features and those that are passed through too', async () => {
    const ledger = createMemoryLedger()
    await using test = await openKeyedStand({ seam: { ledger } })
    const { secret } = await test.create({ budgets: [{ limitUsd: 1e-9, per: 'day' }], passThrough: true })
    const { openai, anthropic } = test.clients(secret)
    await expect(openai.chat.completions.create({ model, messages })).rejects.toMatchObject({ status: 402 })
    await expect(anthropic.messages.create({ model, messages, max_tokens: 9 })).rejects.toMatchObject({ status: 402 })
    const passed = await send(test.stand.gateway, {
      method: 'GET',
      path: '/providers/simulator/v1/models',
      headers: { 'x-api-key': secret },
    })
    expect([passed.status, passed.headers['x-inseam-error']]).toEqual([402, 'price-unknown'])
    expect(test.stand.simulator.log()).toEqual([])
  })

  it('brings its limits to its own calls, whichever the dialect, and to no other key', async () => {
    await using test = await openKeyedStand()
    const { id, secret } = await test.create({ limits: { requests: 1 } })
    const { openai, anthropic } = test.clients(secret)
    await openai.chat.completions.create({ model, messages })
    await expect(anthropic.messages.create({ model, messages, max_tokens: 9 })).rejects.toMatchObject({
      status: 429,
      message: expect.stringMatching(new RegExp(`The limit that the key .*${id}.* brings is 1 requests a minute`)),
    })
    const other = await test.create({})
    await test.clients(other.secret).openai.chat.completions.create({ model, messages })
    expect(test.stand.simulator.log()).toHaveLength(2)
  })
})
