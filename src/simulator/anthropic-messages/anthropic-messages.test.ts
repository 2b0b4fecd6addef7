import Anthropic from '@anthropic-ai/sdk'
import { expect, test } from 'vitest'
import { startSimulator } from '../index.ts'

async function start() {
  const simulator = await startSimulator()
  const client = new Anthropic({ baseURL: simulator.url, apiKey: 'test', maxRetries: 0 })
  return { simulator, client, [Symbol.asyncDispose]: () => simulator.close() }
}

const base = {
  model: 'sim-large',
  max_tokens: 2000,
  messages: [{ role: 'user' as const, content: 'Where is my order 4411?' }],
}
const tool = {
  name: 'lookup_order',
  description: 'Find an order',
  input_schema: { type: 'object' as const, properties: { order_id: { type: 'string' } }, required: ['order_id'] },
}

test('thinks before it speaks, signs it, and counts it as a part of the output', async () => {
  await using run = await start()
  const request = { ...base, thinking: { type: 'adaptive' as const } }
  const reply = await run.client.messages.create(request)
  expect(reply.content).toMatchObject([
    { type: 'thinking', signature: expect.stringMatching(/.{40}/) },
    { type: 'text' },
  ])
  expect(reply.usage.output_tokens_details?.thinking_tokens).toBeGreaterThan(10)
  const streamed = await run.client.messages.stream(request).finalMessage()
  expect(streamed.content).toEqual(reply.content)
  const [whole, stream] = run.simulator.invoice().lines
  expect(stream!.usage).toEqual(whole!.usage)
  expect(whole!.usage.reasoning).toBe(reply.usage.output_tokens_details?.thinking_tokens)
})

test('keeps thinking to itself where it is to be omitted, and bills it', async () => {
  await using run = await start()
  const request = { ...base, thinking: { type: 'adaptive' as const, display: 'omitted' as const } }
  const reply = await run.client.messages.create(request)
  expect(reply.content[0]).toMatchObject({ type: 'thinking', thinking: '' })
  const streamed = await run.client.messages.stream(request).finalMessage()
  expect(streamed.content).toEqual(reply.content)
  expect(run.simulator.invoice().lines.map((line) => line.usage.reasoning > 0)).toEqual([true, true])
})

test('calls a tool, streamed as whole', async () => {
  await using run = await start()
  const request = { ...base, tools: [tool] }
  const reply = await run.client.messages.create(request)
  expect(reply).toMatchObject({ stop_reason: 'tool_use', content: [{ type: 'tool_use', input: { order_id: '4411' } }] })
  expect((await run.client.messages.stream(request).finalMessage()).content).toEqual(reply.content)
})

test('writes JSON for a schema', async () => {
  await using run = await start()
  const schema = {
    type: 'object',
    properties: { topic: { enum: ['delivery', 'billing'] }, order: { type: 'integer' } },
    required: ['topic', 'order'],
    additionalProperties: false,
  }
  const reply = await run.client.messages.create({
    ...base,
    output_config: { format: { type: 'json_schema', schema } },
  })
  expect(JSON.parse(reply.content[0]!.type === 'text' ? reply.content[0].text : '')).toEqual({
    topic: 'delivery',
    order: 4411,
  })
})

test('stops at a stop sequence and at the token limit', async () => {
  await using run = await start()
  const stopped = await run.client.messages.create({ ...base, stop_sequences: [':'] })
  expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: ':' })
  const limited = await run.client.messages.create({ ...base, max_tokens: 5 })
  expect(limited).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 5 } })
  const warmed = await run.client.messages.create({ ...base, max_tokens: 0 })
  expect(warmed).toMatchObject({ content: [], usage: { output_tokens: 0 } })
})

test('sends its events in the order that Anthropic sends them, with usage that grows', async () => {
  await using run = await start()
  const types: string[] = []
  const outputs: number[] = []
  for await (const event of await run.client.messages.create({ ...base, stream: true })) {
    if (types.at(-1) !== event.type) types.push(event.type)
    if (event.type === 'message_start') outputs.push(event.message.usage.output_tokens)
    if (event.type === 'message_delta') outputs.push(event.usage.output_tokens)
  }
  expect(types).toEqual([
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ])
  expect(outputs[0]).toBe(1)
  expect(outputs[1]).toBeGreaterThan(5)
})

