import { expect, it } from 'vitest'
import { codecs } from '../../src/wire/codecs.ts'
import { asks, type Json, translate } from './translate.ts'

const route = { from: 'gemini', to: 'anthropic-messages' } as const
const ask = (generationConfig: Json, fields: Json = {}) => asks.gemini({ generationConfig, ...fields })
const at = 'generationConfig.thinkingConfig'
const tools = [{ functionDeclarations: [{ name: 'look', parametersJsonSchema: { type: 'object' } }] }]

it.each([
  [
    'a budget below the least',
    { maxOutputTokens: 5000, thinkingConfig: { thinkingBudget: 512 } },
    1024,
    [`${at}.thinkingBudget;approximated`],
  ],
  [
    'a budget that fills the limit',
    { maxOutputTokens: 2000, thinkingConfig: { thinkingBudget: 4000 } },
    1999,
    [`${at}.thinkingBudget;approximated`],
  ],
  [
    'a limit without room for it',
    { maxOutputTokens: 1000, thinkingConfig: { thinkingBudget: 4000 } },
    undefined,
    [`${at}.thinkingBudget;dropped`],
  ],
])('asks Anthropic for what it takes of %s', (_, config, budget, lost) => {
  const { sent, losses } = translate(route, ask(config))
  expect(sent.thinking?.budget_tokens).toBe(budget)
  expect(losses).toEqual(lost)
})

it('gives way to a tool that is forced', () => {
  const toolConfig = { functionCallingConfig: { mode: 'ANY' } }
  const config = { maxOutputTokens: 5000, thinkingConfig: { thinkingBudget: 2000 } }
  const { sent, losses } = translate(route, ask(config, { tools, toolConfig }))
  expect(sent.thinking).toBeUndefined()
  expect(sent.tool_choice).toEqual({ type: 'any' })
  expect(losses).toEqual([`${at};dropped`])
})

it('is not asked for with a budget where the turn that tools answer has lost its thought', () => {
  const contents = [
    { role: 'user', parts: [{ text: 'Hi' }] },
    { role: 'model', parts: [{ functionCall: { id: 'a', name: 'look', args: {} } }] },
    { role: 'user', parts: [{ functionResponse: { id: 'a', name: 'look', response: { output: 'seen' } } }] },
  ]
  const config = { maxOutputTokens: 5000, thinkingConfig: { thinkingBudget: 2000 } }
  const { sent, losses } = translate(route, ask(config, { contents, tools }))
  expect(sent.thinking).toBeUndefined()
  expect(losses).toEqual([`${at};dropped`])
})

it('leaves no room for sampling, which is named', () => {
  const config = {
    maxOutputTokens: 5000,
    thinkingConfig: { thinkingBudget: 2000 },
    temperature: 0.2,
    topK: 5,
    topP: 0.5,
  }
  const { sent, losses } = translate(route, ask(config))
  expect([sent.temperature, sent.top_p, sent.top_k]).toEqual([undefined, undefined, undefined])
  expect(losses.toSorted()).toEqual(['temperature', 'topK', 'topP'].map((name) => `generationConfig.${name};dropped`))
})

it('that nobody signed is taken out of an Anthropic client’s own bytes, and no other byte', () => {
  const shown = { type: 'thinking', thinking: 'Hm.' }
  const messages = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: [shown, { type: 'text', text: 'Yes.' }] },
    { role: 'assistant', content: [shown] },
    { role: 'user', content: 'Go on.' },
  ]
  const body = JSON.stringify(asks['anthropic-messages']({ messages }))
  const codec = codecs['anthropic-messages']
  const passed = codec.passRequest(body, 'claude', codec.decodeRequest(JSON.parse(body)), {})
  const kept = [messages[0], { role: 'assistant', content: [{ type: 'text', text: 'Yes.' }] }, messages[3]]
  expect(JSON.parse(passed.body)).toMatchObject({ model: 'claude', messages: kept })
  expect(passed.losses?.map(({ path }) => path)).toEqual(['messages[1].content[0]', 'messages[2].content[0]'])
})

it('of others is taken out of a Responses client’s own bytes; what OpenAI holds stays', () => {
  const ours = {
    type: 'reasoning',
    id: 'rs_01k8tc9p5eq3v7m0d2ab4n61_0',
    summary: [{ type: 'summary_text', text: 'Hm.' }],
  }
  const theirs = { type: 'reasoning', id: 'rs_68af40f2c3e8', summary: [] }
  const input = [{ role: 'user', content: 'Hi' }, ours, theirs, { role: 'user', content: 'Go on.' }]
  const body = JSON.stringify(asks['openai-responses']({ input }))
  const codec = codecs['openai-responses']
  const passed = codec.passRequest(body, 'gpt', codec.decodeRequest(JSON.parse(body)), {})
  expect(JSON.parse(passed.body).input).toEqual([input[0], theirs, input[3]])
  expect(passed.losses?.map(({ path }) => path)).toEqual(['input[1]'])
})
