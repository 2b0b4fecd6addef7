import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { type SimulatorOptions, startSimulator } from '../index.ts'
import { leastKeptTokens } from './least-kept.ts'

const system = 'You are careful. '.repeat(700)

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
  return { simulator, client, ask, [Symbol.asyncDispose]: () => simulator.close() }
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
  const first = await ask([system])
  const second = await ask([system, 'Four', 'Five six'])
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

/** Asks for an answer to so many blocks, the marked ones given by their place. */
async function askBlocks(client: Anthropic, texts: readonly string[], marked: readonly number[], model = 'sim-small') {
  const content = texts.map((text, index) => ({
    type: 'text' as const,
    text,
    ...(marked.includes(index) && { cache_control: { type: 'ephemeral' as const } }),
  }))
  const reply = await client.messages.create({ model, max_tokens: 50, messages: [{ role: 'user', content }] })
  return { read: reply.usage.cache_read_input_tokens, written: reply.usage.cache_creation_input_tokens }
}

test.each([
  ['claude-opus-5', 512],
  ['claude-opus-5-5', 1_024],
  ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 4_096],
  ['sim-small', 1_024],
])('neither writes nor reads what is shorter than %s keeps: %i tokens', async (model, least) => {
  expect(leastKeptTokens(model)).toBe(least)
  await using run = await withAnthropic()
  const words = (tokens: number) => 'word '.repeat(tokens)
  for (const _ of [1, 2])
    expect(await askBlocks(run.client, [words(least - 200), 'x'], [0], model)).toEqual({ read: 0, written: 0 })
  const enough = words(least + 200)
  const { written } = await askBlocks(run.client, [enough, 'x'], [0], model)
  expect(written).toBeGreaterThanOrEqual(least)
  expect(await askBlocks(run.client, [enough, 'x'], [0], model)).toEqual({ read: written, written: 0 })
})

test('finds from a mark what was written at most 19 blocks before it', async () => {
  await using run = await withAnthropic()
  const block = (index: number) => `Block ${index}`
  const grown = (count: number) => [system, ...Array.from({ length: count }, (_, index) => block(index))]
  const { written } = await askBlocks(run.client, [system], [0])
  expect((await askBlocks(run.client, grown(19), [19])).read).toBe(written)
  run.simulator.reset()
  await askBlocks(run.client, [system], [0])
  expect((await askBlocks(run.client, grown(20), [20])).read).toBe(0)
  // A second mark, at what was written, finds it.
  run.simulator.reset()
  await askBlocks(run.client, [system], [0])
  expect((await askBlocks(run.client, grown(20), [0, 20])).read).toBe(written)
})

test.each([
  ['must stand before every block', [{ ttl: '5m' }, { ttl: '1h' }], 'text'],
  ['Extra inputs are not permitted', [{}], 'thinking'],
] as const)('refuses marks with "%s"', async (message, marks, type) => {
  await using run = await withAnthropic()
  const body = {
    model: 'sim-small',
    max_tokens: 50,
    messages: [
      { role: 'user', content: 'Hello' },
      {
        role: 'assistant',
        content: marks.map((mark) => ({
          type,
          ...(type === 'text' ? { text: 'Hello' } : { thinking: 'Hm.', signature: 'x' }),
          cache_control: { type: 'ephemeral', ...mark },
        })),
      },
      { role: 'user', content: 'Go on' },
    ],
  } as unknown as Anthropic.MessageCreateParamsNonStreaming
  await expect(run.client.messages.create(body)).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining(message),
  })
})

test('counts the mark of a whole request as one of the four, unless it falls on a block that has one', async () => {
  await using run = await withAnthropic()
  const ask = (marked: readonly number[]) =>
    run.client.messages.create({
      model: 'sim-small',
      max_tokens: 50,
      cache_control: { type: 'ephemeral' },
      messages: [
        {
          role: 'user',
          content: Array.from({ length: 6 }, (_, index) => ({
            type: 'text' as const,
            text: `Block ${index}`,
            ...(marked.includes(index) && { cache_control: { type: 'ephemeral' as const } }),
          })),
        },
      ],
    })
  await expect(ask([0, 1, 2, 3])).rejects.toMatchObject({ status: 400, message: expect.stringContaining('Found 5') })
  await ask([0, 1, 2, 5])
})
