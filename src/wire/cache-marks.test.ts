import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../core/json.ts'
import type { Block, CacheMark } from '../core/message.ts'
import type { ModelRequest } from '../core/request.ts'
import { requests } from './anthropic-messages/arbitraries.suite.ts'
import { anthropicMessages } from './anthropic-messages/index.ts'
import { gemini } from './gemini/index.ts'
import { marked, markings } from './marks.suite.ts'
import { openaiChat } from './openai-chat/index.ts'
import { openaiResponses } from './openai-responses/index.ts'

const text = (words: string, cache?: CacheMark): Block => ({ type: 'text', text: words, ...(cache && { cache }) })
const said = (content: readonly Block[], more: Partial<ModelRequest> = {}): ModelRequest => ({
  messages: [{ role: 'user', content }],
  maxOutputTokens: 9,
  stream: false,
  ...more,
})
const toAnthropic = (request: ModelRequest) => anthropicMessages.encodeRequest(request, 'm', {}, 'anthropic-messages')

interface Found {
  readonly path: string
  readonly block: Readonly<Record<string, JsonValue | undefined>>
}

function marksIn(value: JsonValue | undefined, path = '', found: Found[] = []): readonly Found[] {
  if (typeof value !== 'object' || value === null) return found
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) marksIn(item, `${path}[${index}]`, found)
    return found
  }
  const block = value as Found['block']
  for (const [key, field] of Object.entries(block)) if (key !== 'input') marksIn(field, `${path}.${key}`, found)
  const mark = block.cache_control as { readonly type?: string } | undefined
  if (mark?.type === 'ephemeral') found.push({ path, block })
  return found
}

describe('Anthropic', () => {
  it('gets no more than four marks, none on thinking or on empty text, and none that outlives one before it', () => {
    fc.assert(
      fc.property(requests, markings({ ttl: '5m' }, { ttl: '1h' }, 12), fc.boolean(), (request, marking, marksEnd) => {
        const full = marked({ ...request, extensions: {} }, marking, () => true)
        const asked = { ...full, ...(marksEnd && { cache: { ttl: '12h' as const } }) }
        const found = marksIn(toAnthropic(asked).body)
        expect(found.length).toBeLessThanOrEqual(4)
        for (const { block } of found) {
          expect(String(block.type)).not.toMatch(/thinking/)
          if (block.type === 'text') expect(String(block.text).trim()).not.toBe('')
        }
        const { tools = [], system = [], messages, ...settings } = toAnthropic(asked).body
        const lives = marksIn([tools, system, messages, settings as JsonValue] as JsonValue).map(
          ({ block }) => (block.cache_control as { ttl?: string }).ttl,
        )
        expect(lives.lastIndexOf('1h')).toBeLessThan(lives.includes('5m') ? lives.indexOf('5m') : lives.length)
      }),
      { numRuns: 300 },
    )
  })

  it('keeps the end of what is the same in every call, and what is nearest to the end', () => {
    const { body, losses } = toAnthropic({
      ...said(['a', 'b', 'c', 'd'].map((words) => text(words, {}))),
      tools: [{ name: 'f', inputSchema: {}, cache: {} }],
    })
    expect(marksIn(body).map(({ path }) => path)).toEqual([
      '.messages[0].content[1]',
      '.messages[0].content[2]',
      '.messages[0].content[3]',
      '.tools[0]',
    ])
    expect(losses).toEqual([
      {
        path: 'messages[0].content[0].cache_control',
        effect: 'dropped',
        detail: 'It takes 4 marks a request, and 5 were set.',
      },
    ])
  })

  it('gets the mark of what is left out on what stands before it', () => {
    const thinking: Block = { type: 'thinking', text: 't', dialect: 'gemini', cache: {} }
    const { body, losses } = toAnthropic({
      ...said([text('a'), text(' ', {})]),
      messages: [
        { role: 'user', content: [text('a'), text('', { ttl: '1h' })] },
        { role: 'assistant', content: [text('b'), thinking] },
        { role: 'user', content: [text('c')] },
      ],
    })
    expect(body.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '1h' } }] },
      { role: 'assistant', content: [{ type: 'text', text: 'b', cache_control: { type: 'ephemeral' } }] },
      { role: 'user', content: 'c' },
    ])
    expect(losses.map(({ path }) => path)).toEqual(['messages[1].content[1]'])
  })

  it('gets the nearest lifetime that costs no more, and says so', () => {
    const { body, losses } = anthropicMessages.encodeRequest(
      openaiChat.decodeRequest({
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } },
              { type: 'text', text: 'b', prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' } },
              { type: 'text', text: 'c', prompt_cache_breakpoint: { mode: 'explicit' } },
            ],
          },
        ],
        max_completion_tokens: 9,
      }),
      'm',
      {},
      'openai-chat',
    )
    const [{ content }] = body.messages as unknown as [{ content: { cache_control: object }[] }]
    expect(content.map(({ cache_control }) => cache_control)).toEqual([
      { type: 'ephemeral', ttl: '1h' },
      { type: 'ephemeral', ttl: '5m' },
      { type: 'ephemeral' },
    ])
    expect(losses.map(({ path, effect }) => `${effect} ${path}`)).toEqual([
      'approximated messages[0].content[0].prompt_cache_breakpoint',
      'approximated messages[0].content[1].prompt_cache_breakpoint',
    ])
  })

  it('gets the mark of the whole prompt as it was given, with all that was said of it', () => {
    const body = {
      model: 'm',
      max_tokens: 9,
      messages: [{ role: 'user', content: 'Hello.' }],
      cache_control: { type: 'ephemeral', ttl: '1h', x_new: 1 },
    }
    const request = anthropicMessages.decodeRequest(body)
    expect(request.cache).toEqual({ ttl: '1h' })
    expect(toAnthropic(request)).toEqual({ body, losses: [] })
  })
})

