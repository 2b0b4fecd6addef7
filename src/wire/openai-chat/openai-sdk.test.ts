import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import type { Delta } from '../../core/delta.ts'
import type { Reply } from '../../core/reply.ts'
import { noUsage } from '../../core/usage.ts'
import { InvalidRequest, StreamInterrupted } from '../../errors/index.ts'
import { openaiChat } from './index.ts'

const answer = { callId: '1', model: 'fast', created: 1_800_000_000, includeUsage: true }

/** The official SDK, given these bytes for its request. */
function clientOf(body: string, status = 200, type = 'text/event-stream'): OpenAI {
  const fetch = async () => new Response(body, { status, headers: { 'content-type': type } })
  return new OpenAI({ apiKey: 'test', baseURL: 'http://lab.invalid/v1', maxRetries: 0, fetch })
}
const request = {
  model: 'fast',
  messages: [{ role: 'user', content: 'hi' }],
} satisfies OpenAI.ChatCompletionCreateParams

const deltas: Delta[] = [
  { type: 'block-start', index: 0, block: { type: 'text', text: '' } },
  { type: 'text-delta', index: 0, text: 'Let me ' },
  { type: 'text-delta', index: 0, text: 'look.' },
  { type: 'block-end', index: 0 },
  { type: 'block-start', index: 1, block: { type: 'tool-call', id: 'a', name: 'f', input: '' } },
  { type: 'tool-input-delta', index: 1, json: '{"x":' },
  { type: 'block-start', index: 2, block: { type: 'tool-call', id: 'b', name: 'g', input: '' } },
  { type: 'tool-input-delta', index: 2, json: '{}' },
  { type: 'tool-input-delta', index: 1, json: '1}' },
  { type: 'block-end', index: 1 },
  { type: 'block-end', index: 2 },
]
const reply: Reply = {
  id: 'r',
  model: 'm',
  content: [{ type: 'text', text: 'Let me look.' }],
  text: 'Let me look.',
  ending: { type: 'completed', by: 'tool-calls' },
  rawStop: 'tool_use',
  usage: { ...noUsage, inputUncached: 3, outputText: 4 },
  source: 'provider',
  cost: { nanoUsd: 0, status: 'priced' },
  callId: '1',
  losses: [],
}
const written = (): { text: string; encoder: ReturnType<typeof openaiChat.encodeStream> } => {
  const encoder = openaiChat.encodeStream(answer)
  return { text: deltas.map((delta) => encoder.push(delta)).join(''), encoder }
}

describe('the official SDK', () => {
  it('puts our stream together', async () => {
    const { text, encoder } = written()
    const stream = clientOf(text + encoder.end(reply)).chat.completions.stream(request)
    const { choices, usage, id } = await stream.finalChatCompletion()
    expect(id).toBe('chatcmpl-1')
    expect(choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: 'Let me look.',
        tool_calls: [
          { id: 'a', function: { name: 'f', arguments: '{"x":1}' } },
          { id: 'b', function: { name: 'g', arguments: '{}' } },
        ],
      },
    })
    expect(usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 })
  })

  it('throws on the failure of a stream, raw and with its helper', async () => {
    const { text, encoder } = written()
    const broken = text + encoder.fail(new StreamInterrupted('lab/model', 'it fell silent'))
    const raw = async () => {
      for await (const _ of await clientOf(broken).chat.completions.create({ ...request, stream: true }));
    }
    await expect(raw()).rejects.toMatchObject({ code: 'stream-interrupted', type: 'server_error' })
    const helper = clientOf(broken).chat.completions.stream(request)
    await expect(helper.finalChatCompletion()).rejects.toThrow(/it fell silent/)
  })

  it('reads our reply', async () => {
    const { body } = openaiChat.encodeReply({ ...reply, ending: { type: 'completed', by: 'end' } }, answer)
    const read = await clientOf(JSON.stringify(body), 200, 'application/json').chat.completions.create(request)
    expect(read.choices[0]?.message.content).toBe('Let me look.')
  })

  it('reads our error', async () => {
    const body = JSON.stringify(openaiChat.encodeError(new InvalidRequest('messages', 'none.'), '1'))
    const asked = clientOf(body, 400, 'application/json').chat.completions.create(request)
    await expect(asked).rejects.toMatchObject({
      status: 400,
      param: 'messages',
      code: 'invalid-request',
      type: 'invalid_request_error',
    })
  })
})
