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

test('goes through the steps of a sequence, and then stays, begins again or is over', async () => {
  const sequence = [{ fault: { type: 'overloaded' }, times: 2 }, {}, { fault: { type: 'server-error' } }] as const
  const models = Array.from({ length: 6 }, () => 'sim-small')
  const expected = {
    end: ['529', '529', '200', '500', '503', '503'],
    stay: ['529', '529', '200', '500', '500', '500'],
    repeat: ['529', '529', '200', '500', '529', '529'],
  } as const
  for (const afterSequence of ['end', 'stay', 'repeat'] as const) {
    const rules = [{ sequence, afterSequence }, { fault: { type: 'unavailable' } }] as const
    await using simulator = await startSimulator({ scenario: { rules } })
    expect(await statuses(simulator, models)).toEqual(expected[afterSequence])
  }
})

test('strikes by the time since the scenario began, by its own clock', async () => {
  let now = 1_000_000
  const rules = [
    { when: { time: { from: '10s', until: '70s' } }, fault: { type: 'unavailable' } },
    { when: { time: { from: '2m', every: '20s', for: '5s' } }, fault: { type: 'overloaded' } },
  ] as const
  await using simulator = await startSimulator({ scenario: { rules }, now: () => now })
  const seen: Record<number, string> = {}
  for (const second of [0, 9, 10, 69, 70, 119, 120, 124, 125, 140, 145]) {
    now = 1_000_000 + second * 1000
    seen[second] = (await statuses(simulator, ['sim-small']))[0]!
  }
  expect(seen).toEqual({
    0: '200',
    9: '200',
    10: '503',
    69: '503',
    70: '200',
    119: '200',
    120: '529',
    124: '529',
    125: '200',
    140: '529',
    145: '200',
  })
  simulator.reset()
  now += 10_000
  expect(await statuses(simulator, ['sim-small'])).toEqual(['503'])
})

test('tells requests by path and headers, and lets several faults strike one', async () => {
  const rules = [
    { when: { path: '/v1/chat/*', headers: { 'X-Inseam-Feature': 'triage*' } }, fault: { type: 'overloaded' } },
    { when: { stream: true }, fault: [{ type: 'unknown-events' }, { type: 'early-end', after: 2 }, { type: 'split' }] },
  ] as const
  await using simulator = await startSimulator({ scenario: { rules } })
  const openai = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'test', maxRetries: 0 })
  const request = { model: 'sim-small', messages: hello }
  const headers = { 'x-inseam-feature': 'triage-ticket' }
  await expect(openai.chat.completions.create(request, { headers })).rejects.toMatchObject({ status: 529 })
  expect((await openai.chat.completions.create(request)).choices).toHaveLength(1)
  let reason: string | null = null
  for await (const chunk of await openai.chat.completions.create({ ...request, stream: true }))
    reason = chunk.choices[0]?.finish_reason ?? reason
  expect(reason).toBeNull()
  expect(simulator.invoice().lines[2]).toMatchObject({
    fault: 'unknown-events + early-end + split',
    usage: { output: 2 },
  })
})

test('tells requests by the key that they show, wherever a dialect puts it', async () => {
  const rules = [{ when: { credential: 'acme-*' }, fault: { type: 'credential-rejected' } }] as const
  await using simulator = await startSimulator({ scenario: { rules } })
  const seen: unknown[] = []
  for (const apiKey of ['acme-1', 'other-acme-1', 'other']) {
    const anthropic = new Anthropic({ baseURL: simulator.url, apiKey, maxRetries: 0 })
    const openai = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey, maxRetries: 0 })
    const asked = [
      anthropic.messages.create({ model: 'sim-small', max_tokens: 9, messages: hello }),
      openai.chat.completions.create({ model: 'sim-small', messages: hello }),
    ]
    for (const one of asked) seen.push(await one.then(() => 200).catch(({ status }: { status: number }) => status))
  }
  expect(seen).toEqual([401, 401, 200, 200, 200, 200])
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
  ['rules[0].fault[1].type', { rules: [{ fault: [{ type: 'stall' }, { type: 'explode' }] }] }],
  ['rules[0].fault', { rules: [{ fault: [{ type: 'overloaded' }, { type: 'unavailable' }] }] }],
  ['rules[0].fault', { rules: [{ fault: [{ type: 'no-answer' }, { type: 'stall' }] }] }],
  ['rules[0].fault.style', { rules: [{ fault: { type: 'line-endings', style: 'vms' } }] }],
  ['rules[0].sequence', { rules: [{ sequence: [] }] }],
  ['rules[0].sequence[0].times', { rules: [{ sequence: [{ times: 0 }] }] }],
  ['rules[0].afterSequence', { rules: [{ afterSequence: 'stay' }] }],
  ['rules[0].when.time.from', { rules: [{ when: { time: { from: 'soon' } } }] }],
  ['rules[0].when.time.for', { rules: [{ when: { time: { every: '2s' } } }] }],
  ['rules[0].when.credential', { rules: [{ when: { credential: 4 } }] }],
  ['rules[0].when.headers.x-a', { rules: [{ when: { headers: { 'x-a': 1 } } }] }],
  ['pace.tokenMs', { pace: { tokenMs: -1 }, rules: [] }],
])('names %s where that is wrong', (path, scenario) => {
  expect(() => checkScenario(scenario)).toThrow(expect.objectContaining({ name: 'ScenarioInvalid', path }))
})
