import { describe, expect, it } from 'vitest'
import { type ClientDialect, clientDialects } from '../../src/core/dialect.ts'
import type { ModelRequest } from '../../src/core/request.ts'
import { bedrockConverse } from '../../src/wire/bedrock-converse/index.ts'
import { codecs } from '../../src/wire/codecs.ts'
import { asks, type Json, refusedField, translate } from './translate.ts'

/** Two turns, each with calls of these ids, and what they are answered: as hosts write it that count anew in each turn. */
const twoTurns: Readonly<Record<ClientDialect, (ids: readonly string[]) => Json>> = {
  'openai-chat': (ids) => {
    const turn = (words: string) => [
      { role: 'user', content: words },
      {
        role: 'assistant',
        content: null,
        tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'look', arguments: '{}' } })),
      },
      ...ids.map((id, i) => ({ role: 'tool', tool_call_id: id, content: `${words} ${i}` })),
    ]
    return asks['openai-chat']({ messages: [...turn('one'), ...turn('two')] })
  },
  'openai-responses': (ids) => {
    const turn = (words: string) => [
      { role: 'user', content: words },
      ...ids.map((id) => ({ type: 'function_call', call_id: id, name: 'look', arguments: '{}' })),
      ...ids.map((id, i) => ({ type: 'function_call_output', call_id: id, output: `${words} ${i}` })),
    ]
    return asks['openai-responses']({ input: [...turn('one'), ...turn('two')] })
  },
  'anthropic-messages': (ids) => {
    const turn = (words: string) => [
      { role: 'assistant', content: ids.map((id) => ({ type: 'tool_use', id, name: 'look', input: {} })) },
      {
        role: 'user',
        content: ids.map((id, i) => ({ type: 'tool_result', tool_use_id: id, content: `${words} ${i}` })),
      },
    ]
    return asks['anthropic-messages']({ messages: [{ role: 'user', content: 'Hi' }, ...turn('one'), ...turn('two')] })
  },
  gemini: (ids) => {
    const turn = (words: string) => [
      { role: 'user', parts: [{ text: words }] },
      { role: 'model', parts: ids.map((id) => ({ functionCall: { id, name: 'look', args: {} } })) },
      {
        role: 'user',
        parts: ids.map((id, i) => ({ functionResponse: { id, name: 'look', response: { output: `${words} ${i}` } } })),
      },
    ]
    return asks.gemini({ contents: [...turn('one'), ...turn('two')] })
  },
}

/** Each call's id with what answered it, in a body of the Messages API. */
function pairs({ messages }: Json): readonly string[] {
  const blocks = messages.flatMap(({ content }: Json) => (typeof content === 'string' ? [] : content))
  const calls = blocks.filter(({ type }: Json) => type === 'tool_use').map(({ id }: Json) => id)
  return calls.map(
    (id: string) => `${id}: ${blocks.find(({ tool_use_id }: Json) => tool_use_id === id)?.content ?? 'nothing'}`,
  )
}

describe.each(clientDialects)('ids of tool calls that come again in a later turn of %s', (from) => {
  it.each(clientDialects)('are unique for %s, each result with its call, and nothing is lost', (to) => {
    const { sent, losses } = translate({ from, to }, twoTurns[from](['call_0', 'call_1']))
    const back = translate({ from: to, to: 'anthropic-messages' }, to === 'gemini' ? sent : { model: 'm', ...sent })
    expect(pairs(back.sent)).toEqual(['call_0: one 0', 'call_1: one 1', 'call_0_2: two 0', 'call_1_2: two 1'])
    expect(losses).toEqual([])
  })

  it('are refused by name where a turn has one twice', () => {
    expect(refusedField({ from, to: 'anthropic-messages' }, twoTurns[from](['same', 'same']))).toBe(
      {
        'openai-chat': 'messages[1].tool_calls[1].id',
        'openai-responses': 'input[2].call_id',
        'anthropic-messages': 'messages[1].content[1].id',
        gemini: 'contents[1].parts[1].functionCall.id',
      }[from],
    )
  })
})

it('a conversation that grows keeps the names that its calls were given', () => {
  const messages = twoTurns['openai-chat'](['a', 'a_2']).messages
  const route = { from: 'openai-chat', to: 'anthropic-messages' } as const
  const whole = translate(route, asks['openai-chat']({ messages }))
  const begun = translate(route, asks['openai-chat']({ messages: messages.slice(0, 4) }))
  expect(whole.sent.messages.slice(0, 2)).toEqual(begun.sent.messages.slice(0, 2))
  expect(pairs(whole.sent)).toEqual(['a: one 0', 'a_2: one 1', 'a_3: two 0', 'a_2_2: two 1'])
})

it('a result belongs to the latest call of its id that has none', () => {
  const call = { role: 'assistant', tool_calls: [{ id: 'a', function: { name: 'look', arguments: '{}' } }] }
  const messages = [
    { role: 'user', content: 'Hi' },
    call,
    { role: 'user', content: 'Never mind. Again.' },
    call,
    { role: 'tool', tool_call_id: 'a', content: 'seen' },
  ]
  const { sent } = translate({ from: 'openai-chat', to: 'anthropic-messages' }, asks['openai-chat']({ messages }))
  expect(pairs(sent)).toEqual(['a: nothing', 'a_2: seen'])
})

it('calls that features made anew reach Bedrock under ids of their own', () => {
  const turn = [
    { role: 'assistant', content: [{ type: 'tool-call', id: 'call_0', name: 'look', input: '{}' }] },
    {
      role: 'user',
      content: [{ type: 'tool-result', callId: 'call_0', content: [{ type: 'text', text: 'r' }], isError: false }],
    },
  ] as const
  const request: ModelRequest = {
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }, ...turn, ...turn],
    stream: false,
  }
  const sent = JSON.stringify(bedrockConverse.encodeRequest(request, 'm', {}).body)
  expect([...sent.matchAll(/"toolUseId":"(\w+)"/g)].map(([, id]) => id)).toEqual([
    'call_0',
    'call_0',
    'call_0_2',
    'call_0_2',
  ])
})

describe.each(clientDialects.filter((to) => to !== 'openai-chat'))('a call of a custom tool, for %s,', (to) => {
  const custom = { id: 'c', type: 'custom', custom: { name: 'grep', input: 'x' } }
  const plain = { id: 'f', type: 'function', function: { name: 'look', arguments: '{}' } }
  const messages = (...calls: Json[]) => [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'I look.', tool_calls: calls },
    ...calls.map(({ id }: Json) => ({ role: 'tool', tool_call_id: id, content: `found by ${id}` })),
    { role: 'user', content: 'And?' },
  ]

  it('is left out with its result, and both are named', () => {
    const ask = asks['openai-chat']({ messages: messages(custom, plain) })
    const { sent, losses } = translate({ from: 'openai-chat', to }, ask)
    expect(JSON.stringify(sent)).not.toMatch(/grep|found by c/)
    expect(JSON.stringify(sent)).toContain('found by f')
    expect(losses).toEqual(['messages[1].content[1];dropped', 'messages[2].content[0];dropped'])
  })
})

it('a call of a custom tool and its result go back to Chat Completions as they came', () => {
  const messages = [
    { role: 'user', content: 'Hi' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'grep', input: 'x' } }],
    },
    { role: 'tool', tool_call_id: 'c', content: 'found' },
    { role: 'user', content: 'And?' },
  ]
  const request = codecs['openai-chat'].decodeRequest(asks['openai-chat']({ messages }))
  expect(codecs['openai-chat'].encodeRequest(request, 'm', {}, 'openai-chat').body.messages).toEqual(messages)
})
