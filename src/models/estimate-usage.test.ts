import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Block } from '../core/message.ts'
import type { ModelRequest } from '../core/request.ts'
import { inputTokens, outputTokens } from '../core/usage.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { estimateUsage } from './estimate-usage.ts'

const request = (content: readonly Block[], more: Partial<ModelRequest> = {}): ModelRequest => ({
  messages: [{ role: 'user', content }],
  stream: false,
  ...more,
})
const text = (words: string): Block => ({ type: 'text', text: words })

describe('estimateTokens', () => {
  it('counts by script', () => {
    expect(estimateTokens('')).toBe(0)
    expect(estimateTokens('The quick brown fox jumps over the lazy dog')).toBe(11)
    expect(estimateTokens('{"a":1}')).toBe(3)
    expect(estimateTokens('Привет, мир')).toBe(6)
    expect(estimateTokens('東京都')).toBe(3)
    expect(estimateTokens('🙂')).toBe(2)
  })

  it('is never zero for a text, and never less for a longer one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ unit: 'binary' }), (one, more) => {
        expect(estimateTokens(one)).toBeGreaterThan(0)
        expect(estimateTokens(one + more)).toBeGreaterThanOrEqual(estimateTokens(one))
      }),
    )
  })
})

describe('estimateUsage', () => {
  it('is flagged, and never zero for a request that says anything', () => {
    fc.assert(
      fc.property(fc.string(), (words) => {
        const usage = estimateUsage(request([text(words)]), [])
        expect(usage.source).toBe('estimated')
        expect(inputTokens(usage)).toBeGreaterThan(0)
        expect(outputTokens(usage)).toBe(0)
      }),
    )
  })

  it('counts what arrived, reasoning apart', () => {
    const usage = estimateUsage(request([text('hi')]), [
      { type: 'thinking', text: 'twelve chars', dialect: 'anthropic-messages' },
      text('four'),
      { type: 'tool-call', id: 'a', name: 'find', input: '{"q"' },
    ])
    expect(usage).toMatchObject({ outputReasoning: 3, outputText: 1 + 8 + 1 + 2 })
  })

  it('counts tools, schemas, tool results, images and documents', () => {
    const bare = inputTokens(estimateUsage(request([text('hi')]), []))
    const grows = (content: Block[], more?: Partial<ModelRequest>) =>
      inputTokens(estimateUsage(request([text('hi'), ...content], more), [])) - bare
    const image: Block = { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }
    expect(grows([], { tools: [{ name: 'find', inputSchema: { type: 'object' } }] })).toBeGreaterThan(8)
    expect(grows([], { output: { type: 'json', schema: { type: 'object' } } })).toBeGreaterThan(3)
    expect(grows([], { providerTools: [{ dialect: 'anthropic-messages', value: { type: 'x' } }] })).toBeGreaterThan(8)
    expect(grows([image])).toBe(1500)
    expect(grows([{ type: 'tool-result', callId: 'a', isError: false, content: [image, text('four')] }])).toBe(1509)
    expect(grows([{ type: 'opaque', dialect: 'openai-chat', value: { type: 'input_audio' } }])).toBeGreaterThan(3)
    const pdf = 'A'.repeat(200_000)
    expect(grows([{ type: 'document', source: { type: 'base64', mediaType: 'application/pdf', data: pdf } }])).toBe(
      6000,
    )
  })
})
