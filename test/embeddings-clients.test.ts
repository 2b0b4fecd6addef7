import { expect, test } from 'vitest'
import { alias, openStand, type Stand } from './stand.ts'

const aliases = [
  alias('openai', ['simulator/sim-embed']),
  alias('responses', ['simulator-responses/sim-embed']),
  alias('gemini', ['simulator-gemini/sim-embed']),
  alias('anthropic', ['simulator-anthropic/sim-small']),
  alias('kept', ['simulator/sim-embed'], { cache: { ttlSeconds: 60 } }),
]
const open = () => openStand({ aliases, simulator: { keepBodies: true } })
const bodies = ({ simulator }: Stand) => simulator.log().map(({ body }) => body)
const paths = ({ simulator }: Stand) => simulator.log().map(({ path }) => path)
const post = ({ gateway }: Stand, path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(gateway.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

test.each(['openai', 'responses', 'gemini'])(
  "OpenAI's client gets vectors from %s, in either encoding",
  async (model) => {
    await using stand = await open()
    const input = ['red shoes', 'blue shoes']
    const { data, response } = await stand.openai.embeddings.create({ model, input, dimensions: 32 }).withResponse()
    const plain = await stand.openai.embeddings.create({ model, input, dimensions: 32, encoding_format: 'float' })
    expect(data.data.map(({ index, object }) => [index, object])).toEqual([
      [0, 'embedding'],
      [1, 'embedding'],
    ])
    expect(data.data.map(({ embedding }) => Array.from(embedding))).toEqual(
      plain.data.map(({ embedding }) => embedding),
    )
    expect(data.usage.prompt_tokens).toBe(data.usage.total_tokens)
    const [line] = stand.simulator.invoice().lines
    expect(data.usage.prompt_tokens).toBe(line?.usage.uncachedInput)
    expect(response.headers.get('x-inseam-target')).toMatch(/\/sim-embed$/)
    expect(response.headers.get('x-inseam-cost')).toBe((line!.costNanoUsd! / 1e9).toFixed(9))
    expect(response.headers.get('x-inseam-loss')).toBeNull()
    expect(stand.calls()[0]).toMatchObject({ operation: 'embed', door: 'gateway', dialectIn: 'openai-chat', model })
  },
)

test.each(['openai', 'gemini'])("Google's client gets vectors from %s", async (model) => {
  await using stand = await open()
  const contents = ['red shoes', 'blue shoes']
  const found = await stand.gemini.models.embedContent({ model, contents, config: { outputDimensionality: 16 } })
  expect(found.embeddings?.map(({ values }) => values?.length)).toEqual([16, 16])
  const direct = await stand.openai.embeddings.create({ model: 'openai', input: contents, dimensions: 16 })
  expect(found.embeddings?.map(({ values }) => values)).toEqual(
    direct.data.map(({ embedding }) => Array.from(embedding)),
  )
})

test('what only Google takes is named where OpenAI answers, and refused where the caller is strict', async () => {
  await using stand = await open()
  const body = { content: { parts: [{ text: 'red' }] }, taskType: 'CLUSTERING' }
  const reply = await post(stand, '/v1beta/models/openai:embedContent', body)
  expect(await reply.json()).toMatchObject({
    embedding: { values: expect.any(Array) },
    usageMetadata: { promptTokenCount: 1 },
  })
  expect(reply.headers.get('x-inseam-loss')).toBe('requests[0].taskType;dropped')
  const refused = await post(stand, '/v1beta/models/openai:embedContent', body, { 'x-inseam-translation': 'strict' })
  expect([refused.status, await refused.json()]).toMatchObject([400, { error: { status: 'INVALID_ARGUMENT' } }])
})

test('the bytes of the same dialect go as they came, but for the model, to the place that was asked', async () => {
  await using stand = await open()
  const tokens = '{ "input": [[1, 2], [3]],  "model":"openai", "encoding_format":"float" }'
  const first = await post(stand, '/v1/embeddings', tokens)
  expect(((await first.json()) as { data: unknown[] }).data).toHaveLength(2)
  const one = { content: { parts: [{ text: 'red' }] }, taskType: 'CLUSTERING' }
  expect(await (await post(stand, '/v1beta/models/gemini:embedContent', one)).json()).toHaveProperty('embedding.values')
  const many = { requests: [{ model: 'models/gemini', ...one }] }
  expect(await (await post(stand, '/v1beta/models/gemini:batchEmbedContents', many)).json()).toHaveProperty(
    'embeddings',
  )
  expect(paths(stand)).toEqual([
    '/v1/embeddings',
    '/v1beta/models/sim-embed:embedContent',
    '/v1beta/models/sim-embed:batchEmbedContents',
  ])
  expect(bodies(stand)).toEqual([
    { input: [[1, 2], [3]], model: 'sim-embed', encoding_format: 'float' },
    one,
    { requests: [{ model: 'models/sim-embed', ...one }] },
  ])
})

test("OpenAI's clients keep what hosts of its dialects alone know, whichever of the two a provider speaks", async () => {
  await using stand = await open()
  const body = { model: 'responses', input: 'red', user: 'u', something: 'new' }
  await post(stand, '/v1/embeddings', body)
  expect(bodies(stand)).toEqual([{ ...body, model: 'sim-embed' }])
})

test.each([
  ['/v1/embeddings', { model: 'gemini', input: [[1, 2]] }, 400, 'input[0]'],
  ['/v1/embeddings', { model: 'openai', input: 7 }, 400, 'input'],
  ['/v1/embeddings', { model: 'openai', input: [] }, 400, 'input'],
  ['/v1/embeddings', { model: 'nobody', input: 'a' }, 404, 'nobody'],
  ['/v1/embeddings', { model: 'anthropic', input: 'a' }, 400, 'No target of "anthropic" gives vectors'],
  ['/v1/embeddings', { input: 'a' }, 400, 'model'],
  ['/v1/embeddings', { model: 'gemini', input: Array.from({ length: 101 }, () => 'a') }, 400, 'takes 100 texts'],
  ['/v1beta/models/openai:batchEmbedContents', { requests: [] }, 400, 'requests'],
  ['/v1beta/models/openai:embedContent', { content: 'a' }, 400, 'content'],
])('%s with %j is refused with %i, saying %s', async (path, body, status, words) => {
  await using stand = await open()
  const reply = await post(stand, path, body)
  const { error } = (await reply.json()) as { error: { message: string } }
  expect(reply.status).toBe(status)
  expect(error.message).toContain(words)
  expect(stand.calls()).toMatchObject([{ operation: 'embed', outcome: { ending: 'error' } }])
  expect(stand.simulator.log()).toEqual([])
})

test('a key opens its own models, and a large body is refused', async () => {
  const keys = [{ name: 'search', key: 'secret-key', aliases: ['openai'], tenant: 'acme' }]
  await using stand = await openStand({ aliases, gateway: { keys, maxBodyBytes: 2_000 } })
  await stand.openai.embeddings.create({ model: 'openai', input: 'a' })
  await expect(stand.openai.embeddings.create({ model: 'gemini', input: 'a' })).rejects.toMatchObject({ status: 403 })
  await expect(stand.openai.embeddings.create({ model: 'openai', input: 'a'.repeat(3_000) })).rejects.toMatchObject({
    status: 413,
  })
  expect((await post(stand, '/v1/embeddings', { model: 'openai', input: 'a' })).status).toBe(401)
  expect(stand.calls()[0]).toMatchObject({ keyId: 'search', tenant: 'acme' })
})

test('a text that was embedded before is not asked for again, whatever stands beside it and however it is encoded', async () => {
  await using stand = await open()
  const { openai } = stand
  const before = await openai.embeddings.create({ model: 'kept', input: ['red', 'blue'] })
  const { data: after, response } = await openai.embeddings
    .create({ model: 'kept', input: ['blue', 'green', 'red'], encoding_format: 'float' })
    .withResponse()
  expect(bodies(stand)).toMatchObject([{ input: ['red', 'blue'] }, { input: ['green'] }])
  const [red, blue] = before.data.map(({ embedding }) => Array.from(embedding))
  expect([after.data[0]?.embedding, after.data[2]?.embedding]).toEqual([blue, red])
  expect(response.headers.get('x-inseam-source')).toBe('provider')
  const last = await openai.embeddings.create({ model: 'kept', input: ['green', 'red'] }).withResponse()
  expect(last.response.headers.get('x-inseam-source')).toBe('cache')
  expect(last.data.usage.total_tokens).toBe(0)
})

test('a feature has no vectors', async () => {
  const { feature, prompt } = await import('../src/index.ts')
  const greet = feature({ name: 'greet', model: 'fast', prompt: ({ text }: { text: string }) => prompt`${text}` })
  await using stand = await openStand({ gateway: { features: [greet] } })
  await expect(stand.openai.embeddings.create({ model: 'feature/greet', input: 'a' })).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('has no embed'),
  })
})

test.each(['html', 'empty-object', 'malformed-event', 'cut', 'server-error', 'error-event-first'] as const)(
  'a provider that answers with %s is a failure in the words of the client',
  async (fault) => {
    await using stand = await openStand({
      aliases: [{ ...aliases[0]!, retry: { attempts: 1, baseMs: 1, capMs: 1 } }],
      simulator: { scenario: { rules: [{ fault: { type: fault } }] } },
    })
    await expect(stand.openai.embeddings.create({ model: 'openai', input: 'a' })).rejects.toMatchObject({
      status: expect.toSatisfy((status: number) => status >= 502),
    })
  },
)
