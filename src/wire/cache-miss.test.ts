import { expect, it } from 'vitest'
import type { JsonObject } from '../core/json.ts'
import { anthropicMessages } from './anthropic-messages/index.ts'
import { openaiResponses } from './openai-responses/index.ts'
import { readSse } from './sse.ts'

const context = { target: 'a/b', quirks: {} }
const miss = { type: 'tools_changed', cache_missed_input_tokens: 12_000 }
const message = (diagnostics: JsonObject | null) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'b',
  content: [],
  stop_reason: 'end_turn',
  diagnostics,
  usage: { input_tokens: 1, output_tokens: 1 },
})
const response = (prompt_cache_diagnostics: JsonObject) => ({
  id: 'resp_1',
  object: 'response',
  status: 'completed',
  model: 'b',
  output: [],
  prompt_cache_diagnostics,
  usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
})
const streamed = (codec: typeof anthropicMessages | typeof openaiResponses, events: readonly { type: string }[]) => {
  const reader = readSse(context.target)
  const decoder = codec.decodeStream(context)
  const text = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
  for (const event of reader.push(new TextEncoder().encode(text))) decoder.push(event)
  return decoder.finish()
}

it('tells why Anthropic did not read its prompt cache, whole and in a stream', () => {
  const told = { reason: 'tools_changed', missedTokens: 12_000 }
  const missed = message({ cache_miss_reason: miss })
  expect(anthropicMessages.decodeReply(missed, context).cacheMiss).toEqual(told)
  expect(
    anthropicMessages.decodeReply(message({ cache_miss_reason: { type: 'unavailable' } }), context).cacheMiss,
  ).toEqual({ reason: 'unavailable' })
  for (const nothing of [null, { cache_miss_reason: null }]) {
    expect('cacheMiss' in anthropicMessages.decodeReply(message(nothing), context)).toBe(false)
  }
  const events = [{ type: 'message_start', message: missed }, { type: 'message_stop' }]
  expect(streamed(anthropicMessages, events).cacheMiss).toEqual(told)
})

it('tells why OpenAI did not read its prompt cache, whole and in a stream', () => {
  const told = { reason: 'input_changed', missedTokens: 7 }
  const missed = response({ type: 'cache_miss', reason: 'input_changed', cache_missed_tokens: 7 })
  expect(openaiResponses.decodeReply(missed, context).cacheMiss).toEqual(told)
  expect('cacheMiss' in openaiResponses.decodeReply(response({ type: 'cache_hit' }), context)).toBe(false)
  expect(streamed(openaiResponses, [{ type: 'response.completed', ...{ response: missed } }]).cacheMiss).toEqual(told)
})
