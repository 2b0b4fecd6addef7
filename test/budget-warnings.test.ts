import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI from 'openai'
import { expect, it } from 'vitest'
import type { Budget } from '../src/core/budget.ts'
import { createMemoryLedger } from '../src/stores/memory/index.ts'
import { all, openStand } from './stand.ts'

const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`

interface Received {
  readonly headers: Record<string, string>
  readonly body: string
}

/** Takes webhooks on a socket; `next` is the first that nobody took yet. */
async function receive(status: (nth: number) => number) {
  const received: Received[] = []
  let wake = () => {}
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    received.push({ headers: request.headers as Record<string, string>, body })
    response.writeHead(status(received.length)).end()
    wake()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const next = async (): Promise<Received> => {
    while (received.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    return received.shift()!
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/secret-path`,
    next,
    received,
    [Symbol.asyncDispose]: async () => void server.close().closeAllConnections(),
  }
}

const soft: Budget = {
  id: 'global:month',
  scope: 'global',
  limitNanoUsd: 1,
  per: 'month',
  hard: false,
  warnAt: [0.5, 1],
}
const messages = [{ role: 'user' as const, content: 'Hi' }]
const model = 'simulator/sim-small'

it('a soft budget lets everything through and warns once: in headers, in the record, and by signed webhooks', async () => {
  await using receiver = await receive(() => 204)
  const webhooks = [{ url: receiver.url, secret, timeoutMs: 10_000 }]
  await using stand = await openStand({
    config: (config) => ({ ...config, budgets: [soft], webhooks }),
    seam: { ledger: createMemoryLedger() },
  })
  const { response } = await stand.openai.chat.completions.create({ model, messages, max_tokens: 9 }).withResponse()
  const warning = response.headers.get('x-inseam-budget-warning')
  expect(warning).toMatch(
    /^"global"; used="50%"; left="0 USD"; until=@\d{10}, "global"; used="100%"; left="0 USD"; until=@\d{10}$/,
  )
  const { moments } = await stand.callEnded()
  expect(moments.flatMap((moment) => (moment.type === 'budget-warned' ? [moment.share] : []))).toEqual([0.5, 1])

  const client = new OpenAI({ apiKey: 'none', webhookSecret: secret })
  const told: unknown[] = []
  for (const share of soft.warnAt) {
    const { headers, body } = await receiver.next()
    const message: unknown = await client.webhooks.unwrap(body, headers)
    expect(message).toMatchObject({
      type: 'budget.warned',
      data: {
        budget: 'global:month',
        scope: 'global',
        per: 'month',
        hard: false,
        share,
        limitNanoUsd: 1,
        leftNanoUsd: 0,
      },
    })
    told.push(message)
  }
  expect(told).toHaveLength(2)

  const again = await stand.openai.chat.completions.create({ model, messages, max_tokens: 9 }).withResponse()
  expect(again.response.headers.get('x-inseam-budget-warning')).toBeNull()
  expect(receiver.received).toEqual([])
})

it('warns in the headers of a stream and of other dialects, and names whom the budget counts', async () => {
  const budget: Budget = { ...soft, id: 'feature:*:day', scope: 'feature', name: '*', per: 'day' }
  await using stand = await openStand({
    config: (config) => ({ ...config, budgets: [budget] }),
    seam: { ledger: createMemoryLedger() },
  })
  const asFeature = (name: string) => ({ headers: { 'x-inseam-feature': name } })
  const streamed = await stand.openai.chat.completions
    .create({ model, messages, max_tokens: 9, stream: true }, asFeature('sorting'))
    .withResponse()
  await all(streamed.data)
  expect(streamed.response.headers.get('x-inseam-budget-warning')).toContain('"feature sorting"; used="50%"')
  const whole = await stand.anthropic.messages
    .create({ model: 'simulator-anthropic/sim-small', messages, max_tokens: 9 }, asFeature('triage'))
    .withResponse()
  expect(whole.response.headers.get('x-inseam-budget-warning')).toContain('"feature triage"; used="50%"')
})

it('a receiver that fails slows no call, and is a problem that the seam tells of, without its path', async () => {
  await using receiver = await receive(() => 500)
  const webhooks = [{ url: receiver.url, secret, timeoutMs: 10_000 }]
  await using stand = await openStand({
    config: (config) => ({ ...config, budgets: [soft], webhooks }),
    seam: { ledger: createMemoryLedger() },
  })
  await stand.openai.chat.completions.create({ model, messages, max_tokens: 9 })
  await receiver.next()
  await expect
    .poll(() => stand.seam.problems(), { timeout: 60_000 })
    .toEqual([expect.stringMatching(/^The webhook http:\/\/127\.0\.0\.1:\d+ fails: HTTP 500, 2 messages waiting\.$/)])
})
