import Anthropic from '@anthropic-ai/sdk'
import type { MessageCreateParamsNonStreaming } from '@anthropic-ai/sdk/resources/messages'
import OpenAI from 'openai'
import type { ResponseCreateParamsNonStreaming } from 'openai/resources/responses/responses'
import { expect, test } from 'vitest'
import { startSimulator } from '../index.ts'

const tool = { name: 'look_up', description: 'Looks up.', input_schema: { type: 'object' as const } }
const message: MessageCreateParamsNonStreaming = {
  model: 'claude-sonnet-4-6',
  max_tokens: 50,
  system: 'You are careful. '.repeat(700),
  tools: [tool],
  messages: [{ role: 'user', content: 'Hello.' }],
  cache_control: { type: 'ephemeral' },
}

test.each<[string | undefined, Partial<MessageCreateParamsNonStreaming>]>([
  ['model_changed', { model: 'claude-opus-4-6', system: 'Other.' }],
  ['system_changed', { system: 'Other.', tools: [] }],
  ['tools_changed', { tools: [{ ...tool, description: 'Looks.' }], tool_choice: { type: 'none' } }],
  ['messages_changed', { messages: [{ role: 'user', content: 'Good bye.' }] }],
  ['unavailable', { tool_choice: { type: 'none' }, messages: [{ role: 'user', content: 'Good bye.' }] }],
  [undefined, { messages: [...message.messages, { role: 'user', content: 'Are you there?' }] }],
  // A mark that has moved changes nothing.
  [undefined, { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello.' }] }] }],
])('Anthropic names what differs first: %s', async (type, change) => {
  await using simulator = await startSimulator()
  const { messages } = new Anthropic({ baseURL: simulator.url, apiKey: 'test', maxRetries: 0 })
  const { id, usage } = await messages.create({ ...message, diagnostics: { previous_message_id: null } })
  const after = await messages.create({ ...message, ...change, diagnostics: { previous_message_id: id } })
  if (type === undefined) return expect(after.diagnostics).toBeNull()
  const kept = usage.cache_creation_input_tokens ?? 0
  expect(kept).toBeGreaterThan(1_024)
  expect(after.diagnostics?.cache_miss_reason?.type).toBe(type)
  const told = after.diagnostics?.cache_miss_reason
  const missed = told && 'cache_missed_input_tokens' in told ? told.cache_missed_input_tokens : undefined
  if (type === 'unavailable') expect(missed).toBeUndefined()
  else expect(missed).toBeLessThanOrEqual(kept)
})

test('Anthropic remembers only who says diagnostics, and tells nobody else', async () => {
  await using simulator = await startSimulator()
  const { messages } = new Anthropic({ baseURL: simulator.url, apiKey: 'test', maxRetries: 0 })
  const { id, diagnostics } = await messages.create(message)
  expect(diagnostics).toBeNull()
  const after = await messages.create({ ...message, diagnostics: { previous_message_id: id } })
  expect(after.diagnostics).toEqual({ cache_miss_reason: { type: 'previous_message_not_found' } })
})

const asked: ResponseCreateParamsNonStreaming = { model: 'gpt-5.6', input: 'word '.repeat(2_000) }

test.each<[object, Partial<ResponseCreateParamsNonStreaming>]>([
  [{ reason: 'model_changed' }, { model: 'gpt-5.6-mini' }],
  [{ reason: 'prompt_cache_key_changed' }, { prompt_cache_key: 'other' }],
  [{ reason: 'service_tier_changed' }, { service_tier: 'flex' }],
  [{ reason: 'tools_changed' }, { tools: [{ type: 'custom', name: 'look_up' }] }],
  [{ reason: 'text_format_changed' }, { text: { format: { type: 'text' } } }],
  [{ reason: 'reasoning_effort_changed' }, { reasoning: { effort: 'low' } }],
  [{ reason: 'verbosity_changed' }, { text: { verbosity: 'low' } }],
  [{ reason: 'input_changed' }, { input: 'other '.repeat(2_000) }],
  [{ type: 'cache_hit' }, {}],
])('OpenAI says %o', async (told, change) => {
  await using simulator = await startSimulator()
  const { responses } = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'test', maxRetries: 0 })
  const { id, prompt_cache_diagnostics: unasked } = await responses.create(asked)
  expect(unasked).toBeUndefined()
  const after = await responses.create({ ...asked, ...change, prompt_cache_options: { comparison_response_id: id } })
  expect(after.prompt_cache_diagnostics).toMatchObject('reason' in told ? { type: 'cache_miss', ...told } : told)
})

test('OpenAI cannot say why a prompt that is too short was not read, and does not know what it never answered', async () => {
  await using simulator = await startSimulator()
  const { responses } = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'test', maxRetries: 0 })
  const short = { model: 'gpt-5.6', input: 'Hello.' }
  const { id } = await responses.create(short)
  const ask = async (comparison_response_id: string) =>
    (await responses.create({ ...short, prompt_cache_options: { comparison_response_id } })).prompt_cache_diagnostics
  expect(await ask(id)).toEqual({ type: 'unavailable' })
  expect(await ask('resp_gone')).toEqual({ type: 'comparison_response_not_found' })
})
