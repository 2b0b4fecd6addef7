import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import type {
  EmbeddingModelV3,
  EmbeddingModelV4,
  EmbeddingModelV4CallOptions,
  ProviderV3,
  ProviderV4,
} from '@ai-sdk/provider'
import { APICallError, createProviderRegistry, embed, embedMany } from 'ai'
import { type EmbeddingModel as EmbeddingModel6, embedMany as embedMany6 } from 'ai6'
import { createOpenAI as createOpenAI6 } from 'ai6-openai'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { aiSdkProvider, inseamProvider, inseamProviderV3 } from '../src/ai-sdk/index.ts'
import { isInseamError } from '../src/index.ts'
import { startSimulator } from '../src/simulator/index.ts'
import { alias, openStand } from './stand.ts'

const aliases = [
  alias('vectors', ['simulator/sim-embed']),
  alias('google', ['simulator-gemini/sim-embed']),
  alias('down', ['simulator/sim-embed+server-error']),
]
const open = () => openStand({ aliases, simulator: { keepBodies: true } })
const values = ['red shoes', 'blue shoes', 'a parcel']

describe('the seam as a provider of the AI SDK', () => {
  it('is one by its types', () => {
    expectTypeOf<ReturnType<typeof inseamProvider>>().toExtend<ProviderV4>()
    expectTypeOf<ReturnType<typeof inseamProviderV3>>().toExtend<ProviderV3>()
  })

  it('embeds for ai 7, and says what it cost and who gave the vectors', async () => {
    await using stand = await open()
    const model = inseamProvider(stand.seam).embeddingModel('vectors')
    const { embeddings, usage, providerMetadata, warnings } = await embedMany({
      model,
      values,
      providerOptions: { inseam: { feature: 'search', tenant: 'acme', dimensions: 32 } },
    })
    const direct = await stand.seam.embed(values, { model: 'vectors', dimensions: 32 })
    expect(embeddings).toEqual(direct.vectors)
    expect(usage.tokens).toBe(direct.usage.inputUncached)
    expect(warnings).toEqual([])
    const [call] = stand.calls()
    expect(call).toMatchObject({ operation: 'embed', feature: 'search', tenant: 'acme' })
    expect(providerMetadata).toMatchObject({
      inseam: {
        callId: call?.callId,
        target: 'simulator/sim-embed',
        costNanoUsd: direct.cost.nanoUsd,
        source: 'provider',
      },
    })
    const one = await embed({ model, value: 'red shoes' })
    expect(one.embedding).toHaveLength(256)
  })

  it('embeds for ai 6', async () => {
    await using stand = await open()
    // ai 6 brings its own copy of the types, of which this repository has two.
    const model = inseamProviderV3(stand.seam).embeddingModel('google') as EmbeddingModel6
    const found = await embedMany6({ model, values, providerOptions: { inseam: { dimensions: 16 } } })
    expect(found.embeddings).toEqual((await stand.seam.embed(values, { model: 'google', dimensions: 16 })).vectors)
    expect(found.usage.tokens).toBeGreaterThan(0)
  })

  it('splits by what the targets take in one request', async () => {
    await using stand = await open()
    const { google, vectors, nobody } = Object.fromEntries(
      ['google', 'vectors', 'nobody'].map((name) => [name, inseamProvider(stand.seam).embeddingModel(name)]),
    )
    expect([google, vectors, nobody].map((model) => model?.maxEmbeddingsPerCall)).toEqual([100, 2048, undefined])
    const many = Array.from({ length: 130 }, (_, at) => `text ${at}`)
    expect((await embedMany({ model: google!, values: many })).embeddings).toHaveLength(130)
    expect(stand.calls()).toHaveLength(2)
  })

  it('is not retried on top, and its failures are known to the AI SDK', async () => {
    await using stand = await open()
    const { embeddingModel } = inseamProvider(stand.seam)
    const thrown = await embedMany({ model: embeddingModel('down'), values }).catch((error: unknown) => error)
    expect(APICallError.isInstance(thrown) && isInseamError(thrown)).toBe(true)
    expect(thrown).toMatchObject({ code: 'server-error', isRetryable: false, statusCode: 502 })
    expect(stand.attempts()).toHaveLength(2)
    await expect(embed({ model: embeddingModel('nobody'), value: 'a' })).rejects.toMatchObject({
      code: 'unknown-model',
    })
    await expect(embed({ model: embeddingModel('vectors'), value: '' })).rejects.toMatchObject({
      code: 'invalid-request',
    })
    const misspelt = { providerOptions: { inseam: { feeture: 'x' } } }
    await expect(embed({ model: embeddingModel('vectors'), value: 'a', ...misspelt })).rejects.toThrow(/feeture/)
  })

  it('warns of what a target cannot be told', async () => {
    await using stand = await open()
    const { warnings } = await embed({
      model: inseamProvider(stand.seam).embeddingModel('vectors'),
      value: 'a',
      providerOptions: { google: { taskType: 'CLUSTERING' } },
    })
    expect(warnings).toMatchObject([{ type: 'unsupported', feature: 'providerOptions.google' }])
  })

  it('stands in a registry beside others', async () => {
    await using stand = await open()
    const registry = createProviderRegistry({ inseam: inseamProvider(stand.seam) })
    const { embedding } = await embed({ model: registry.embeddingModel('inseam:vectors'), value: 'a' })
    expect(embedding).toHaveLength(256)
  })

  it('ends at once when the caller leaves', async () => {
    await using stand = await openStand({
      aliases,
      simulator: { scenario: { rules: [{ fault: { type: 'no-answer' } }] } },
    })
    const controller = new AbortController()
    const embedding = embed({
      model: inseamProvider(stand.seam).embeddingModel('vectors'),
      value: 'a',
      abortSignal: controller.signal,
    })
    while (stand.simulator.log().length < 1) await new Promise((resolve) => setImmediate(resolve))
    controller.abort()
    await expect(embedding).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('an embedding model of the AI SDK as a target', () => {
  /** A seam whose provider `mine` has these models, made over the simulator at this address. */
  async function over(make: (url: string) => Record<string, EmbeddingModelV4 | EmbeddingModelV3>) {
    const simulator = await startSimulator({ keepBodies: true })
    const mine = aiSdkProvider({ name: 'mine', embeddingModels: make(simulator.url) })
    const stand = await openStand({ seam: { providers: [mine] } })
    return {
      simulator,
      stand,
      [Symbol.asyncDispose]: async () => {
        await stand[Symbol.asyncDispose]()
        await simulator.close()
      },
    }
  }

  it('gives its vectors to seam.embed and to every door, billed by what it says', async () => {
    await using test = await over((url) => ({
      'text-embedding-3-small': createOpenAI({ apiKey: 'k', baseURL: `${url}/v1` }).embeddingModel(
        'text-embedding-3-small',
      ),
    }))
    const model = 'mine/text-embedding-3-small'
    const found = await test.stand.seam.embed(values, { model })
    expect(found.vectors.map(({ length }) => length)).toEqual([1536, 1536, 1536])
    const [line] = test.simulator.invoice().lines
    expect(found).toMatchObject({ target: model, cost: { nanoUsd: line?.costNanoUsd, status: 'priced' } })
    const reply = await test.stand.openai.embeddings.create({ model, input: values })
    expect(Array.from(reply.data[2]!.embedding)).toEqual(found.vectors[2])
    expect(test.stand.calls()[0]).toMatchObject({ dialectOut: 'ai-sdk', operation: 'embed' })
  })

  it("takes models of ai 6 and of Google's package, and tells vendors what was said to them", async () => {
    await using test = await over((url) => ({
      six: createOpenAI6({ apiKey: 'k', baseURL: `${url}/v1` }).embeddingModel('sim-embed'),
      google: createGoogleGenerativeAI({ apiKey: 'k', baseURL: `${url}/v1beta` }).embeddingModel('sim-embed'),
    }))
    const { seam } = test.stand
    expect((await seam.embed(['a'], { model: 'mine/six' })).vectors[0]).toHaveLength(256)
    await expect(seam.embed(['a'], { model: 'mine/six', dimensions: 8 })).rejects.toMatchObject({
      code: 'operation-unsupported',
    })
    const extensions = { 'ai-sdk': { 'providerOptions.google': { taskType: 'CLUSTERING' } } }
    expect((await seam.embed(['a', 'b'], { model: 'mine/google', extensions })).vectors).toHaveLength(2)
    expect(JSON.stringify(test.simulator.log().at(-1)?.body)).toContain('CLUSTERING')
  })

  const written = (answer: (options: EmbeddingModelV4CallOptions) => unknown, most?: number): EmbeddingModelV4 => ({
    specificationVersion: 'v4',
    provider: 'written',
    modelId: 'w',
    maxEmbeddingsPerCall: most,
    supportsParallelCalls: true,
    doEmbed: async (options) => answer(options) as never,
  })

  it('is asked for no more texts than it takes, with its length and signal', async () => {
    const asked: EmbeddingModelV4CallOptions[] = []
    const echo = written((options) => {
      asked.push(options)
      return { embeddings: options.values.map(() => [1, 0]), warnings: [], usage: { tokens: Number.NaN } }
    }, 3)
    await using test = await over(() => ({ echo }))
    const found = await test.stand.seam.embed(['a', 'b', 'c', 'd'], { model: 'mine/echo', dimensions: 2 })
    expect(asked.map(({ values, dimensions }) => [values, dimensions])).toEqual([
      [['a', 'b', 'c'], 2],
      [['d'], 2],
    ])
    expect(asked[0]?.abortSignal).toBeInstanceOf(AbortSignal)
    expect(found.usage.source).toBe('estimated')
  })

  it.each([
    ['too few vectors', () => ({ embeddings: [], warnings: [] }), 'reply-unreadable'],
    ['no list', () => ({ embeddings: [['x']], warnings: [] }), 'reply-unreadable'],
    ['nothing', () => undefined, 'reply-unreadable'],
    ['a failure', () => Promise.reject(new Error('no such luck')), 'server-error'],
  ])('a model that gives %s has failed', async (_, answer, code) => {
    await using test = await over(() => ({ broken: written(answer) }))
    const { seam } = test.stand
    await expect(seam.embed(['a'], { model: 'mine/broken', timeoutMs: 2_000 })).rejects.toMatchObject({ code })
  })

  it('answers nothing, and what is no embedding model is refused', async () => {
    await using test = await over(() => ({ echo: written(() => undefined) }))
    const messages = [{ role: 'user' as const, content: 'Hi' }]
    await expect(test.stand.openai.chat.completions.create({ model: 'mine/echo', messages })).rejects.toThrow(
      /gives vectors/,
    )
    expect(() => aiSdkProvider({ name: 'mine', embeddingModels: { wrong: {} as EmbeddingModelV4 } })).toThrow(
      /mine\/wrong is no embedding model/,
    )
  })
})
