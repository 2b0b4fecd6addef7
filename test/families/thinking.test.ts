import { describe, expect, it } from 'vitest'
import type { ClientDialect } from '../../src/core/dialect.ts'
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

describe('to see thoughts', () => {
  const responses = (reasoning: Json) => ['openai-responses', { reasoning }] as const
  const anthropic = (display?: string) =>
    ['anthropic-messages', { thinking: { type: 'adaptive', ...(display && { display }) } }] as const
  const google = (thinkingConfig: Json) => ['gemini', { generationConfig: { thinkingConfig } }] as const
  const summarized = { thinking: { type: 'adaptive', display: 'summarized' } }
  const omitted = { thinking: { type: 'adaptive', display: 'omitted' } }
  const config = (thinkingConfig: Json) => ({ generationConfig: { maxOutputTokens: 100, thinkingConfig } })
  const sealed = { store: false, include: ['reasoning.encrypted_content'] }
  const summary = 'reasoning.summary'
  const approximated = [`${summary};approximated`]
  const whether = 'thinking.type;approximated'
  const includes = `${at}.includeThoughts`

  type Row = readonly [readonly [ClientDialect, Json], ClientDialect, Json, readonly string[]]
  it.each<Row>([
    [['openai-chat', {}], 'openai-responses', { store: false }, []],
    [['openai-chat', {}], 'anthropic-messages', {}, []],
    [['openai-chat', {}], 'gemini', { generationConfig: { maxOutputTokens: 100 } }, []],

    [responses({ effort: 'low' }), 'openai-chat', { reasoning_effort: 'low' }, []],
    [responses({ effort: 'low', summary: 'auto' }), 'openai-chat', { reasoning_effort: 'low' }, [`${summary};dropped`]],
    [responses({ summary: 'detailed' }), 'openai-chat', {}, [`${summary};dropped`]],
    [responses({ effort: 'none', summary: 'auto' }), 'openai-chat', { reasoning_effort: 'none' }, []],
    [responses({ effort: 'low' }), 'anthropic-messages', { output_config: { effort: 'low' } }, []],
    [
      responses({ effort: 'low', summary: 'auto' }),
      'anthropic-messages',
      { ...summarized, output_config: { effort: 'low' } },
      [],
    ],
    [responses({ summary: 'auto' }), 'anthropic-messages', summarized, []],
    [responses({ summary: 'concise' }), 'anthropic-messages', summarized, approximated],
    [responses({ summary: 'detailed' }), 'anthropic-messages', summarized, approximated],
    [responses({ effort: 'none', summary: 'auto' }), 'anthropic-messages', { thinking: { type: 'disabled' } }, []],
    [responses({ effort: 'low' }), 'gemini', config({ thinkingLevel: 'LOW' }), []],
    [
      responses({ effort: 'low', summary: 'auto' }),
      'gemini',
      config({ thinkingLevel: 'LOW', includeThoughts: true }),
      [],
    ],
    [responses({ summary: 'auto' }), 'gemini', config({ includeThoughts: true }), []],
    [responses({ summary: 'concise' }), 'gemini', config({ includeThoughts: true }), approximated],
    [responses({ summary: 'detailed' }), 'gemini', config({ includeThoughts: true }), approximated],
    [responses({ effort: 'none', summary: 'auto' }), 'gemini', config({ thinkingBudget: 0 }), []],

    [anthropic(), 'openai-chat', {}, [whether]],
    [anthropic('summarized'), 'openai-chat', {}, ['thinking.display;dropped', whether]],
    [anthropic('omitted'), 'openai-chat', {}, ['thinking.display;dropped', whether]],
    [anthropic(), 'openai-responses', sealed, [whether]],
    [anthropic('summarized'), 'openai-responses', { reasoning: { summary: 'auto' }, ...sealed }, [whether]],
    [anthropic('omitted'), 'openai-responses', sealed, [whether]],
    [anthropic(), 'gemini', config({ thinkingBudget: -1, includeThoughts: true }), []],
    [anthropic('summarized'), 'gemini', config({ thinkingBudget: -1, includeThoughts: true }), []],
    [anthropic('omitted'), 'gemini', config({ thinkingBudget: -1, includeThoughts: false }), []],

    [google({ includeThoughts: true }), 'openai-chat', {}, [`${includes};dropped`]],
    [google({ includeThoughts: false }), 'openai-chat', {}, [`${includes};dropped`]],
    [google({ includeThoughts: true }), 'openai-responses', { reasoning: { summary: 'auto' }, ...sealed }, []],
    [google({ includeThoughts: false }), 'openai-responses', { store: false }, []],
    [
      google({ thinkingLevel: 'HIGH', includeThoughts: true }),
      'openai-responses',
      { reasoning: { effort: 'high', summary: 'auto' }, ...sealed },
      [],
    ],
    [google({ includeThoughts: true }), 'anthropic-messages', summarized, []],
    [google({ includeThoughts: false }), 'anthropic-messages', {}, []],
    [google({ thinkingBudget: -1, includeThoughts: false }), 'anthropic-messages', omitted, []],
    [
      google({ thinkingBudget: 0, includeThoughts: true }),
      'anthropic-messages',
      { thinking: { type: 'disabled' } },
      [],
    ],
  ])('is asked as %j of %s', ([from, asked], to, said, lost) => {
    const { sent, losses } = translate({ from, to }, asks[from](asked))
    const { model, messages, input, contents, max_tokens, max_output_tokens, ...settings } = sent
    expect(settings).toEqual(said)
    expect(losses).toEqual(lost)
  })

  it.each<Row>([
    [responses({ summary: 'auto' }), 'openai-responses', { reasoning: { summary: 'auto' }, ...sealed }, []],
    [anthropic('omitted'), 'anthropic-messages', omitted, []],
    [google({ thinkingBudget: -1 }), 'gemini', config({ thinkingBudget: -1 }), []],
    [google({ includeThoughts: false }), 'gemini', config({ includeThoughts: false }), []],
  ])('stays as %j wrote it for %s', ([from, asked], to, said, lost) => {
    const { sent, losses } = translate({ from, to }, asks[from](asked))
    expect(sent).toMatchObject(said)
    expect(sent.generationConfig).toEqual(said.generationConfig && { maxOutputTokens: 100, ...said.generationConfig })
    expect(losses).toEqual(lost)
  })

  it('of a Claude that counts them wants a budget, within the limit, or it is named', () => {
    const route = { from: 'openai-responses', to: 'anthropic-messages', model: 'claude-haiku-4-5' } as const
    const ask = (max_output_tokens: number) => asks[route.from]({ reasoning: { summary: 'auto' }, max_output_tokens })
    const { sent, losses } = translate(route, ask(8000))
    expect(sent.thinking).toEqual({ type: 'enabled', budget_tokens: 4096, display: 'summarized' })
    expect(losses).toEqual(approximated)
    expect(translate(route, ask(100)).sent.thinking).toBeUndefined()
    expect(translate(route, ask(100)).losses).toEqual([...approximated, `${summary};dropped`])
  })
})
