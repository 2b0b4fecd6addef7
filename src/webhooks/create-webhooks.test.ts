import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { createWebhooks } from './create-webhooks.ts'
import type { PostWebhook } from './post-webhook.ts'
import { signWebhook } from './sign-webhook.ts'

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const receiver = { url: 'https://hooks.example.com/path-that-is-secret', secret, timeoutMs: 10_000 }

interface Delivery {
  readonly atMs: number
  readonly id: string | undefined
  readonly body: string
}

/** Webhooks over a receiver that answers as it is told, under the virtual clock. */
function setUp(answer: (nth: number, signal: AbortSignal) => number | Promise<number>, receivers = [receiver]) {
  const clock = createVirtualClock()
  const deliveries: Delivery[] = []
  const told: string[] = []
  const post: PostWebhook = async (_url, headers, body, signal) => {
    deliveries.push({ atMs: clock.now(), id: headers['webhook-id'], body })
    return answer(deliveries.length, signal)
  }
  const webhooks = createWebhooks({
    clock,
    random: () => 1,
    receivers: () => receivers,
    post,
    tell: (problem) => told.push(problem),
  })
  return { clock, webhooks, deliveries, told }
}

const never = (signal: AbortSignal) =>
  new Promise<number>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

describe('a webhook', () => {
  it('is signed so that the official client takes it, and no other body', async () => {
    const body = '{"type":"budget.warned"}'
    const headers = signWebhook(secret, 'msg_1', Math.floor(Date.now() / 1000), body)
    const client = new OpenAI({ apiKey: 'none', webhookSecret: secret })
    expect(await client.webhooks.unwrap(body, headers)).toEqual({ type: 'budget.warned' })
    await expect(client.webhooks.unwrap(`${body} `, headers)).rejects.toThrow(/signature/i)
    const others = { ...headers, 'webhook-id': 'msg_2' }
    await expect(client.webhooks.unwrap(body, others)).rejects.toThrow(/signature/i)
  })

  it('says what, when and of what, and has the same id and body at every try', async () => {
    const { clock, webhooks, deliveries, told } = setUp((nth) => (nth < 4 ? 503 : 204))
    webhooks.send('budget.warned', { share: 0.8 })
    expect(deliveries.length).toBeLessThanOrEqual(1)
    await clock.advance(200_000)
    expect(deliveries.map(({ atMs }) => atMs)).toEqual([0, 5_000, 35_000, 155_000])
    expect(new Set(deliveries.map(({ id, body }) => `${id} ${body}`)).size).toBe(1)
    expect(JSON.parse(deliveries[0]!.body)).toEqual({
      type: 'budget.warned',
      timestamp: '2026-01-01T00:00:00.000Z',
      data: { share: 0.8 },
    })
    expect(webhooks.problems()).toEqual([])
    expect(told).toEqual([])
    expect(clock.pending).toBe(0)
  })

  it('that is not taken is a problem meanwhile, without the path, and is given up at last, which is told', async () => {
    const { clock, webhooks, deliveries, told } = setUp(() => 500)
    webhooks.send('budget.warned', {})
    webhooks.send('budget.warned', {})
    await clock.advance(1_000)
    expect(webhooks.problems()).toEqual(['The webhook https://hooks.example.com fails: HTTP 500, 2 messages waiting.'])
    await clock.advance(24 * 3_600_000)
    expect(deliveries).toHaveLength(14)
    expect(webhooks.problems()).toEqual(['The webhook https://hooks.example.com fails: HTTP 500, 2 messages given up.'])
    expect(told).toHaveLength(2)
    expect(told[0]).toBe(
      'A message to the webhook https://hooks.example.com was given up: HTTP 500. It is in the record of its call.',
    )
    expect(clock.pending).toBe(0)
  })

  it('is tried again where no answer comes in time', async () => {
    const { clock, webhooks, deliveries } = setUp((nth, signal) => (nth === 1 ? never(signal) : 200))
    webhooks.send('budget.warned', {})
    await clock.advance(10_000)
    expect(webhooks.problems()[0]).toContain('no answer within 10000 ms')
    await clock.advance(5_000)
    expect(deliveries).toHaveLength(2)
    expect(webhooks.problems()).toEqual([])
  })

  it('is not sent any more to a receiver that says it is gone', async () => {
    const { clock, webhooks, deliveries, told } = setUp(() => 410)
    for (let sent = 0; sent < 3; sent++) webhooks.send('budget.warned', {})
    await clock.advance(24 * 3_600_000)
    webhooks.send('budget.warned', {})
    await clock.advance(0)
    expect(deliveries).toHaveLength(1)
    expect(told).toHaveLength(4)
    expect(webhooks.problems()[0]).toContain('HTTP 410, 4 messages given up')
  })

  it('waits for others in a queue that has an end: of more, the oldest goes', async () => {
    const { clock, webhooks, deliveries, told } = setUp((nth, signal) => (nth === 1 ? never(signal) : 200))
    for (let sent = 0; sent < 1_003; sent++) webhooks.send('budget.warned', { sent })
    expect(told).toHaveLength(3)
    await clock.advance(60_000)
    const sent = deliveries.map(({ body }) => JSON.parse(body).data.sent)
    expect(sent).toEqual([0, 0, ...Array.from({ length: 999 }, (_, index) => index + 4)])
  })

  it('goes to every receiver, and one that fails keeps no other from it', async () => {
    const clock = createVirtualClock()
    const taken: string[] = []
    const webhooks = createWebhooks({
      clock,
      random: () => 0,
      receivers: () => [receiver, { ...receiver, url: 'https://other.example.com/' }],
      post: async (url) => {
        if (url === receiver.url)
          throw new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) })
        taken.push(url)
        return 200
      },
      tell: () => undefined,
    })
    webhooks.send('budget.warned', {})
    await clock.advance(1_000)
    expect(taken).toHaveLength(1)
    expect(webhooks.problems()).toEqual([
      'The webhook https://hooks.example.com fails: ECONNREFUSED, 1 message waiting.',
    ])
  })
})

describe('on closing', () => {
  it('what waits is tried once more at once', async () => {
    const { clock, webhooks, deliveries, told } = setUp((nth) => (nth === 1 ? 500 : 200))
    for (let sent = 0; sent < 3; sent++) webhooks.send('budget.warned', { sent })
    await clock.advance(100)
    await webhooks.close(5_000)
    expect(deliveries).toHaveLength(4)
    expect(told).toEqual([])
    expect(clock.pending).toBe(0)
  })

  it('is not waited for longer than there is time, and what was not sent is told', async () => {
    const { clock, webhooks, told } = setUp((_, signal) => never(signal))
    for (let sent = 0; sent < 3; sent++) webhooks.send('budget.warned', { sent })
    await clock.run(webhooks.close(5_000))
    expect(clock.now()).toBe(5_000)
    expect(told).toHaveLength(3)
    expect(clock.pending).toBe(0)
  })
})
