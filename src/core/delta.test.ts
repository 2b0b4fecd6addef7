import { expect, it } from 'vitest'
import { type Delta, isContent, type ProviderPart } from './delta.ts'
import type { Block } from './message.ts'

const text: Delta = { type: 'text-delta', index: 0, text: 'Hi' }
const start = (block: Block): Delta => ({ type: 'block-start', index: 0, block })
const bytes = new Uint8Array()

const content: readonly ProviderPart[] = [
  text,
  { type: 'refusal-delta', index: 0, text: 'No' },
  { type: 'thinking-delta', index: 0, text: 'Hm' },
  { type: 'tool-input-delta', index: 0, json: '{' },
  start({ type: 'tool-call', id: '1', name: 'search', input: '' }),
  start({ type: 'thinking', text: '', dialect: 'anthropic-messages' }),
  { type: 'frames', bytes, deltas: [start({ type: 'text', text: '' }), text] },
]
const none: readonly ProviderPart[] = [
  { type: 'connected' },
  { type: 'answered', status: 200 },
  start({ type: 'text', text: '' }),
  { type: 'text-delta', index: 0, text: '' },
  { type: 'tool-input-delta', index: 0, json: '' },
  { type: 'block-end', index: 0 },
  { type: 'restart', reason: 'broken' },
  { type: 'frames', bytes, deltas: [] },
  { type: 'frames', bytes, deltas: [start({ type: 'text', text: '' })] },
]

it.each(content.map((part) => [part]))('takes %j for content', (part) => {
  expect(isContent(part)).toBe(true)
})

it.each(none.map((part) => [part]))('does not take %j for content', (part) => {
  expect(isContent(part)).toBe(false)
})
