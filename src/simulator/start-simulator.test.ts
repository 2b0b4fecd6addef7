import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { faults, startSimulator } from './index.ts'
import type { Simulator } from './simulator.ts'

function openai(simulator: Simulator): OpenAI {
  return new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'test', maxRetries: 0 })
}

function anthropic(simulator: Simulator): Anthropic {
  return new Anthropic({ baseURL: simulator.url, apiKey: 'test', maxRetries: 0 })
}

const hello = [{ role: 'user' as const, content: 'Where is my order 4411?' }]

test('answers a chat completion and bills what it reported', async () => {
  await using simulator = await startSimulator()
  const reply = await openai(simulator).chat.completions.create({ model: 'sim-small', messages: hello })
  expect(reply.choices[0]?.message.content).toMatch(/\w{3}/)
  expect(reply.choices[0]?.finish_reason).toBe('stop')
  const [line] = simulator.invoice().lines
  expect(line).toMatchObject({
    model: 'sim-small',
    dialect: 'openai-chat',
    streamed: false,
    status: 200,
    reportedUsage: true,
  })
  expect(line?.usage.output).toBe(reply.usage?.completion_tokens)
  expect(line?.usage.uncachedInput).toBe(reply.usage?.prompt_tokens)
  expect(line?.costNanoUsd).toBe(reply.usage!.prompt_tokens * 1000 + reply.usage!.completion_tokens * 5000)
})

test('streams a chat completion whose text is that of the same completion unstreamed', async () => {
  await using simulator = await startSimulator()
  const client = openai(simulator)
  const whole = await client.chat.completions.create({ model: 'sim-small', messages: hello })
  const stream = client.chat.completions.stream({
    model: 'sim-small',
    messages: hello,
    stream_options: { include_usage: true },
  })
  const final = await stream.finalChatCompletion()
  expect(final.choices[0]?.message.content).toBe(whole.choices[0]?.message.content)
  expect(final.usage).toEqual(whole.usage)
  expect(simulator.invoice().lines[1]).toMatchObject({ streamed: true, reportedUsage: true, cancelled: false })
})

test('reports no usage in a chat stream that did not ask for it, and bills it all the same', async () => {
  await using simulator = await startSimulator()
  const stream = await openai(simulator).chat.completions.create({ model: 'sim-small', messages: hello, stream: true })
  for await (const chunk of stream) expect(chunk.usage).toBeUndefined()
  const [line] = simulator.invoice().lines
  expect(line?.reportedUsage).toBe(false)
  expect(line?.usage.output).toBeGreaterThan(0)
})

test('answers a message, and streams the same one', async () => {
  await using simulator = await startSimulator()
  const client = anthropic(simulator)
  const whole = await client.messages.create({ model: 'sim-large', max_tokens: 200, messages: hello })
  expect(whole.stop_reason).toBe('end_turn')
  const streamed = await client.messages.stream({ model: 'sim-large', max_tokens: 200, messages: hello }).finalMessage()
  expect(streamed.content).toEqual(whole.content)
  expect(streamed.usage.output_tokens).toBe(whole.usage.output_tokens)
  const { lines, totals, open } = simulator.invoice()
  expect(lines.map((line) => line.usage.output)).toEqual([whole.usage.output_tokens, whole.usage.output_tokens])
  expect(totals).toMatchObject({ exchanges: 2, unpriced: 0 })
  expect(open).toBe(0)
})

test('lists models in the shape of the dialect that asks', async () => {
  await using simulator = await startSimulator()
  const openaiIds = (await openai(simulator).models.list()).data.map((model) => model.id)
  const anthropicIds = (await anthropic(simulator).models.list()).data.map((model) => model.id)
  expect(openaiIds).toContain('sim-small')
  expect(openaiIds).toContain('gpt-5.4')
  expect(anthropicIds).toContain('claude-haiku-4-5')
})

test('stops at once when the client leaves, and bills what it had written', async () => {
  await using simulator = await startSimulator({ pace: { tokenMs: 5 } })
  const controller = new AbortController()
  const stream = await openai(simulator).chat.completions.create(
    { model: 'sim-small', messages: hello, stream: true },
    { signal: controller.signal },
  )
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
  controller.abort()
  await simulator.idle()
  const [line] = simulator.invoice().lines
  expect(simulator.log()[0]).toMatchObject({ cancelled: true, cancelledIn: 'body', bytes: line!.bytes })
  expect(line).toMatchObject({ cancelled: true, reportedUsage: false })
  expect(line?.usage.output).toBeGreaterThan(0)
})

test('closes with streams still open', async () => {
  const simulator = await startSimulator({ pace: { tokenMs: 60_000 } })
  const stream = await openai(simulator).chat.completions.create({ model: 'sim-small', messages: hello, stream: true })
  const reading = (async () => {
    for await (const _ of stream) void _
  })()
  const failed = expect(reading).rejects.toThrow()
  await simulator.close()
  await failed
  expect(simulator.invoice().lines[0]).toMatchObject({ cancelled: false })
})

test('serves invoice and log over HTTP, without credentials, and forgets them on reset', async () => {
  await using simulator = await startSimulator({ keepBodies: true })
  await openai(simulator).chat.completions.create({ model: 'sim-small', messages: hello })
  const invoice = await (await fetch(`${simulator.url}/simulator/invoice`)).json()
  expect(invoice).toEqual(JSON.parse(JSON.stringify(simulator.invoice())))
  const [entry] = (await (await fetch(`${simulator.url}/simulator/log`)).json()) as Record<string, unknown>[]
  expect(entry).toMatchObject({
    ordinal: 1,
    path: '/v1/chat/completions',
    body: { model: 'sim-small' },
    cancelled: false,
  })
  expect(JSON.stringify(entry)).not.toContain('Bearer')
  await fetch(`${simulator.url}/simulator/reset`, { method: 'POST' })
  expect(simulator.invoice().lines).toEqual([])
  expect(simulator.log()).toEqual([])
})

test('tells who left before the first byte from who left in the body', async () => {
  await using simulator = await startSimulator({ scenario: { rules: [{ fault: { type: 'no-answer' } }] } })
  const controller = new AbortController()
  const { signal } = controller
  const asking = openai(simulator).chat.completions.create({ model: 'sim-small', messages: hello }, { signal })
  const left = expect(asking).rejects.toThrow()
  while (simulator.log()[0]?.fault !== 'no-answer') await new Promise((resolve) => setImmediate(resolve))
  controller.abort()
  await left
  await simulator.idle()
  expect(simulator.log()[0]).toMatchObject({ cancelled: true, cancelledIn: 'before-first-byte', bytes: 0 })
})

test('lists every fault with its parameters over HTTP', async () => {
  await using simulator = await startSimulator()
  const listed: unknown = await (await fetch(`${simulator.url}/simulator/faults`)).json()
  expect(listed).toEqual(JSON.parse(JSON.stringify(faults)))
})
