import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { startSimulator } from '../index.ts'

const schema = {
  type: 'object',
  properties: {
    category: { enum: ['billing', 'delivery'] },
    customer: {
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
      additionalProperties: false,
    },
    summary: { type: 'string' },
  },
  required: ['category', 'customer', 'summary'],
  additionalProperties: false,
}
const question = [{ role: 'user' as const, content: "My parcel is late, and it's Ann Miller's birthday." }]

async function malformed(variant: string): Promise<string> {
  await using simulator = await startSimulator()
  const client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'test', maxRetries: 0 })
  const reply = await client.chat.completions.create({
    model: `sim-small+malformed-json-output:variant=${variant}`,
    messages: question,
    response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema } },
  })
  expect(reply.choices[0]?.finish_reason).toBe('stop')
  return reply.choices[0]?.message.content ?? ''
}

test.each(['code-fence', 'trailing-comma', 'truncated', 'single-quotes'])('%s is no JSON', async (variant) => {
  const text = await malformed(variant)
  expect(() => JSON.parse(text)).toThrow(SyntaxError)
})

test('the other variants are JSON, and not what was asked for', async () => {
  expect(Object.keys(JSON.parse(await malformed('missing-field')))).toEqual(['category', 'customer'])
  expect(JSON.parse(await malformed('wrong-enum')).category).toBe('delivery_like')
  expect(JSON.parse(await malformed('stringified-nested')).customer).toBeTypeOf('string')
})

const parameters = { type: 'object' as const, properties: { order_id: { type: 'string' } }, required: ['order_id'] }

test('cuts the arguments of a tool call at the token limit, in a dialect that sends them as text', async () => {
  await using simulator = await startSimulator()
  const client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'test', maxRetries: 0 })
  const reply = await client.chat.completions.create({
    model: 'sim-small+max-tokens-in-tool-call',
    messages: question,
    tools: [{ type: 'function', function: { name: 'lookup_order', parameters } }],
  })
  const [call] = reply.choices[0]!.message.tool_calls!
  expect(reply.choices[0]?.finish_reason).toBe('length')
  expect(() => JSON.parse(call?.type === 'function' ? call.function.arguments : '')).toThrow(SyntaxError)
})

test('cuts them in an Anthropic stream too', async () => {
  await using simulator = await startSimulator()
  const client = new Anthropic({ baseURL: simulator.url, apiKey: 'test', maxRetries: 0 })
  const stream = await client.messages.create({
    model: 'sim-small+max-tokens-in-tool-call',
    max_tokens: 100,
    messages: question,
    tools: [{ name: 'lookup_order', input_schema: parameters }],
    stream: true,
  })
  let json = ''
  let reason: string | null = null
  for await (const event of stream) {
    if (event.type === 'content_block_delta' && event.delta.type === 'input_json_delta')
      json += event.delta.partial_json
    if (event.type === 'message_delta') reason = event.delta.stop_reason
  }
  expect(reason).toBe('max_tokens')
  expect(json).toMatch(/^\{/)
  expect(() => JSON.parse(json)).toThrow(SyntaxError)
})

test('refuses with details where Anthropic would', async () => {
  await using simulator = await startSimulator()
  const client = new Anthropic({ baseURL: simulator.url, apiKey: 'test', maxRetries: 0 })
  const request = { model: 'sim-small+refusal', max_tokens: 100, messages: question }
  const reply = await client.messages.create(request)
  expect(reply).toMatchObject({
    stop_reason: 'refusal',
    content: [],
    stop_details: { type: 'refusal', category: 'general_harms' },
  })
  const streamed = await client.messages.stream(request).finalMessage()
  expect(streamed).toMatchObject({ stop_reason: 'refusal', usage: { output_tokens: reply.usage.output_tokens } })
  const [whole, stream] = simulator.invoice().lines
  expect(stream?.usage).toEqual(whole?.usage)
})