describe('OpenAI', () => {
  const request = anthropicMessages.decodeRequest({
    max_tokens: 99,
    system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
    tools: [{ name: 'f', input_schema: { type: 'object' }, cache_control: { type: 'ephemeral' } }],
    messages: [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: {} }] },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 't', content: 'r', cache_control: { type: 'ephemeral' } }],
      },
    ],
  })
  const breakpoint = { prompt_cache_breakpoint: { mode: 'explicit' } }

  it('gets breakpoints in both of its dialects where the model takes them', () => {
    const chat = openaiChat.encodeRequest(request, 'm', { promptCache: 'marked' }, 'anthropic-messages')
    expect(chat.body.messages).toMatchObject([
      { role: 'system', content: [{ type: 'text', text: 'Be brief.', ...breakpoint }] },
      { role: 'user', content: 'a' },
      { role: 'assistant' },
      { role: 'tool', content: [{ type: 'text', text: 'r', ...breakpoint }] },
    ])
    const responses = openaiResponses.encodeRequest(request, 'm', { promptCache: 'marked' }, 'anthropic-messages')
    expect(responses.body.instructions).toBeUndefined()
    expect(responses.body.input).toMatchObject([
      { role: 'system', content: [{ type: 'input_text', text: 'Be brief.', ...breakpoint }] },
      { role: 'user', content: 'a' },
      { type: 'function_call' },
      { type: 'function_call_output', output: [{ type: 'input_text', text: 'r', ...breakpoint }] },
    ])
    const told = [{ path: 'system[0].cache_control', effect: 'approximated' }]
    expect(chat.losses).toMatchObject(told)
    expect(responses.losses).toMatchObject(told)
  })

  it('gets none where the model keeps prompts without them, and loses the lifetime alone', () => {
    for (const codec of [openaiChat, openaiResponses]) {
      const { body, losses } = codec.encodeRequest(request, 'm', {}, 'anthropic-messages')
      expect(JSON.stringify(body)).not.toMatch(/prompt_cache|ephemeral/)
      expect(losses.map(({ path }) => path)).toEqual(['system[0].cache_control'])
    }
  })

  it('says in one dialect what it was told of the prompt cache in the other', () => {
    const content = [{ type: 'text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } }]
    const options = { prompt_cache_key: 'k', prompt_cache_options: { mode: 'explicit', ttl: '30m' } }
    const chat = openaiChat.decodeRequest({ messages: [{ role: 'user', content }], ...options })
    const { body, losses } = openaiResponses.encodeRequest(chat, 'm', { promptCache: 'marked' }, 'openai-chat')
    expect(losses).toEqual([])
    expect(body).toMatchObject({ input: [{ content: [{ ...content[0], type: 'input_text' }] }], ...options })
    const back = openaiChat.encodeRequest(
      openaiResponses.decodeRequest(JSON.parse(JSON.stringify(body))),
      'm',
      { promptCache: 'marked' },
      'openai-responses',
    )
    expect(back.body).toMatchObject({ messages: [{ content }], ...options })
  })
})

describe('Gemini', () => {
  it('keeps prompts by itself: marks are left out, and a lifetime is told', () => {
    const { body, losses } = gemini.encodeRequest(
      said([text('a', {}), text('b', { ttl: '1h' })]),
      'gemini-3.8-flash',
      {},
      'anthropic-messages',
    )
    expect(JSON.stringify(body)).not.toContain('cache')
    expect(losses.map(({ path }) => path)).toEqual(['messages[0].content[1].cache_control'])
  })
})
