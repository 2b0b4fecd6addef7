import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { ProviderReply } from '../core/provider.ts'
import { frame } from '../wire/bedrock-converse/answers.suite.ts'
import { bedrockConverse } from '../wire/bedrock-converse/index.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import type { Exchange, ExchangePart } from './exchange.ts'
import { readStream } from './read-stream.ts'

const word = 'data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n'
const stop = 'data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
const usage = 'data: {"id":"c","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\n'
const done = 'data: [DONE]\n\n'

/** An answer that comes in these reads of the socket, and then stays open, ends, or breaks. */
function exchange(
  reads: readonly string[],
  after: 'silence' | 'end' | Error,
): Exchange & { readonly released: boolean } {
  const parts: ExchangePart[] = reads.map((read) => ({ type: 'data', bytes: Buffer.from(read) }))
  const given = {
    released: false,
    next: async (): Promise<ExchangePart> => {
      const part = parts.shift()
      if (part) return part
      if (after instanceof Error) throw after
      return after === 'end' ? { type: 'end' } : new Promise(() => undefined)
    },
    release: () => {
      given.released = true
    },
    close: () => undefined,
  }
  return given
}

async function read(from: Exchange, passes = false): Promise<{ reply: ProviderReply; passed: string }> {
  const parts = readStream(from, {
    codec: openaiChat,
    context: { target: 'openai/m', quirks: {} },
    passes,
    withholdsUsage: false,
  })
  let passed = ''
  for (;;) {
    const step = await parts.next()
    if (step.done) return { reply: step.value, passed }
    if (step.value.type === 'frames') passed += Buffer.from(step.value.bytes).toString('utf8')
  }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it.each([
  ['all at once', [word + stop + usage + done]],
  ['with its end alone', [word, stop, usage, done]],
])('an answer that comes %s leaves no timer behind', async (_, reads) => {
  const from = exchange(reads, 'silence')
  expect((await read(from)).reply.usage?.outputText).toBe(2)
  expect(from.released).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
})

it('waits half a second for the usage of an answer that is complete, and no longer', async () => {
  const reading = read(exchange([word, stop], 'silence'))
  await vi.advanceTimersByTimeAsync(499)
  expect(vi.getTimerCount()).toBe(1)
  await vi.advanceTimersByTimeAsync(1)
  expect((await reading).reply.usage).toBeNull()
  expect(vi.getTimerCount()).toBe(0)
})

it.each(['end', new Error('reset')] as const)(
  'an answer that is complete is whole whatever follows: %s',
  async (after) => {
    expect((await read(exchange([word, stop, usage], after))).reply.usage?.outputText).toBe(2)
    expect(vi.getTimerCount()).toBe(0)
  },
)

it('passes on nothing that comes after the end, though it came with it', async () => {
  expect((await read(exchange([word + stop + done + done + word], 'end'), true)).passed).toBe(word + stop + done)
})

it('passes frames on without the byte order mark that they begin with', async () => {
  const { passed } = await read(exchange([`\ufeff${word}`, stop, done], 'end'), true)
  expect(passed).toBe(word + stop + done)
})

it('takes an answer that is whole from the read that brings garbage after it, and none that is not', async () => {
  const garbage = Buffer.alloc(20, 7)
  const stopped = frame('messageStop', { stopReason: 'end_turn' })
  const told = frame('metadata', { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } })
  const context = { target: 'bedrock/m', quirks: {} }
  const answer = async (...frames: readonly Uint8Array[]) => {
    const from = exchange([], 'end')
    let isRead = false
    const next = async (): Promise<ExchangePart> => {
      if (isRead) return { type: 'end' }
      isRead = true
      return { type: 'data', bytes: Buffer.concat(frames) }
    }
    const options = { codec: bedrockConverse, context, passes: false, withholdsUsage: false }
    const parts = readStream({ ...from, next }, options)
    for (;;) {
      const step = await parts.next()
      if (step.done) return step.value
    }
  }
  const start = frame('messageStart', { role: 'assistant' })
  expect((await answer(start, stopped, told, garbage)).usage?.outputText).toBe(2)
  await expect(answer(start, garbage)).rejects.toThrow(/begin no event-stream message/)
})