test('carries a request id and rate limits in its headers', async () => {
  await using run = await start()
  const { response } = await run.client.messages.create(base).withResponse()
  expect(response.headers.get('request-id')).toBe(run.simulator.invoice().lines[0]!.id)
  expect(response.headers.get('anthropic-ratelimit-requests-remaining')).toBe('9999')
  expect(response.headers.get('anthropic-ratelimit-tokens-reset')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
})

const use = { type: 'tool_use', id: 'a', name: 'lookup_order', input: {} }
const result = { type: 'tool_result', tool_use_id: 'a', content: 'shipped' }

test.each([
  ['max_tokens: Field required', { max_tokens: undefined }],
  ['messages: Field required', { messages: undefined }],
  ['at least one message', { messages: [] }],
  ['Unexpected role "robot"', { messages: [{ role: 'robot', content: 'x' }] }],
  ['must be non-empty', { messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }] }],
  ['unexpected `tool_use_id`', { messages: [{ role: 'user', content: [result] }] }],
  [
    'without `tool_result` blocks',
    { messages: [...base.messages, { role: 'assistant', content: [use] }, ...base.messages] },
  ],
  [
    'does not support assistant message prefill',
    { model: 'claude-opus-5', messages: [...base.messages, { role: 'assistant', content: 'So' }] },
  ],
  ['greater than or equal to 1024', { thinking: { type: 'enabled', budget_tokens: 10 } }],
  ['max_tokens` must be greater', { thinking: { type: 'enabled', budget_tokens: 4000 } }],
  ['Thinking may not be enabled', { thinking: { type: 'adaptive' }, tools: [tool], tool_choice: { type: 'any' } }],
  [
    "'additionalProperties' is required",
    { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
  ],
  [
    'maximum of 4 blocks',
    { system: Array.from({ length: 5 }, () => ({ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } })) },
  ],
])('refuses with "%s"', async (message, fields) => {
  await using run = await start()
  const asking = run.client.messages.create({ ...base, ...fields } as typeof base)
  await expect(asking).rejects.toMatchObject({
    status: 400,
    error: { type: 'error', error: { type: 'invalid_request_error', message: expect.stringContaining(message) } },
  })
  expect(run.simulator.invoice().lines[0]).toMatchObject({ status: 400, costNanoUsd: 0 })
})

test('accepts a conversation with tool results, and answers from them', async () => {
  await using run = await start()
  const messages = [
    ...base.messages,
    { role: 'assistant' as const, content: [{ type: 'tool_use' as const, id: 'a', name: 'lookup_order', input: {} }] },
    {
      role: 'user' as const,
      content: [{ type: 'tool_result' as const, tool_use_id: 'a', content: '{"status":"shipped"}' }],
    },
  ]
  const reply = await run.client.messages.create({ ...base, tools: [tool], messages })
  expect(reply.content).toMatchObject([{ text: 'From lookup order: status is shipped.' }])
})

test('wants a credential and a version', async () => {
  await using run = await start()
  const post = (headers: Record<string, string>) =>
    fetch(`${run.simulator.url}/v1/messages`, { method: 'POST', headers, body: JSON.stringify(base) })
  expect((await post({})).status).toBe(401)
  expect((await post({ 'x-api-key': 'test' })).status).toBe(400)
  expect((await post({ 'x-api-key': 'test', 'anthropic-version': '2023-06-01' })).status).toBe(200)
})

test('holds a conversation between its turns where it is asked to, and says where it holds none', async () => {
  await using run = await start()
  const thread = run.client.beta.messages.thread({ model: 'sim-large', max_tokens: 2000, tools: [tool] })
  const reply = await thread.send(base.messages)
  const call = reply.content.find((block) => block.type === 'tool_use')
  const answer = await thread.send({
    role: 'user',
    content: [{ type: 'tool_result', tool_use_id: call!.id, content: 'on its way' }],
  })
  expect(answer.content).toMatchObject([{ type: 'text', text: expect.stringContaining('on its way') }])
  expect(run.simulator.log()).toHaveLength(2)
  const gone = { ...base, thread: { type: 'continue' as const, previous_message_id: 'msg_gone' } }
  await expect(run.client.beta.messages.create(gone)).rejects.toMatchObject({
    status: 404,
    error: { error: { details: { error_code: 'thread_not_found' } } },
  })
})
