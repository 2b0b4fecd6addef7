import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { startSimulator } from '../index.ts'

async function start() {
  const simulator = await startSimulator()
  const client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'test', maxRetries: 0 })
  return { simulator, client, [Symbol.asyncDispose]: () => simulator.close() }
}

const base = { model: 'sim-small', messages: [{ role: 'user' as const, content: 'Where is my order 4411?' }] }
const tool = {
  type: 'function' as const,
  function: {
    name: 'lookup_order',
    description: 'Find an order',
    parameters: { type: 'object', properties: { order_id: { type: 'string' } }, required: ['order_id'] },
  },
}

test('calls a tool, streamed as whole', async () => {
  await using run = await start()
  const request = { ...base, tools: [tool] }
  const reply = await run.client.chat.completions.create(request)
  expect(reply.choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: { content: null, tool_calls: [{ function: { name: 'lookup_order', arguments: '{"order_id":"4411"}' } }] },
  })
  const streamed = await run.client.chat.completions.stream(request).finalChatCompletion()
  expect(streamed.choices[0]?.message.tool_calls).toMatchObject(reply.choices[0]!.message.tool_calls!)
})

test('gives plain text to a custom tool', async () => {
  await using run = await start()
  const custom = { type: 'custom' as const, custom: { name: 'run_sql', description: 'Look at an order' } }
  const reply = await run.client.chat.completions.create({ ...base, tools: [custom] })
  expect(reply.choices[0]?.message.tool_calls).toMatchObject([{ type: 'custom', custom: { name: 'run_sql' } }])
})

test('gives as many choices as are asked for, the same streamed as whole', async () => {
  await using run = await start()
  const request = { ...base, n: 3 }
  const reply = await run.client.chat.completions.create(request)
  const whole = reply.choices.map((choice) => choice.message.content)
  expect(whole).toHaveLength(3)
  const streamed = await run.client.chat.completions.stream(request).finalChatCompletion()
  expect(streamed.choices.map((choice) => choice.message.content)).toEqual(whole)
})

test('counts reasoning that it does not show', async () => {
  await using run = await start()
  const reply = await run.client.chat.completions.create({ ...base, reasoning_effort: 'high' })
  const reasoning = reply.usage?.completion_tokens_details?.reasoning_tokens
  expect(reasoning).toBeGreaterThan(20)
  expect(run.simulator.invoice().lines[0]?.usage).toMatchObject({ reasoning, output: reply.usage?.completion_tokens })
  const stream = await run.client.chat.completions.create({ ...base, reasoning_effort: 'high', stream: true })
  for await (const _ of stream) void _
  const [whole, streamed] = run.simulator.invoice().lines
  expect(streamed?.usage).toEqual(whole?.usage)
})

test('stops at a stop sequence and at the token limit', async () => {
  await using run = await start()
  const stopped = await run.client.chat.completions.create({ ...base, stop: ':' })
  expect(stopped.choices[0]?.finish_reason).toBe('stop')
  expect(stopped.choices[0]?.message.content).not.toContain(':')
  const limited = await run.client.chat.completions.create({ ...base, max_completion_tokens: 4 })
  expect(limited).toMatchObject({ choices: [{ finish_reason: 'length' }], usage: { completion_tokens: 4 } })
})

test('counts an image as a fixed number of tokens, whatever its size', async () => {
  await using run = await start()
  const look = async (url: string) => {
    const content = [
      { type: 'text' as const, text: 'Look' },
      { type: 'image_url' as const, image_url: { url } },
    ]
    return (await run.client.chat.completions.create({ ...base, messages: [{ role: 'user', content }] })).usage!
      .prompt_tokens
  }
  expect(await look('data:image/png;base64,AAAA')).toBe(await look(`data:image/png;base64,${'A'.repeat(4000)}`))
})

test('carries a request id and rate limits in its headers', async () => {
  await using run = await start()
  const { response } = await run.client.chat.completions.create(base).withResponse()
  expect(response.headers.get('x-request-id')).toBe(run.simulator.invoice().lines[0]!.id)
  expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('9999')
  expect(response.headers.get('x-ratelimit-reset-tokens')).toBe('12ms')
})

const call = { id: 'a', type: 'function', function: { name: 'lookup_order', arguments: '{}' } }
const shape = (schema: unknown) => ({ type: 'json_schema', json_schema: { name: 'x', strict: true, schema } })

test.each([
  ["Missing required parameter: 'messages'", { messages: undefined }],
  ['empty array', { messages: [] }],
  ["Invalid value: 'robot'", { messages: [{ role: 'robot', content: 'x' }] }],
  ['got null', { messages: [{ role: 'user', content: null }] }],
  ['must be a response to a preceeding message', { messages: [{ role: 'tool', tool_call_id: 'a', content: 'x' }] }],
  ['did not have response messages: a', { messages: [{ role: 'assistant', tool_calls: [call] }, ...base.messages] }],
  ['from 1 to 8', { n: 9 }],
  ["'max_tokens'", { max_tokens: 0 }],
  ["only allowed when 'stream' is enabled", { stream_options: { include_usage: true } }],
  ["only allowed when 'tools' are specified", { tool_choice: 'auto' }],
  ["'missing' not found", { tools: [tool], tool_choice: { type: 'function', function: { name: 'missing' } } }],
  ["must contain the word 'json'", { response_format: { type: 'json_object' } }],
  ["'additionalProperties' is required", { response_format: shape({ type: 'object', properties: {} }) }],
  [
    "Missing 'a'",
    { response_format: shape({ type: 'object', properties: { a: {} }, required: [], additionalProperties: false }) },
  ],
  ["'oneOf' is not permitted", { response_format: shape({ type: 'object', oneOf: [], additionalProperties: false }) }],
])('refuses with "%s"', async (message, fields) => {
  await using run = await start()
  const asking = run.client.chat.completions.create({ ...base, ...fields } as typeof base)
  await expect(asking).rejects.toMatchObject({
    status: 400,
    type: 'invalid_request_error',
    message: expect.stringContaining(message),
  })
})

test('refuses what is no JSON, nests too deep or is too long', async () => {
  await using run = await start()
  const post = async (body: string) => {
    const headers = { authorization: 'Bearer test' }
    const reply = await fetch(`${run.simulator.url}/v1/chat/completions`, { method: 'POST', headers, body })
    return reply.status
  }
  expect(await post('{')).toBe(400)
  expect(await post('[]')).toBe(400)
  expect(await post(`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`)).toBe(400)
  expect(await post(' '.repeat(32 * 1024 * 1024 + 1))).toBe(413)
})

test('ends a stream with [DONE], after usage where that is asked for', async () => {
  await using run = await start()
  const body = JSON.stringify({ ...base, stream: true, stream_options: { include_usage: true } })
  const headers = { authorization: 'Bearer test' }
  const reply = await fetch(`${run.simulator.url}/v1/chat/completions`, { method: 'POST', headers, body })
  expect(reply.headers.get('content-type')).toMatch(/^text\/event-stream/)
  const events = (await reply.text()).split('\n\n').filter((event) => event !== '')
  expect(events.at(-1)).toBe('data: [DONE]')
  expect(JSON.parse(events.at(-2)!.slice(6))).toMatchObject({
    choices: [],
    usage: { total_tokens: expect.any(Number) },
  })
  expect(JSON.parse(events.at(0)!.slice(6))).toMatchObject({ usage: null })
  expect(run.simulator.invoice().lines[0]?.bytes).toBe(Buffer.byteLength(`${events.join('\n\n')}\n\n`))
})
