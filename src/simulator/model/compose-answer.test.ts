import { expect, test } from 'vitest'
import type { AnswerPart } from '../answer.ts'
import type { JsonObject } from '../json.ts'
import { readChatRequest } from '../openai-chat/read.ts'
import { composeAnswers } from './compose-answers.ts'

function parts(body: JsonObject, seed = 1): readonly AnswerPart[] {
  return composeAnswers(readChatRequest(body), seed)[0]!.parts
}

function said(user: string, more: JsonObject = {}): string {
  const system = typeof more.system === 'string' ? [{ role: 'system', content: more.system }] : []
  return parts({ ...more, messages: [...system, { role: 'user', content: user }] })
    .map((part) => ('text' in part ? part.text : `${part.name} ${part.input}`))
    .join('; ')
}

const triage = {
  type: 'json_schema',
  json_schema: {
    name: 'triage',
    schema: {
      type: 'object',
      properties: {
        category: { enum: ['billing', 'delivery', 'account', 'other'] },
        priority: { enum: ['low', 'medium', 'high', 'critical'] },
        summary: { type: 'string' },
        requires_escalation: { type: 'boolean' },
      },
      required: ['category', 'priority', 'summary', 'requires_escalation'],
    },
  },
}

test('says the same for the same seed, and something of its own for another', () => {
  const asked = 'How do I keep bees in a small garden?'
  expect(said(asked)).toBe(said(asked))
  const answers = new Set(
    Array.from({ length: 12 }, (_, seed) =>
      JSON.stringify(parts({ messages: [{ role: 'user', content: asked }] }, seed)),
    ),
  )
  expect(answers.size).toBeGreaterThan(3)
})

test('talks about what the user talks about', () => {
  expect(said('Where is my order 4411?')).toContain('your order 4411')
})

test('does what is simple', () => {
  expect(said('What is 12 * 30?')).toBe('12 * 30 is 360.')
  expect(said('Reply with exactly "pong".')).toBe('pong')
  expect(said('Write 200 words about the sea').split(' ')).toHaveLength(200)
  expect(said('Summarize in one sentence: The pump failed. It was replaced on Monday.')).toBe('The pump failed.')
})

test('chooses the labels that the ticket speaks for', () => {
  const ticket =
    'Classify the support ticket as billing, delivery, account or other.\n\nI was charged twice! Refund me or I call my lawyer.'
  expect(JSON.parse(said(ticket, { response_format: triage }))).toMatchObject({
    category: 'billing',
    requires_escalation: true,
  })
  const late = 'Classify the support ticket.\n\nMy parcel has not arrived yet.'
  expect(JSON.parse(said(late, { response_format: triage }))).toMatchObject({
    category: 'delivery',
    requires_escalation: false,
  })
})

test('writes the JSON that the instructions describe', () => {
  const system = `Reply only with JSON:
{
  "category": "billing | delivery | other", // pick one
  "priority": string, // low | medium | high
  "tags": ["string"],
  "mood": { "label": "happy" | "angry", "score": 0.5 },
  "order": string | null
}`
  const reply = JSON.parse(said('My parcel is lost and I am angry', { system }))
  expect(reply).toEqual({
    category: 'delivery',
    priority: 'high',
    tags: [expect.any(String)],
    mood: { label: 'angry', score: expect.any(Number) },
    order: null,
  })
})

test('keeps to a range that the shape describes', () => {
  const system = 'Judge the answer. Respond with JSON {"verdict": "pass" | "fail", "reasoning": string, "score": 1-5}'
  const { score } = JSON.parse(said('Question: what is 2+2? Answer: 4', { system }))
  expect([1, 2, 3, 4, 5]).toContain(score)
})

test('writes prose where braces describe nothing', () => {
  const system = 'Return the result of the template {name} as text.'
  expect(said('Hello there, how is the weather in Rome?', { system })).not.toMatch(/^\{/)
})

const tools = [
  {
    type: 'function',
    function: {
      name: 'lookup_order',
      description: 'Find an order by its id',
      parameters: {
        type: 'object',
        properties: { order_id: { type: 'string' }, limit: { type: 'integer' } },
        required: ['order_id'],
      },
    },
  },
  {
    type: 'function',
    function: {
      name: 'send_email',
      description: 'Send a message to a customer',
      parameters: { type: 'object', properties: { to: { type: 'string' } }, required: ['to'] },
    },
  },
]

test('calls the likeliest tool with what the message says', () => {
  expect(said('Where is my order 4411?', { tools })).toBe('lookup_order {"order_id":"4411"}')
})

test('calls two tools where both clearly match, unless parallel calls are off', () => {
  const asked = 'Look up order 4411 and email ann@example.com'
  expect(said(asked, { tools })).toBe('lookup_order {"order_id":"4411"}; send_email {"to":"ann@example.com"}')
  expect(said(asked, { tools, parallel_tool_calls: false })).toBe('lookup_order {"order_id":"4411"}')
})

test('calls no tool where none matches or none is wanted, and one where it must', () => {
  expect(said('Good morning!', { tools })).toMatch(/^Hello/)
  expect(said('Where is my order 4411?', { tools, tool_choice: 'none' })).not.toContain('lookup_order')
  expect(said('Good morning!', { tools, tool_choice: 'required' })).toContain('lookup_order')
  const named = { type: 'function', function: { name: 'send_email' } }
  expect(said('Where is my order 4411?', { tools, tool_choice: named })).toContain('send_email')
})

test('ends the turn with what the tools returned', () => {
  const call = { id: 'a', type: 'function', function: { name: 'lookup_order', arguments: '{}' } }
  const messages = [
    { role: 'user', content: 'Where is my order 4411?' },
    { role: 'assistant', tool_calls: [call] },
    { role: 'tool', tool_call_id: 'a', content: '{"status":"shipped","eta":"2026-12-01"}' },
  ]
  expect(parts({ tools, messages })).toEqual([
    { type: 'text', text: 'From lookup order: status is shipped, eta is 2026-12-01.' },
  ])
})

const sources = `Answer only from the sources, and cite them like [1]. If they do not say, reply "I don't know."

[Source 1]: Refunds are issued within 5 working days. Gift cards cannot be refunded.
[Source 2: Shipping]
Standard shipping takes 3 days. Express shipping takes one day.

Question: `

test('answers with what stands below a heading, and not with the heading', () => {
  const tagged = '<source id="a">\n# Warranty\n\nThe warranty of the battery is two years.\n</source>'
  expect(said('How long is the warranty?', { system: `Cite your sources.\n${tagged}` })).toBe(
    'The warranty of the battery is two years. [a]',
  )
})

test('answers from the sources, with a citation', () => {
  expect(said(`${sources}How long does express shipping take?`)).toBe('Express shipping takes one day. [2]')
  const tagged = '<source id="a">We ship worldwide.</source>\n<source id="b">Refunds take 5 days.</source>'
  expect(said('How long do refunds take?', { system: `Cite your sources.\n${tagged}` })).toBe(
    'Refunds take 5 days. [b]',
  )
})

test('says that it does not know, in the words of the prompt', () => {
  expect(said(`${sources}Who founded the company?`)).toBe("I don't know.")
})
