import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { startSimulator } from '../index.ts'

async function start() {
  const simulator = await startSimulator()
  const client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'test', maxRetries: 0 })
  return { simulator, client, [Symbol.asyncDispose]: () => simulator.close() }
}

const base = { model: 'sim-small', input: 'Where is my order 4711?' }
const tool = {
  type: 'function' as const,
  name: 'lookup_order',
  description: 'Find an order',
  parameters: { type: 'object', properties: { order_id: { type: 'string' } }, required: ['order_id'] },
  strict: false,
}

test('calls a tool, streamed as whole', async () => {
  await using run = await start()
  const request = { ...base, tools: [tool] }
  const { output } = await run.client.responses.create(request)
  expect(output).toMatchObject([{ type: 'function_call', name: 'lookup_order', arguments: '{"order_id":"4711"}' }])
  const streamed = await run.client.responses.stream(request).finalResponse()
  expect(streamed.output).toMatchObject([{ type: 'function_call', arguments: '{"order_id":"4711"}' }])
})

test('gives plain text to a custom tool', async () => {
  await using run = await start()
  const custom = { type: 'custom' as const, name: 'run_sql', description: 'Look at an order' }
  const { output } = await run.client.responses.create({ ...base, tools: [custom] })
  expect(output).toMatchObject([{ type: 'custom_tool_call', name: 'run_sql', input: expect.any(String) }])
})

test('reasons in secret, and shows a summary and a seal to who asks for them', async () => {
  await using run = await start()
  const hidden = await run.client.responses.create({ ...base, reasoning: { effort: 'high' } })
  expect(hidden.output[0]).toEqual({ id: expect.any(String), type: 'reasoning', summary: [] })
  const shown = await run.client.responses.create({
    ...base,
    reasoning: { effort: 'high', summary: 'auto' },
    include: ['reasoning.encrypted_content'],
  })
  expect(shown.output[0]).toMatchObject({
    summary: [{ type: 'summary_text', text: expect.any(String) }],
    encrypted_content: expect.any(String),
  })
  expect(run.simulator.invoice().lines[0]?.usage.reasoning).toBeGreaterThan(20)
})

test('is incomplete at the token limit', async () => {
  await using run = await start()
  const limited = await run.client.responses.create({ ...base, max_output_tokens: 16, input: 'Write 90 words.' })
  expect(limited).toMatchObject({
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
    usage: { output_tokens: 16 },
  })
})

const call = { type: 'function_call', call_id: 'a', name: 'lookup_order', arguments: '{}' }
const format = (schema: unknown) => ({ format: { type: 'json_schema', name: 'x', strict: true, schema } })

test.each([
  ["Missing required parameter: 'input'", { input: undefined }],
  ['empty', { input: [] }],
  ["Invalid value: 'robot'", { input: [{ role: 'robot', content: 'x' }] }],
  ["Invalid value: 'output_text'", { input: [{ role: 'user', content: [{ type: 'output_text', text: 'x' }] }] }],
  ['No tool output found for function call a', { input: [call] }],
  ['No tool call found', { input: [{ type: 'function_call_output', call_id: 'a', output: 'x' }] }],
  ['Expected a value >= 16', { max_output_tokens: 15 }],
  ["Unknown parameter: 'stop'", { stop: ['x'] }],
  ["Previous response with id 'resp_0' not found", { previous_response_id: 'resp_0' }],
  ["Conversation with id 'conv_0' not found", { conversation: 'conv_0' }],
  ["not found in 'tools'", { tools: [tool], tool_choice: { type: 'function', name: 'missing' } }],
  ["must contain the word 'json'", { text: { format: { type: 'json_object' } } }],
  ["'additionalProperties' is required", { text: format({ type: 'object', properties: {} }) }],
])('refuses with "%s"', async (message, fields) => {
  await using run = await start()
  const asking = run.client.responses.create({ ...base, ...fields } as typeof base)
  await expect(asking).rejects.toMatchObject({
    status: 400,
    type: 'invalid_request_error',
    message: expect.stringContaining(message),
  })
})
