import Anthropic, { toFile as anthropicFile } from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI, { toFile } from 'openai'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { all, openStand, type Stand } from './stand.ts'

let stand: Stand
beforeAll(async () => {
  stand = await openStand({ gateway: { keys: [{ name: 'whole', key: 'gateway-key-canary', passThrough: true }] } })
})
afterAll(() => stand[Symbol.asyncDispose]())
beforeEach(() => stand.simulator.reset())

const apiKey = 'gateway-key-canary'
const providers = () => `${stand.gateway.url}/providers`
const lines = (url: string, model: string) =>
  ['a', 'b']
    .map((custom_id) =>
      JSON.stringify({ custom_id, method: 'POST', url, body: { model, messages: [{ role: 'user', content: 'Hi' }] } }),
    )
    .join('\n')

it.each(['/v1', '/providers/simulator/v1'])('openai keeps files and batches through %s', async (base) => {
  const client = new OpenAI({ baseURL: stand.gateway.url + base, apiKey, maxRetries: 0 })
  const file = await client.files.create({
    file: await toFile(Buffer.from(lines('/v1/chat/completions', 'sim-small')), 'in.jsonl'),
    purpose: 'batch',
  })
  expect(file).toMatchObject({ object: 'file', filename: 'in.jsonl', purpose: 'batch' })
  expect((await all(await client.files.list())).map(({ id }) => id)).toEqual([file.id])
  expect(await (await client.files.content(file.id)).text()).toBe(lines('/v1/chat/completions', 'sim-small'))
  const batch = await client.batches.create({
    input_file_id: file.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  })
  expect((await client.batches.retrieve(batch.id)).status).toBe('in_progress')
  const done = await client.batches.retrieve(batch.id)
  expect(done).toMatchObject({ status: 'completed', request_counts: { total: 2, completed: 2 } })
  const output = await (await client.files.content(done.output_file_id ?? '')).text()
  expect(
    output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).response.body.object),
  ).toEqual(['chat.completion', 'chat.completion'])
  const other = await client.batches.create({
    input_file_id: file.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  })
  expect((await client.batches.cancel(other.id)).status).toBe('cancelled')
  expect(await client.files.delete(file.id)).toMatchObject({ deleted: true })
  await expect(client.files.retrieve(file.id)).rejects.toMatchObject({ status: 404 })
})

it('openai moderates, and asks again for an answer that is kept', async () => {
  const client = new OpenAI({ baseURL: `${providers()}/simulator-responses/v1`, apiKey, maxRetries: 0 })
  expect((await client.moderations.create({ input: 'I will kill it.' })).results[0]?.flagged).toBe(true)
  const created = await client.responses.create({ model: 'sim-small', input: 'Hello.' })
  for (const base of [`${providers()}/simulator-responses/v1`, `${stand.gateway.url}/v1`]) {
    const again = new OpenAI({ baseURL: base, apiKey, maxRetries: 0 })
    expect((await again.responses.retrieve(created.id)).output_text).toBe(created.output_text)
    expect(await all(await again.responses.inputItems.list(created.id))).toHaveLength(1)
    await expect(again.responses.cancel(created.id)).rejects.toMatchObject({ status: 400 })
  }
  await client.responses.delete(created.id)
  await expect(client.responses.retrieve(created.id)).rejects.toMatchObject({ status: 404 })
})

it.each(['', '/providers/simulator-anthropic'])('anthropic keeps batches and files through "%s"', async (base) => {
  const client = new Anthropic({ baseURL: stand.gateway.url + base, apiKey, maxRetries: 0 })
  const params = { model: 'sim-small', max_tokens: 20, messages: [{ role: 'user' as const, content: 'Hi' }] }
  const batch = await client.messages.batches.create({ requests: [{ custom_id: 'a', params }] })
  expect((await client.messages.batches.retrieve(batch.id)).processing_status).toBe('in_progress')
  const done = await client.messages.batches.retrieve(batch.id)
  expect(done.processing_status).toBe('ended')
  // The client goes to the address that it is given, with its key: that has to be the gateway's.
  expect(done.results_url).toBe(
    `${stand.gateway.url}/providers/simulator-anthropic/v1/messages/batches/${batch.id}/results`,
  )
  const results = await all(await client.messages.batches.results(batch.id))
  expect(results).toMatchObject([{ custom_id: 'a', result: { type: 'succeeded', message: { role: 'assistant' } } }])
  expect((await all(await client.messages.batches.list())).map(({ id }) => id)).toEqual([batch.id])
  expect((await client.messages.batches.cancel(batch.id)).cancel_initiated_at).not.toBeNull()
  const file = await client.beta.files.upload({
    file: await anthropicFile(Buffer.from('hello'), 'a.txt', { type: 'text/plain' }),
  })
  expect(await (await client.beta.files.download(file.id)).text()).toBe('hello')
  await client.beta.files.delete(file.id)
})

it.each(['', '/providers/simulator-gemini'])('google keeps files and caches through "%s"', async (base) => {
  const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: stand.gateway.url + base } })
  const bytes = new Uint8Array(9_000_000).fill(65)
  const file = await client.files.upload({
    file: new Blob([bytes]),
    config: { mimeType: 'text/plain', displayName: 'mine' },
  })
  expect(file).toMatchObject({ displayName: 'mine', mimeType: 'text/plain', sizeBytes: '9000000' })
  expect((await client.files.get({ name: file.name ?? '' })).name).toBe(file.name)
  expect(await all(await client.files.list())).toHaveLength(1)
  const cache = await client.caches.create({ model: 'gemini-3.5-flash', config: { contents: 'text' } })
  expect((await client.caches.get({ name: cache.name ?? '' })).name).toBe(cache.name)
  await client.caches.delete({ name: cache.name ?? '' })
  await client.files.delete({ name: file.name ?? '' })
  await expect(client.files.get({ name: file.name ?? '' })).rejects.toMatchObject({ status: 404 })
})
