import { GoogleGenAI } from '@google/genai'
import { UserRefreshClient } from 'google-auth-library'
import OpenAI, { AzureOpenAI } from 'openai'
import { describe, expect, it, test } from 'vitest'
import { startSimulator } from '../index.ts'

const messages = [{ role: 'user' as const, content: 'Where is my order 4411?' }]
const tool = {
  name: 'lookup_order',
  description: 'Find an order',
  parameters: { type: 'object', properties: { order_id: { type: 'string' } }, required: ['order_id'] },
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

describe('azure', () => {
  async function start() {
    const simulator = await startSimulator({ keepBodies: true })
    const options = { endpoint: simulator.url, apiKey: 'azure-key', apiVersion: '2025-04-01-preview', maxRetries: 0 }
    const client = new AzureOpenAI(options)
    return { simulator, options, client, [Symbol.asyncDispose]: () => simulator.close() }
  }

  it("answers OpenAI's client for Azure, whole and streamed, with what its filters found", async () => {
    await using run = await start()
    const whole = await run.client.chat.completions.create({ model: 'sim-small', messages })
    const stream = await run.client.chat.completions.create({
      model: 'sim-small',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks = await all(stream)
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
    expect(text).toBe(whole.choices[0]?.message.content)
    expect(whole.choices[0]).toMatchObject({ content_filter_results: { hate: { filtered: false } } })
    expect(chunks[0]).toMatchObject({ choices: [], model: '', prompt_filter_results: [{ prompt_index: 0 }] })
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage })
    const silent = chunks.filter(({ choices }) => choices[0] && 'content_filter_offsets' in choices[0])
    expect(silent).toMatchObject([{ choices: [{ delta: {}, finish_reason: null }] }])
    expect(run.simulator.log().map(({ path }) => path)).toEqual(
      Array.from({ length: 2 }, () => '/openai/deployments/sim-small/chat/completions'),
    )
  })

  it('calls tools, answers responses and gives vectors there', async () => {
    await using run = await start()
    const called = await run.client.chat.completions.create({
      model: 'sim-small',
      messages,
      tools: [{ type: 'function', function: tool }],
    })
    expect(called.choices[0]?.message.tool_calls).toMatchObject([{ function: { name: 'lookup_order' } }])
    const { data: response, response: head } = await run.client.responses
      .create({ model: 'sim-small', input: 'Where is my order 4411?' })
      .withResponse()
    expect(response.output_text).not.toBe('')
    expect(head.headers.get('x-ratelimit-remaining-requests')).toBe('-1')
    const { data } = await run.client.embeddings.create({ model: 'sim-embedding', input: 'A text.' })
    expect(data[0]?.embedding.length).toBeGreaterThan(0)
  })

  it('answers at its v1 API, by a key or by a token', async () => {
    await using run = await start()
    const baseURL = `${run.simulator.url}/openai/v1`
    for (const defaultHeaders of [{ 'api-key': 'k', authorization: null }, {}]) {
      const client = new OpenAI({ baseURL, apiKey: 'entra-token', defaultHeaders, maxRetries: 0 })
      const reply = await client.chat.completions.create({ model: 'sim-small', messages })
      expect(reply.choices[0]?.message.content).not.toBe('')
    }
  })

  it('refuses in the words of Azure', async () => {
    await using run = await start()
    const failing = (model: string, change = {}) =>
      new AzureOpenAI({ ...run.options, ...change }).chat.completions.create({ model, messages }).then(
        () => ({}),
        ({ status, error }) => ({ status, error }),
      )
    run.simulator.setScenario({ models: { unknown: ['gone'] }, rejectedKeys: ['revoked'], rules: [] })
    expect(await failing('gone')).toMatchObject({ status: 404, error: { code: 'DeploymentNotFound' } })
    expect(await failing('sim-small', { apiKey: 'revoked' })).toMatchObject({ status: 401, error: { code: '401' } })
    expect(await failing('sim-small', { apiVersion: 'v9' })).toMatchObject({ status: 404, error: { code: '404' } })
    expect(await failing('sim-small+rate-limited-bare')).toMatchObject({ status: 429, error: { code: '429' } })
  })
})

describe('vertex', () => {
  async function start() {
    const simulator = await startSimulator({ keepBodies: true })
    const authClient = new UserRefreshClient()
    authClient.setCredentials({ access_token: 'ya29.token', expiry_date: Date.parse('2099-01-01') })
    const client = new GoogleGenAI({
      vertexai: true,
      project: 'p',
      location: 'us-east5',
      httpOptions: { baseUrl: simulator.url },
      // It has a copy of the library of its own, whose classes are others to TypeScript.
      googleAuthOptions: { authClient: authClient as never },
    })
    return { simulator, client, [Symbol.asyncDispose]: () => simulator.close() }
  }

  it("answers Google's client for Vertex AI, whole and streamed, and counts", async () => {
    await using run = await start()
    const contents = 'Where is my order 4411?'
    const whole = await run.client.models.generateContent({ model: 'sim-small', contents })
    const frames = await all(await run.client.models.generateContentStream({ model: 'sim-small', contents }))
    expect(frames.map(({ text }) => text ?? '').join('')).toBe(whole.text)
    expect(whole.usageMetadata).toMatchObject({ trafficType: 'ON_DEMAND' })
    const { totalTokens } = await run.client.models.countTokens({ model: 'sim-small', contents })
    expect(totalTokens).toBeGreaterThan(0)
    expect(run.simulator.log()[0]?.path).toBe(
      '/v1beta1/projects/p/locations/us-east5/publishers/google/models/sim-small:generateContent',
    )
  })

  it("gives Google's client vectors at its own place, and refuses in its words", async () => {
    await using run = await start()
    const embed = (model: string, contents: string[], config = {}) =>
      run.client.models.embedContent({ model, contents, config })
    const config = { taskType: 'RETRIEVAL_QUERY', outputDimensionality: 8 }
    const { embeddings } = await embed('text-embedding-005', ['red', 'blue'], config)
    expect(embeddings?.map(({ values, statistics }) => [values?.length, statistics?.truncated])).toEqual([
      [8, false],
      [8, false],
    ])
    const counted = embeddings?.reduce((sum, { statistics }) => sum + (statistics?.tokenCount ?? 0), 0)
    expect(run.simulator.invoice().lines[0]?.usage.uncachedInput).toBe(counted)
    const [cut] = (await embed('text-embedding-005', ['word '.repeat(4000)])).embeddings ?? []
    expect(cut?.statistics?.truncated).toBe(true)

    const refused = (message: string) => ({ status: 400, message: expect.stringContaining(message) })
    await expect(embed('gemini-embedding-001', ['a', 'b'])).rejects.toMatchObject(refused('1 instance(s) is allowed'))
    await expect(embed('text-embedding-005', Array(251).fill('a'))).rejects.toMatchObject(refused('Actual: 251'))
    await expect(embed('text-embedding-005', Array(20).fill('word '.repeat(1500)))).rejects.toMatchObject(
      refused('supports up to 20000'),
    )
    await expect(embed('text-embedding-005', ['a'], { taskType: 'X' })).rejects.toMatchObject(refused('task_type'))
    await expect(embed('text-embedding-005', ['a'], { outputDimensionality: 769 })).rejects.toMatchObject(
      refused('between 1 and 768'),
    )
    await expect(embed('text-embedding-999', ['a'])).rejects.toMatchObject({ status: 404 })
  })

  const place = '/v1/projects/p/locations/us-east5/publishers/anthropic/models'
  const good = { anthropic_version: 'vertex-2023-10-16', max_tokens: 100, messages }

  test.each([
    ['a body with the model', { ...good, model: 'sim-small' }, 400, 'invalid_request_error'],
    ['a body without the version', { max_tokens: 100, messages }, 400, 'invalid_request_error'],
    ["a body with Anthropic's own version", { ...good, anthropic_version: '2023-06-01' }, 400, 'invalid_request_error'],
  ])('refuses %s to Claude', async (_what, body, status, type) => {
    await using run = await start()
    const response = await ask(run.simulator.url, `${place}/sim-small:rawPredict`, body)
    expect([response.status, await response.json()]).toMatchObject([status, { type: 'error', error: { type } }])
  })

  it('answers as Claude, whole and streamed, and counts', async () => {
    await using run = await start()
    const { url } = run.simulator
    const whole = await ask(url, `${place}/sim-small:rawPredict`, good)
    expect(await whole.json()).toMatchObject({ id: expect.stringMatching(/^msg_vrtx_/), stop_reason: 'end_turn' })
    const stream = await ask(url, `${place}/sim-small:streamRawPredict`, { ...good, stream: true })
    expect(await stream.text()).toContain('event: message_stop')
    const counted = await ask(url, `${place}/count-tokens:rawPredict`, {
      anthropic_version: good.anthropic_version,
      messages,
      model: 'sim-small',
    })
    expect(await counted.json()).toEqual({ input_tokens: expect.any(Number) })
  })

  it("refuses in Google's words before a model is reached, for Claude as well", async () => {
    await using run = await start()
    const { url } = run.simulator
    const missing = await ask(url, `${place}/sim-small:rawPredict`, good, {})
    expect(await missing.json()).toMatchObject({ error: { code: 401, status: 'UNAUTHENTICATED' } })
    const limited = await ask(url, `${place}/sim-small+rate-limited-bare:rawPredict`, good)
    expect(await limited.json()).toMatchObject({ error: { code: 429, status: 'RESOURCE_EXHAUSTED' } })
  })

  function ask(
    url: string,
    path: string,
    body: object,
    headers: Record<string, string> = { authorization: 'Bearer ya29.token' },
  ) {
    return fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  }
})
