import type Anthropic from '@anthropic-ai/sdk'
import type OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ProviderConfig } from '../src/config.ts'
import { alias, openStand, type Stand } from './stand.ts'

/** A pixel. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const schema = {
  type: 'object' as const,
  properties: { city: { type: 'string', description: 'Where the weather is asked for.' } },
  required: ['city'],
}

let stand: Stand
beforeAll(async () => {
  stand = await openStand({
    aliases: [
      alias('by-anthropic', ['simulator-anthropic/sim-small']),
      alias('by-responses', ['simulator-responses/sim-small']),
      alias('by-gemini', ['simulator-gemini/sim-small']),
      alias('by-chat', ['simulator/sim-small']),
      alias('by-openai', ['openai/sim-small']),
      alias('counted-at-last', ['simulator/sim-small', 'simulator-anthropic/sim-small'], { translation: 'strict' }),
      alias('failing', ['simulator-anthropic/sim-small+server-error'], { retry: { attempts: 1, baseMs: 1, capMs: 1 } }),
      alias('second', ['simulator-anthropic/sim-small+server-error', 'simulator-gemini/sim-small']),
      alias('cached', ['simulator-anthropic/sim-small'], { cache: { ttlSeconds: 60 }, coalesce: true }),
    ],
    simulator: { keepBodies: true },
    config: (config) => {
      const [chat] = config.providers
      const openai: ProviderConfig = { ...(chat as ProviderConfig), name: 'openai', kind: 'openai' }
      return { ...config, providers: [...config.providers, openai] }
    },
  })
})
afterAll(() => stand[Symbol.asyncDispose]())
beforeEach(() => stand.simulator.reset())

const messages: Anthropic.MessageParam[] = [
  { role: 'user', content: 'What is the weather in Ulm?' },
  { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Ulm' } }] },
  {
    role: 'user',
    content: [
      { type: 'tool_result', tool_use_id: 'toolu_1', content: 'Rain, 12 degrees.' },
      { type: 'text', text: 'And what is in this picture?' },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
    ],
  },
]
const asked = {
  system: 'You answer about the weather.',
  messages,
  tools: [{ name: 'weather', description: 'The weather in a city.', input_schema: schema }],
}
const input: OpenAI.Responses.ResponseInput = [
  { role: 'user', content: 'What is the weather in Ulm?' },
  { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Ulm"}' },
  { type: 'function_call_output', call_id: 'call_1', output: 'Rain, 12 degrees.' },
  {
    role: 'user',
    content: [
      { type: 'input_text', text: 'And what is in this picture?' },
      { type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${png}` },
    ],
  },
]
const tools: OpenAI.Responses.Tool[] = [
  { type: 'function', name: 'weather', description: 'The weather in a city.', parameters: schema, strict: false },
]
const counting = ['by-anthropic', 'by-responses', 'by-gemini', 'by-openai']

describe('a count by an official client', () => {
  it.each(counting)('of Anthropic is what %s then bills for the same request', async (model) => {
    const { input_tokens: counted } = await stand.anthropic.messages.countTokens({ model, ...asked })
    // The same way: `openai` counts by its Responses, whose prompt the simulator counts in its own way.
    const answering = model === 'by-openai' ? 'by-responses' : model
    const { usage } = await stand.anthropic.messages.create({ model: answering, max_tokens: 500, ...asked })
    const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens } = usage
    expect(counted).toBeGreaterThan(300)
    expect(counted).toBe(input_tokens + (cache_read_input_tokens ?? 0) + (cache_creation_input_tokens ?? 0))
  })

  it.each(counting)('of OpenAI is what %s then bills for the same request', async (model) => {
    const instructions = 'You answer about the weather.'
    const answer = await stand.openai.responses.inputTokens.count({ model, instructions, input, tools })
    expect(answer.object).toBe('response.input_tokens')
    const answering = model === 'by-openai' ? 'by-responses' : model
    const { usage } = await stand.openai.responses.create({ model: answering, instructions, input, tools })
    expect(answer.input_tokens).toBe(usage?.input_tokens)
  })

  it.each(counting)('of Google is what %s then bills for the same request', async (model) => {
    const contents = [
      {
        role: 'user',
        parts: [{ text: 'What is in this picture?' }, { inlineData: { mimeType: 'image/png', data: png } }],
      },
    ]
    const { totalTokens } = await stand.gemini.models.countTokens({ model, contents })
    const answering = model === 'by-openai' ? 'by-responses' : model
    const { usageMetadata } = await stand.gemini.models.generateContent({ model: answering, contents })
    expect(totalTokens).toBeGreaterThan(300)
    expect(totalTokens).toBe(usageMetadata?.promptTokenCount)
  })
})

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${stand.gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
const anthropicPath = '/v1/messages/count_tokens'
const responsesPath = '/v1/responses/input_tokens'
const geminiPath = (model: string) => `/v1beta/models/${model}:countTokens`
const plain = { messages: [{ role: 'user', content: 'Hello there.' }] }

describe('a count', () => {
  it('costs nothing and uses nothing, and is on the record as what it is', async () => {
    const response = await post(anthropicPath, { model: 'by-anthropic', ...asked })
    expect(response.headers.get('x-inseam-cost')).toBe('0.000000000')
    const id = response.headers.get('x-inseam-call')
    const event = await stand.callEnded(({ callId }) => callId === id)
    expect(event).toMatchObject({
      operation: 'count-tokens',
      target: 'simulator-anthropic/sim-small',
      cost: { nanoUsd: 0, status: 'priced' },
      usage: { source: 'measured', inputUncached: 0, outputText: 0 },
      outcome: { ending: 'completed' },
      losses: [],
    })
    expect(stand.simulator.invoice().totals).toMatchObject({ exchanges: 1, costNanoUsd: 0 })
  })

  it('that fails costs nothing and uses nothing either', async () => {
    for (const fault of ['server-error', 'malformed-event', 'empty-object', 'html', 'cut', 'rate-limited-bare']) {
      const model = `simulator-anthropic/sim-small+${fault}`
      const response = await post(anthropicPath, { model, ...plain })
      expect(response.status, fault).toBeGreaterThanOrEqual(400)
      const id = response.headers.get('x-inseam-call')
      const event = await stand.callEnded(({ callId }) => callId === id)
      expect(event.cost, fault).toMatchObject({ nanoUsd: 0, status: 'priced' })
      expect(event.usage, fault).toMatchObject({ inputUncached: 0, outputText: 0 })
      const attempts = stand.attempts().filter(({ callId }) => callId === id)
      expect(attempts.length, fault).toBeGreaterThan(0)
      for (const { cost, usage } of attempts) {
        expect(cost).toMatchObject({ nanoUsd: 0 })
        expect(usage).toMatchObject({ inputUncached: 0, outputText: 0 })
      }
    }
  })

  it('that no clock lets end costs nothing', async () => {
    const stalled = await openStand({
      aliases: [
        alias('stalled', ['simulator-anthropic/sim-small+no-answer'], {
          timeouts: { connectMs: 200, headersMs: 200, firstTokenMs: 200, idleMs: 200, totalMs: 200 },
        }),
      ],
    })
    await using _ = stalled
    await expect(stalled.anthropic.messages.countTokens({ model: 'stalled', messages })).rejects.toMatchObject({
      status: 504,
    })
    const event = await stalled.callEnded()
    expect(event).toMatchObject({ cost: { nanoUsd: 0 }, usage: { inputUncached: 0 } })
  })

  it('falls back like any call', async () => {
    const response = await post(anthropicPath, { model: 'second', ...plain })
    expect(response.headers.get('x-inseam-target')).toBe('simulator-gemini/sim-small')
    expect(await response.json()).toEqual({ input_tokens: expect.any(Number) })
  })

  it('goes to a target of its own dialect byte for byte, but for the model', async () => {
    const bodies: readonly (readonly [string, string, unknown])[] = [
      [
        anthropicPath,
        '{ "model": "MODEL" ,"messages":[{"content":"Hi.","role":"user"}], "speed":null}',
        'by-anthropic',
      ],
      [responsesPath, '{"input":"Hi.",  "model":"MODEL","truncation":"auto"}', 'by-responses'],
      [responsesPath, '{"input":"Hi.",  "model":"MODEL","truncation":"auto"}', 'by-openai'],
      [geminiPath('by-gemini'), '{"contents" : [{"parts":[{"text":"Hi."}],"role":"user"}]}', undefined],
      [
        geminiPath('by-gemini'),
        '{"generateContentRequest":{"contents":[{"parts":[{"text":"Hi."}]}],"model":"models/MODEL", "systemInstruction":{"parts":[{"text":"Be brief."}]}}}',
        undefined,
      ],
    ]
    for (const [path, body, model = 'by-gemini'] of bodies) {
      stand.simulator.reset()
      const response = await post(path, body.replace('MODEL', String(model)))
      expect(response.status, await response.clone().text()).toBe(200)
      const [line] = stand.simulator.log()
      expect(JSON.stringify(line?.body)).toBe(JSON.stringify(JSON.parse(body.replace('MODEL', 'sim-small'))))
      expect(await response.text()).toContain('oken')
    }
  })

  it('gives the client the bytes of a provider that speaks its dialect', async () => {
    const response = await post(geminiPath('by-gemini'), { contents: [{ parts: [{ text: 'Hi.' }] }] })
    expect(await response.json()).toMatchObject({ promptTokensDetails: [{ modality: 'TEXT' }] })
  })

  it('takes no limit, and does not mind one, nor a stream', async () => {
    const limit = { max_tokens: 10, stream: true, temperature: 0.2, stop_sequences: ['x'] }
    const response = await post(anthropicPath, { model: 'by-gemini', ...plain, ...limit })
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('x-inseam-loss')).toBeNull()
    const { input_tokens: counted } = (await response.json()) as { input_tokens: number }
    expect(counted).toBeGreaterThan(0)
    expect(stand.simulator.log()[0]?.body).toEqual({
      generateContentRequest: {
        model: 'models/sim-small',
        contents: [{ role: 'user', parts: [{ text: 'Hello there.' }] }],
      },
    })
  })

  it('counts system, tools, results, thinking and format, each', async () => {
    const count = async (more: Partial<Anthropic.MessageCountTokensParams>) => {
      const { input_tokens: counted } = await stand.anthropic.messages.countTokens({
        model: 'by-responses',
        messages,
        ...more,
      })
      return counted
    }
    const bare = await count({})
    expect(await count({ system: asked.system })).toBeGreaterThan(bare)
    expect(await count({ tools: asked.tools })).toBeGreaterThan(bare)
    const format = { type: 'json_schema' as const, schema: { ...schema, additionalProperties: false } }
    expect(await count({ output_config: { format } })).toBeGreaterThan(bare)
    expect(await count({ messages: messages.slice(0, 1) })).toBeLessThan(bare)
  })

  it('names what the target cannot be told', async () => {
    const body = { model: 'by-gemini', ...plain, tools: [{ type: 'web_search_20260209', name: 'web_search' }] }
    const response = await post(anthropicPath, body)
    expect(response.headers.get('x-inseam-loss')).toBe('tools[web_search];dropped')
    const refused = await post(anthropicPath, body, { 'x-inseam-translation': 'strict' })
    expect(refused.status).toBe(400)
    expect(refused.headers.get('x-inseam-error')).toBe('translation-refused')
  })

  it('is kept apart from the answer to the same bytes', async () => {
    const body = { model: 'cached', max_tokens: 50, ...plain }
    const answered = await post('/v1/messages', body)
    expect(await answered.json()).toMatchObject({ type: 'message' })
    const { max_tokens: _, ...uncounted } = body
    for (const sent of [uncounted, uncounted]) {
      const response = await post(anthropicPath, sent)
      expect(await response.json()).toEqual({ input_tokens: expect.any(Number) })
    }
  })
})

describe('where the target has no word for a count', () => {
  const path: Readonly<Record<string, readonly [string, unknown, string]>> = {
    Anthropic: [anthropicPath, { model: 'by-chat', ...asked }, 'input_tokens'],
    OpenAI: [responsesPath, { model: 'by-chat', input, tools }, 'input_tokens'],
    Google: [geminiPath('by-chat'), { contents: [{ role: 'user', parts: [{ text: 'Hello there.' }] }] }, 'totalTokens'],
  }
  it.each(Object.keys(path))('a client of %s gets an estimate, and is told so', async (client) => {
    const [to, body, field] = path[client] ?? ['', {}, '']
    const response = await post(to, body)
    expect(await response.json()).toMatchObject({ [field]: expect.any(Number) })
    expect(response.headers.get('x-inseam-loss')).toBe(`${field};approximated`)
    const id = response.headers.get('x-inseam-call')
    const event = await stand.callEnded(({ callId }) => callId === id)
    expect(event).toMatchObject({
      usage: { source: 'estimated', inputUncached: 0 },
      cost: { nanoUsd: 0 },
      losses: [{ path: field, effect: 'approximated', detail: expect.stringContaining('estimate') }],
    })
    expect(stand.simulator.log()).toEqual([])
  })

  it('names what the target could not be told, too, and refuses what lies with a provider', async () => {
    const tools = [{ type: 'web_search_20260209', name: 'web_search' }]
    const response = await post(anthropicPath, { model: 'by-chat', ...plain, tools })
    expect(response.headers.get('x-inseam-loss')).toBe('input_tokens;approximated, tools[web_search];dropped')
    const held = await post(responsesPath, { model: 'by-chat', previous_response_id: 'resp_1' })
    expect(held.status).toBe(400)
  })

  it('a strict alias goes on to a target that counts', async () => {
    const response = await post(anthropicPath, { model: 'counted-at-last', ...plain })
    expect(response.headers.get('x-inseam-target')).toBe('simulator-anthropic/sim-small')
    expect(response.headers.get('x-inseam-loss')).toBeNull()
  })
})

describe('a count that cannot be read is refused in the words of its dialect', () => {
  it.each([
    [anthropicPath, { model: 'fast' }, 'messages'],
    [anthropicPath, { ...plain }, 'model'],
    [
      anthropicPath,
      { model: 'fast', messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'x' }] }] },
      'tool_use_id',
    ],
    [responsesPath, { model: 'fast' }, 'input'],
    [responsesPath, { input: 'Hi.' }, 'model'],
    [geminiPath('fast'), {}, 'contents'],
    [
      geminiPath('fast'),
      { contents: [{ parts: [{ text: 'a' }] }], generateContentRequest: { contents: [] } },
      'generateContentRequest',
    ],
  ])('%s %j', async (path, body, field) => {
    const response = await post(path, body)
    expect(response.status).toBe(400)
    const said = (await response.json()) as { error: { message: string }; type?: string }
    expect(said.error.message).toContain(field)
    if (path === anthropicPath) expect(said.type).toBe('error')
  })
})
