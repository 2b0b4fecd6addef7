import { describe, expect, it } from 'vitest'
import type { Block } from '../../core/message.ts'
import type { Reply } from '../../core/reply.ts'
import { noUsage } from '../../core/usage.ts'
import { gemini as codec } from './index.ts'

const context = { target: 'google/gemini', quirks: {} }
const candidate = (parts: readonly object[], more: object = {}) => ({
  content: { parts, role: 'model' },
  finishReason: 'STOP',
  index: 0,
  ...more,
})
const decode = (body: object) => codec.decodeReply(JSON.parse(JSON.stringify(body)), context)
const reply = (content: readonly Block[], change: Partial<Reply> = {}): Reply => ({
  id: 'r',
  model: 'm',
  content,
  text: '',
  ending: { type: 'completed', by: 'end' },
  rawStop: 'stop',
  usage: noUsage,
  source: 'provider',
  cost: { nanoUsd: 0, status: 'priced' },
  callId: 'call_1',
  losses: [],
  ...change,
})
const encode = (content: readonly Block[], change: Partial<Reply> = {}) =>
  codec.encodeReply(reply(content, change), { callId: 'call_1', model: 'fast', created: 0, includeUsage: true })

describe('decodeReply', () => {
  it('counts cached tokens, tools and thoughts once each', () => {
    const usageMetadata = {
      promptTokenCount: 100,
      cachedContentTokenCount: 60,
      toolUsePromptTokenCount: 7,
      candidatesTokenCount: 20,
      thoughtsTokenCount: 30,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 70 },
        { modality: 'AUDIO', tokenCount: 30 },
      ],
      cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 10 }],
    }
    expect(decode({ candidates: [candidate([{ text: 'Hi' }])], usageMetadata }).usage).toMatchObject({
      inputUncached: 27,
      audioIn: 20,
      cacheRead: 60,
      outputText: 20,
      outputReasoning: 30,
    })
  })

  it('keeps what is said of words beside them', () => {
    const groundingMetadata = { webSearchQueries: ['q'] }
    const citationMetadata = { citations: [{ uri: 'https://example.com' }] }
    const { content } = decode({
      candidates: [candidate([{ text: 'Hi', thoughtSignature: 'c2ln' }], { groundingMetadata, citationMetadata })],
    })
    expect(content?.[0]?.extras?.fields).toEqual({
      thoughtSignature: 'c2ln',
      citations: [{ uri: 'https://example.com' }],
      groundingMetadata: [groundingMetadata],
    })
  })

  it('takes a prompt that was blocked for a refusal', () => {
    expect(decode({ promptFeedback: { blockReason: 'SAFETY' } })).toMatchObject({
      content: [],
      ending: { type: 'refused', by: 'content-filter', details: { blockReason: 'SAFETY' } },
      rawStop: 'SAFETY',
    })
  })

  it.each([
    ['nothing', {}, 'without candidates'],
    ['no reason to end', { candidates: [candidate([], { finishReason: undefined })] }, 'without a finishReason'],
    ['parts that are none', { candidates: [{ content: { parts: 7 }, finishReason: 'STOP' }] }, 'no list'],
    ['a text that is none', { candidates: [candidate([{ text: 7 }])] }, 'wrong shape'],
  ])('refuses %s', (_, body, message) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ code: 'reply-unreadable' }))
    expect(() => decode(body)).toThrow(message)
  })
})

describe('encodeReply', () => {
  it('gives a call the id that its client must send back, and none that was made here', () => {
    const call = (id: string): Block => ({ type: 'tool-call', id, name: 'f', input: '{"a":1}' })
    expect(encode([call('toolu_1'), call('call_gemini_r_0')]).body.candidates).toMatchObject([
      {
        content: {
          parts: [
            { functionCall: { id: 'toolu_1', name: 'f', args: { a: 1 } } },
            { functionCall: { name: 'f', args: { a: 1 } } },
          ],
        },
      },
    ])
  })

  it('never passes a call off as whole whose arguments are not', () => {
    const content: Block[] = [{ type: 'tool-call', id: 'a', name: 'f', input: '{"a":' }]
    const whole = encode(content, { ending: { type: 'completed', by: 'tool-calls' } })
    expect(whole.body.candidates).toMatchObject([{ content: { parts: [] }, finishReason: 'MALFORMED_FUNCTION_CALL' }])
    const cut = encode(content, { ending: { type: 'truncated', by: 'max-tokens' } })
    expect(cut.body.candidates).toMatchObject([{ content: { parts: [] }, finishReason: 'MAX_TOKENS' }])
    for (const { losses } of [whole, cut]) expect(losses).toMatchObject([{ path: 'content[0]', effect: 'dropped' }])
  })

  it('says why the model declined', () => {
    const refused = encode([{ type: 'refusal', text: 'No.' }], { ending: { type: 'refused', by: 'model' } })
    expect(refused.body.candidates).toMatchObject([
      { content: { parts: [{ text: 'No.' }] }, finishReason: 'SAFETY', finishMessage: 'No.' },
    ])
  })
})
