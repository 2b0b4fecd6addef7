import { describe, expect, it } from 'vitest'
import { answerAs, asks, type Json, refusedField, translate } from './translate.ts'

const toAnthropic = { from: 'openai-chat', to: 'anthropic-messages' } as const
const toChat = { from: 'anthropic-messages', to: 'openai-chat' } as const
const chatCall = (id: string) => ({ id, type: 'function', function: { name: 'look', arguments: '{}' } })
const chatTurns = (id: string, ...after: Json[]) => [
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: null, tool_calls: [chatCall(id)] },
  { role: 'tool', tool_call_id: id, content: 'seen' },
  ...after,
]
const use = (id: string) => ({ type: 'tool_use', id, name: 'look', input: {} })
const result = (id: string, content: Json = 'seen') => ({ type: 'tool_result', tool_use_id: id, content })
const turns = (...user: Json[]) => [
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: [use('a'), use('b')] },
  ...user.map((content) => ({ role: 'user', content })),
]

describe('ids of tool calls', () => {
  it('that Anthropic would refuse are written so that it takes them, alike on both sides', () => {
    const { sent, losses } = translate(toAnthropic, asks['openai-chat']({ messages: chatTurns('functions.look:0') }))
    const id = sent.messages[1].content[0].id
    expect(id).toMatch(/^functions_look_0_[0-9a-f]{10}$/)
    expect(sent.messages[2].content[0].tool_use_id).toBe(id)
    expect(losses).toEqual([])
  })

  it.each([
    ['openai-chat', 40],
    ['openai-responses', 64],
  ] as const)('that are too long for %s are at most %d characters, and still different', (to, most) => {
    const long = ['x', 'y'].map((end) => 'toolu_'.padEnd(70, '0') + end)
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: long.map(use) },
      { role: 'user', content: long.map((id) => result(id)) },
    ]
    const { sent } = translate({ from: 'anthropic-messages', to }, asks['anthropic-messages']({ messages }))
    const ids = [...JSON.stringify(sent).matchAll(/"(?:id|call_id|tool_call_id)":"([^"]*)"/g)].map(([, id]) => id!)
    expect(ids).toHaveLength(4)
    for (const id of ids) expect(id.length).toBeLessThanOrEqual(most)
    expect(new Set(ids).size).toBe(2)
  })
})

describe('what tools answered', () => {
  it('stands right behind the calls in Chat Completions, in however many messages it came', () => {
    const { sent, losses } = translate(
      toChat,
      asks['anthropic-messages']({ messages: turns([result('a'), { type: 'text', text: 'And?' }], [result('b')]) }),
    )
    expect(sent.messages.map(({ role }: Json) => role)).toEqual(['user', 'assistant', 'tool', 'tool', 'user'])
    expect(losses).toEqual(['messages[3].content[0];approximated'])
  })

  it.each(['openai-chat', 'openai-responses', 'gemini'] as const)('keeps the words of search results for %s', (to) => {
    const found = {
      type: 'search_result',
      title: 'Tides',
      source: 'https://example.com/tides',
      content: [{ type: 'text', text: 'High at noon.' }],
    }
    const { sent, losses } = translate(
      { from: 'anthropic-messages', to },
      asks['anthropic-messages']({ messages: turns([result('a', [found]), result('b')]) }),
    )
    expect(JSON.stringify(sent)).toContain('Tides\\nhttps://example.com/tides\\n\\nHigh at noon.')
    expect(losses).toEqual(['messages[2].content[0].content[0];approximated'])
  })

  it('is refused by name where a call is answered twice', () => {
    const twice = chatTurns('a', { role: 'tool', tool_call_id: 'a', content: 'again' })
    expect(refusedField(toAnthropic, asks['openai-chat']({ messages: twice }))).toBe('messages[3].tool_call_id')
  })
})

it('functions without properties say so to OpenAI, which wants it', () => {
  const tools = [{ name: 'now', input_schema: { type: 'object' } }]
  const { sent } = translate(toChat, asks['anthropic-messages']({ tools }))
  expect(sent.tools[0].function.parameters).toEqual({ type: 'object', properties: {} })
})

it.each(['openai-chat', 'anthropic-messages'] as const)(
  'an answer whose calls %s cannot say asks its client for none',
  (to) => {
    const patch = { id: 'ap_1', type: 'apply_patch_call', call_id: 'c', status: 'completed', operation: {} }
    const body = { id: 'resp_1', object: 'response', status: 'completed', model: 'm', output: [patch] }
    const { sent, losses } = answerAs(to, 'openai-responses', body)
    expect(sent.stop_reason ?? sent.choices[0].finish_reason).toBe(to === 'openai-chat' ? 'stop' : 'end_turn')
    expect(losses).toEqual(['content[0];dropped'])
  },
)
