import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseConfig } from '../src/config.ts'
import { alias, openStand, type Stand } from './stand.ts'

let stand: Stand
beforeAll(async () => {
  stand = await openStand({
    simulator: { keepBodies: true },
    config: (config) => {
      const url = config.providers[0]?.url.replace(/\/v1$/, '') ?? ''
      const written = `providers: { vertex: { url: "${url}", location: global, project: p, key: ya29.token } }`
      return { ...config, providers: [...config.providers, ...parseConfig(written, { env: {} }).providers] }
    },
    aliases: [
      alias('english', ['vertex/text-embedding-005']),
      alias('gemini', ['vertex/gemini-embedding-001']),
      alias('answers', ['simulator/sim-small', 'simulator-gemini/gemini-2.5-flash']),
    ],
  })
})
afterAll(() => stand[Symbol.asyncDispose]())

const sent = (count: number) => stand.simulator.log().slice(-count)
const instances = ({ body }: { body?: unknown }) => (body as { instances: readonly unknown[] }).instances

test("OpenAI's client gets vectors of Vertex AI, counted as they are billed", async () => {
  const { data, usage } = await stand.openai.embeddings.create({
    model: 'english',
    input: ['red shoes', 'blue shoes'],
    dimensions: 64,
  })
  expect(data.map(({ embedding }) => embedding.length)).toEqual([64, 64])
  expect(usage.prompt_tokens).toBe(stand.simulator.invoice().lines.at(-1)?.usage.uncachedInput)
  expect(stand.attempts().at(-1)).toMatchObject({ usage: { inputUncached: usage.prompt_tokens } })
  expect(sent(1)).toMatchObject([
    {
      path: '/v1beta1/projects/p/locations/global/publishers/google/models/text-embedding-005:predict',
      body: {
        instances: [{ content: 'red shoes' }, { content: 'blue shoes' }],
        parameters: { outputDimensionality: 64, autoTruncate: false },
      },
    },
  ])
})

test("Google's client gets them too, though it speaks the dialect in other words", async () => {
  const config = { taskType: 'RETRIEVAL_DOCUMENT', title: 'Shoes', outputDimensionality: 8 }
  const told = await stand.gemini.models.embedContent({ model: 'english', contents: ['red', 'blue'], config })
  expect(told.embeddings?.map(({ values }) => values?.length)).toEqual([8, 8])
  const instance = { task_type: 'RETRIEVAL_DOCUMENT', title: 'Shoes' }
  expect(sent(1).map(instances)).toEqual([
    [
      { content: 'red', ...instance },
      { content: 'blue', ...instance },
    ],
  ])
  const response = await fetch(`${stand.gateway.url}/v1beta/models/english:embedContent`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ content: { parts: [{ text: 'red' }] } }),
  })
  expect(await response.json()).toMatchObject({ embedding: { values: expect.any(Array) } })
})

test('a list is split by what the model takes: texts, and tokens of all of them', async () => {
  const { vectors, cost } = await stand.seam.embed(['a', 'b', 'c'], { model: 'gemini' })
  expect(vectors.map(({ length }) => length)).toEqual([3072, 3072, 3072])
  expect(cost.status).toBe('priced')
  expect(sent(3).map((entry) => instances(entry).length)).toEqual([1, 1, 1])

  const many = Array.from({ length: 251 }, (_, index) => `text ${index}`)
  expect((await stand.seam.embed(many, { model: 'english', dimensions: 2 })).vectors).toHaveLength(251)
  expect(sent(2).map((entry) => instances(entry).length)).toEqual(expect.arrayContaining([250, 1]))

  const long = Array.from({ length: 30 }, () => 'word '.repeat(1000))
  expect((await stand.seam.embed(long, { model: 'english', dimensions: 2 })).vectors).toHaveLength(30)
})

test('a text that is too long is refused, and cut only for those who ask for it', async () => {
  const text = 'word '.repeat(4000)
  await expect(stand.seam.embed([text], { model: 'english' })).rejects.toMatchObject({
    message: expect.stringContaining('the model supports up to 2048'),
  })
  const extensions = { gemini: { autoTruncate: true } }
  expect((await stand.seam.embed([text], { model: 'english', extensions })).vectors).toHaveLength(1)
})

test('more than the model takes at once is refused before anything is sent', async () => {
  const before = stand.simulator.log().length
  await expect(stand.openai.embeddings.create({ model: 'gemini', input: ['a', 'b'] })).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('takes 1 text'),
  })
  expect(stand.simulator.log()).toHaveLength(before)
})

test.each(['answers', 'vertex/gemini-2.5-flash', 'vertex/gemini-embedding-2'])(
  '%s, which gives no vectors, is not asked for any, by whichever client',
  async (model) => {
    const before = stand.simulator.log().length
    const refusal = { status: 400, message: expect.stringContaining('gives vectors') }
    await expect(stand.openai.embeddings.create({ model, input: 'red' })).rejects.toMatchObject({
      ...refusal,
      code: 'operation-unsupported',
    })
    await expect(stand.gemini.models.embedContent({ model, contents: 'red' })).rejects.toMatchObject(refusal)
    expect(stand.simulator.log()).toHaveLength(before)
  },
)
