import { expect, it } from 'vitest'
import type { Block, Message } from '../../core/message.ts'
import { placesOf } from './places.ts'

const text: Block = { type: 'text', text: 'a' }
const call: Block = { type: 'tool-call', id: 'a', name: 'look', input: '{}' }
const result: Block = { type: 'tool-result', callId: 'a', content: [], isError: false }
const thinking: Block = { type: 'thinking', text: 'a', dialect: 'openai-chat' }

it('names messages and blocks as Chat Completions counts them', () => {
  const messages: readonly Message[] = [
    { role: 'system', content: [text] },
    { role: 'assistant', content: [thinking, text, text, { type: 'refusal', text: 'a' }, call, call] },
    { role: 'user', content: [result, result, text, text] },
    { role: 'assistant', content: [call] },
    { role: 'user', content: [result] },
    { role: 'user', content: [] },
    { role: 'user', content: [text] },
  ]
  const places = placesOf(messages)
  expect(
    places.map(({ message, block }, i) => [message, ...(messages[i]?.content ?? []).map((_, j) => block(j))]),
  ).toEqual([
    ['messages[0]', 'messages[0].content[0]'],
    [
      'messages[1]',
      'messages[1].reasoning_content',
      'messages[1].content[0]',
      'messages[1].content[1]',
      'messages[1].refusal',
      'messages[1].tool_calls[0]',
      'messages[1].tool_calls[1]',
    ],
    ['messages[4]', 'messages[2]', 'messages[3]', 'messages[4].content[0]', 'messages[4].content[1]'],
    ['messages[5]', 'messages[5].tool_calls[0]'],
    ['messages[7]', 'messages[6]'],
    ['messages[7]'],
    ['messages[8]', 'messages[8].content[0]'],
  ])
})
