import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { type SimulatorOptions, startSimulator } from '../index.ts'

const system = 'You are careful. '.repeat(40)

async function withAnthropic(options: SimulatorOptions = {}) {
  const simulator = await startSimulator(options)
  const client = new Anthropic({ baseURL: simulator.url, apiKey: 'test', maxRetries: 0 })
  const ask = async (question: string, ttl: '5m' | '1h') => {
    const cached = { type: 'text' as const, text: system, cache_control: { type: 'ephemeral' as const, ttl } }
    const reply = await client.messages.create({
      model: 'claude-sonnet-4-6',
      max_tokens: 100,
      system: [cached],
      messages: [{ role: 'user', content: question }],
    })
    return reply.usage
  }
  return { simulator, ask, [Symbol.asyncDispose]: () => simulator.close() }
}

test('writes a marked prefix at first sight and reads it after', async () => {
  await using run = await withAnthropic()
  const first = await run.ask('Hello', '5m')
  const second = await run.ask('Good bye', '5m')
  expect(first.cache_creation?.ephemeral_5m_input_tokens).toBeGreaterThan(100)
  expect(first.cache_read_input_tokens).toBe(0)
  expect(second.cache_read_input_tokens).toBe(first.cache_creation_input_tokens)
  expect(second.cache_creation_input_tokens).toBe(0)
})

test('forgets a prefix when its time is over, five minutes or an hour after it was last used', async () => {
  let now = Date.UTC(2026, 10, 1)
  await using run = await withAnthropic({ now: () => now })
  await run.ask('Hello', '5m')
  now += 6 * 60_000
  expect((await run.ask('Hello', '5m')).cache_read_input_tokens).toBe(0)
  run.simulator.reset()
  const written = await run.ask('Hello', '1h')
  expect(written.cache_creation?.ephemeral_1h_input_tokens).toBeGreaterThan(100)
  now += 59 * 60_000
  expect((await run.ask('Hello', '1h')).cache_read_input_tokens).toBeGreaterThan(100)
})

test('bills what the parts cost: a write at its own rate, a read at its own', async () => {
  await using run = await withAnthropic()
  await run.ask('Hello', '1h')
  await run.ask('Hello', '1h')
  const [written, read] = run.simulator.invoice().lines
  const cost = (line: typeof written) =>
    line!.usage.uncachedInput * 3000 +
    line!.usage.cacheRead * 300 +
    line!.usage.cacheWrite1h * 6000 +
    line!.usage.output * 15_000
  expect(written!.usage.cacheWrite1h).toBeGreaterThan(0)
  expect(written!.costNanoUsd).toBe(cost(written))
  expect(read!.usage.cacheRead).toBe(written!.usage.cacheWrite1h)
  expect(read!.costNanoUsd).toBe(cost(read))
})

test('finds the longest prefix that it knows when the conversation grows', async () => {
  await using simulator = await startSimulator()
  const client = new Anthropic({ baseURL: simulator.url, apiKey: 'test', maxRetries: 0 })
  const ask = async (turns: readonly string[]) => {
    const messages = turns.map((text, index) => ({
      role: index % 2 === 0 ? ('user' as const) : ('assistant' as const),
      content: [
        {
          type: 'text' as const,
          text,
          ...(index === turns.length - 1 && { cache_control: { type: 'ephemeral' as const } }),
        },
      ],
    }))
    return (await client.messages.create({ model: 'sim-small', max_tokens: 50, messages })).usage
  }
  const first = await ask(['One two three'])
  const second = await ask(['One two three', 'Four', 'Five six'])
  expect(second.cache_read_input_tokens).toBe(first.cache_creation_input_tokens)
  expect(second.cache_creation_input_tokens).toBeGreaterThan(0)
})

test('caches long chat prompts by itself, in steps of 128 tokens from 1,024', async () => {
  await using simulator = await startSimulator()
  const client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'test', maxRetries: 0 })
  const ask = async (model: string, question: string, times: number) => {
    const messages = [
      { role: 'system' as const, content: 'Be careful. '.repeat(times) },
      { role: 'user' as const, content: question },
    ]
    return (await client.chat.completions.create({ model, messages })).usage!
  }
  expect((await ask('gpt-5.4', 'Hello', 600)).prompt_tokens_details).toMatchObject({ cached_tokens: 0 })
  const again = await ask('gpt-5.4', 'Good bye', 600)
  const cached = again.prompt_tokens_details!.cached_tokens!
  expect(cached).toBeGreaterThanOrEqual(1024)
  expect((cached - 1024) % 128).toBe(0)
  expect(cached).toBeLessThan(again.prompt_tokens)
  expect((await ask('gpt-5.4', 'Hello', 100)).prompt_tokens_details).toMatchObject({ cached_tokens: 0 })
  const writing = await ask('gpt-5.6-sol', 'Hello', 600)
  expect(writing.prompt_tokens_details!.cache_write_tokens).toBe(cached)
  expect(simulator.invoice().lines.at(-1)!.usage.cacheWriteOther).toBe(cached)
})
