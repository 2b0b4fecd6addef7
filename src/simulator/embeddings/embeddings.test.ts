import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { startSimulator } from '../index.ts'
import { embedText } from './embed-text.ts'

async function start() {
  const simulator = await startSimulator()
  const openai = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'test', maxRetries: 0 })
  const google = new GoogleGenAI({ apiKey: 'test', httpOptions: { baseUrl: simulator.url } })
  return { simulator, openai, google, [Symbol.asyncDispose]: () => simulator.close() }
}

const nearness = (left: readonly number[], right: readonly number[]) =>
  left.reduce((sum, number, at) => sum + number * right[at]!, 0)

test('texts that share words are nearer than those that share none', () => {
  const near = (left: string, right: string) => nearness(embedText(left, 'm', 256), embedText(right, 'm', 256))
  const parcel = 'Where is my parcel?'
  expect(near(parcel, 'My parcels have not arrived')).toBeGreaterThan(near(parcel, 'Refund the invoice, please'))
  expect(near(parcel, parcel)).toBeCloseTo(1, 5)
})

test.each(['a word', '…', '', 'x'.repeat(3000)])('a vector of any text has the length 1: %#', (text) => {
  for (const dimensions of [1, 2, 256, 3072]) {
    const vector = embedText(text, 'm', dimensions)
    expect(vector).toHaveLength(dimensions)
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5)
  }
})

test("OpenAI's client gets the same vectors in either encoding, and pays for what went in", async () => {
  await using run = await start()
  const request = { model: 'sim-embed', input: ['red shoes', 'blue shoes'], dimensions: 64 }
  const packed = await run.openai.embeddings.create(request)
  const plain = await run.openai.embeddings.create({ ...request, encoding_format: 'float' })
  expect(packed.data.map(({ embedding }) => Array.from(embedding))).toEqual(
    plain.data.map(({ embedding }) => embedding),
  )
  expect(plain.data[0]?.embedding).toHaveLength(64)
  const [line] = run.simulator.invoice().lines
  expect(line).toMatchObject({ usage: { uncachedInput: plain.usage.prompt_tokens, output: 0 }, reportedUsage: true })
  expect(line?.costNanoUsd).toBe(plain.usage.prompt_tokens * 100)
})

test("Google's client gets one vector a text, and is told nothing of usage by the models that do not tell it", async () => {
  await using run = await start()
  const config = { taskType: 'RETRIEVAL_DOCUMENT', outputDimensionality: 8 }
  const contents = ['red', 'blue']
  const told = await run.google.models.embedContent({ model: 'sim-embed', contents, config })
  expect(told.embeddings?.map(({ values }) => values?.length)).toEqual([8, 8])
  expect(told.usageMetadata?.promptTokenCount).toBeGreaterThan(0)
  const untold = await run.google.models.embedContent({ model: 'gemini-embedding-001', contents })
  expect(untold.embeddings?.[0]?.values).toHaveLength(3072)
  expect(untold.usageMetadata).toBeUndefined()
  expect(run.simulator.invoice().lines.map(({ reportedUsage }) => reportedUsage)).toEqual([true, false])
})

test('one text of Google’s alone is asked for at a place of its own', async () => {
  await using run = await start()
  const headers = { 'x-goog-api-key': 'test' }
  const body = JSON.stringify({ content: { parts: [{ text: 'red' }] } })
  const reply = await fetch(`${run.simulator.url}/v1beta/models/sim-embed:embedContent`, {
    method: 'POST',
    headers,
    body,
  })
  expect(await reply.json()).toMatchObject({ embedding: { values: embedText('red', 'sim-embed', 256) } })
})

test.each([
  ['empty string', { input: ['a', ''] }],
  ['array too long', { input: Array.from({ length: 2049 }, () => 'a') }],
  ["input[1]': maximum context length", { input: ['a', 'word '.repeat(9000)] }],
  ["'dimensions'", { input: 'a', dimensions: 257 }],
  ['does not support specifying dimensions', { input: 'a', dimensions: 8, model: 'text-embedding-ada-002' }],
  ['not allowed to generate embeddings', { input: 'a', model: 'sim-small' }],
  ["'float' and 'base64'", { input: 'a', encoding_format: 'bytes' as 'float' }],
])('OpenAI refuses with "%s"', async (message, fields) => {
  await using run = await start()
  await expect(run.openai.embeddings.create({ model: 'sim-embed', ...fields })).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining(message),
  })
})

test.each([
  ['at most 100', { contents: Array.from({ length: 101 }, () => 'a') }],
  ['between 1 and 256', { contents: 'a', config: { outputDimensionality: 0 } }],
  ['task_type', { contents: 'a', config: { taskType: 'GUESSING' } }],
])('Google refuses with "%s"', async (message, request) => {
  await using run = await start()
  await expect(run.google.models.embedContent({ model: 'sim-embed', ...request })).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining(message),
  })
})

test('fails on demand as answers do, and gives no answer', async () => {
  await using run = await start()
  await expect(run.openai.embeddings.create({ model: 'sim-embed+rate-limited', input: 'a' })).rejects.toThrow(/429/)
  const untold = await run.openai.embeddings.create({ model: 'sim-embed+usage-missing', input: 'a' })
  expect(untold.usage).toBeUndefined()
  const messages = [{ role: 'user' as const, content: 'Hi' }]
  await expect(run.openai.chat.completions.create({ model: 'sim-embed', messages })).rejects.toThrow(/cannot answer/)
})
