import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { checkScenario, type Scenario, type Simulator, startSimulator } from '../index.ts'

const hello = [{ role: 'user' as const, content: 'Hello there, how is the weather in Rome?' }]

async function statuses(simulator: Simulator, models: readonly string[]): Promise<string[]> {
  const client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'test', maxRetries: 0 })
  const seen: string[] = []
  for (const model of models) {
    const outcome = await client.chat.completions.create({ model, messages: hello }).catch((error: unknown) => error)
    seen.push(String((outcome as { status?: number }).status ?? 200))
  }
  return seen
}

test('applies the first rule that matches, to the requests that it counts', async () => {
  const scenario: Scenario = {
    rules: [
      { when: { model: 'sim-*', request: { from: 2, to: 3 } }, fault: { type: 'overloaded' } },
      { when: { model: 'sim-large' }, fault: { type: 'server-error' } },
    ],
  }
  await using simulator = await startSimulator({ scenario })
  expect(await statuses(simulator, ['sim-large', 'sim-large', 'sim-small', 'gpt-5.4', 'sim-small'])).toEqual([
    '500',
    '529',
    '529',
    '200',
    '200',
  ])
})

test('draws a probability from the seed', async () => {
  const scenario: Scenario = { seed: 3, rules: [{ probability: 0.5, fault: { type: 'unavailable' } }] }
  const models = Array.from({ length: 20 }, () => 'sim-small')
  await using first = await startSimulator({ scenario })
  await using second = await startSimulator({ scenario })
  const seen = await statuses(first, models)
  expect(await statuses(second, models)).toEqual(seen)
  expect(new Set(seen)).toEqual(new Set(['200', '503']))
})

test('says what the script says', async () => {
  const scenario: Scenario = {
    rules: [
      {
        when: { dialect: 'anthropic-messages' },
        reply: { text: 'Let me look.', toolCalls: [{ name: 'look', input: { at: 1 } }] },
      },
      { when: { model: 'gpt-5.4' }, reply: { refusal: 'No.' } },
      { reply: { json: { a: [1] } } },
    ],
  }
  await using simulator = await startSimulator({ scenario })
  const openai = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'test', maxRetries: 0 })
  const anthropic = new Anthropic({ baseURL: simulator.url, apiKey: 'test', maxRetries: 0 })
  const message = await anthropic.messages.create({ model: 'sim-small', max_tokens: 99, messages: hello })
  expect(message.content).toMatchObject([
    { type: 'text', text: 'Let me look.' },
    { type: 'tool_use', name: 'look', input: { at: 1 } },
  ])
  expect(message.stop_reason).toBe('tool_use')
  const refused = await openai.chat.completions.create({ model: 'gpt-5.4', messages: hello })
  expect(refused.choices[0]?.message).toMatchObject({ content: null, refusal: 'No.' })
  const json = await openai.chat.completions.create({ model: 'sim-small', messages: hello })
  expect(json.choices[0]?.message.content).toBe('{"a":[1]}')
})

test('knows no model and no key that the scenario denies', async () => {
  const scenario: Scenario = { models: { unknown: ['gone'] }, rejectedKeys: ['stolen'], rules: [] }
  await using simulator = await startSimulator({ scenario })
  expect(await statuses(simulator, ['gone'])).toEqual(['404'])
  const thief = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'stolen', maxRetries: 0 })
  await expect(thief.models.list()).rejects.toMatchObject({ status: 401 })
  const anthropic = new Anthropic({ baseURL: simulator.url, apiKey: 'test', maxRetries: 0 })
  const asking = anthropic.messages.create({ model: 'gone', max_tokens: 9, messages: hello })
  await expect(asking).rejects.toMatchObject({ status: 404, error: { error: { type: 'not_found_error' } } })
})

test('takes a scenario over HTTP, and names path and fix where it is none', async () => {
  await using simulator = await startSimulator()
  const put = (scenario: unknown) =>
    fetch(`${simulator.url}/simulator/scenario`, { method: 'PUT', body: JSON.stringify(scenario) })
  expect((await put({ rules: [{ fault: { type: 'overloaded' } }] })).status).toBe(200)
  expect(await statuses(simulator, ['sim-small'])).toEqual(['529'])
  const refused = await put({ rules: [{ fault: { type: 'stall', before: 1 } }] })
  expect(refused.status).toBe(400)
  expect(await refused.json()).toEqual({
    error: {
      path: 'rules[0].fault.before',
      message: 'rules[0].fault.before: The fault "stall" has no parameter "before". Its parameters are: after.',
    },
  })
  expect(await statuses(simulator, ['sim-small'])).toEqual(['529'])
})

test.each([
  ['rules', {}],
  ['rule', { rule: [], rules: [] }],
  ['rules[0].probability', { rules: [{ probability: 2 }] }],
  ['rules[1].when.dialect', { rules: [{}, { when: { dialect: 'cohere' } }] }],
  ['rules[0].fault.type', { rules: [{ fault: { type: 'explode' } }] }],
  ['rules[0].fault.after', { rules: [{ fault: { type: 'stall', after: 'three' } }] }],
  ['rules[0].reply.toolCalls[0].name', { rules: [{ reply: { toolCalls: [{ input: {} }] } }] }],
  ['pace.tokenMs', { pace: { tokenMs: -1 }, rules: [] }],
])('names %s where that is wrong', (path, scenario) => {
  expect(() => checkScenario(scenario)).toThrow(expect.objectContaining({ name: 'ScenarioInvalid', path }))
})
