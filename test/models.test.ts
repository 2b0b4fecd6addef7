import Anthropic from '@anthropic-ai/sdk'
import type { ModelInfo } from '@anthropic-ai/sdk/resources/models'
import { GoogleGenAI, type Model } from '@google/genai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { feature, prompt } from '../src/index.ts'
import { alias, all, openStand, type Stand } from './stand.ts'

const summarise = feature({ name: 'summarise', model: 'careful', prompt: () => prompt`Summarise.` })

let stand: Stand
beforeAll(async () => {
  stand = await openStand({
    aliases: [
      alias('careful', ['anthropic/claude-haiku-4-5', 'anthropic/claude-opus-5-5']),
      alias('mixed', ['anthropic/claude-haiku-4-5', 'openai/gpt-5.4']),
      alias('partly', ['anthropic/claude-haiku-4-5', 'openai/somebody-elses-model']),
      alias('vectors', ['openai/text-embedding-3-small']),
    ],
    config: (config) => {
      const [chat] = config.providers
      if (!chat) throw new Error('The simulator has providers.')
      const anthropic = {
        ...chat,
        name: 'anthropic',
        dialect: 'anthropic-messages' as const,
        quirks: { rejectsSampling: true },
      }
      return { ...config, providers: [...config.providers, anthropic, { ...chat, name: 'openai' }] }
    },
    gateway: { features: [summarise] },
  })
})
afterAll(() => stand[Symbol.asyncDispose]())

describe('an alias is listed with what all of its targets can do', () => {
  it('in the words of Anthropic, every field of the SDK there', async () => {
    const careful: ModelInfo = await stand.anthropic.models.retrieve('careful')
    expect(careful).toMatchObject({
      type: 'model',
      lifecycle: 'active',
      max_input_tokens: 200_000,
      max_tokens: 64_000,
      capabilities: {
        image_input: { supported: true },
        pdf_input: { supported: true },
        structured_outputs: { supported: true },
        effort: { supported: false, max: { supported: false } },
        // One of them takes a budget alone, and the other none.
        thinking: { supported: true, types: { adaptive: { supported: false }, enabled: { supported: false } } },
      },
    })
    const { capabilities } = careful
    expect(Object.keys(capabilities ?? {}).sort()).toEqual([
      'batch',
      'citations',
      'code_execution',
      'context_management',
      'effort',
      'image_input',
      'pdf_input',
      'server_tools',
      'structured_outputs',
      'thinking',
    ])
    const opus = await stand.anthropic.models.retrieve('fast')
    expect(opus.capabilities?.effort).toMatchObject({ supported: true, xhigh: { supported: true } })
  })

  it('in the words of Google', async () => {
    const careful: Model = await stand.gemini.models.get({ model: 'careful' })
    expect(careful).toMatchObject({
      name: 'models/careful',
      inputTokenLimit: 200_000,
      outputTokenLimit: 64_000,
      thinking: true,
      supportedActions: ['generateContent', 'streamGenerateContent', 'countTokens'],
    })
    const vectors = await stand.gemini.models.get({ model: 'vectors' })
    expect(vectors.supportedActions).toEqual(['embedContent', 'batchEmbedContents'])
    expect(vectors.inputTokenLimit).toBe(8192)
  })

  it('beside the words of OpenAI, which has none', async () => {
    expect(await stand.openai.models.retrieve('mixed')).toMatchObject({
      object: 'model',
      owned_by: 'inseam',
      targets: ['anthropic/claude-haiku-4-5', 'openai/gpt-5.4'],
      inseam: {
        capabilities: { contextTokens: 200_000, imageInput: true, audioInput: false, efforts: [], sampling: false },
        prices: [
          { target: 'anthropic/claude-haiku-4-5', input: 1, output: 5 },
          { target: 'openai/gpt-5.4', input: 2.5, output: 15 },
        ],
      },
    })
  })

  it('and what is not known of each is not said', async () => {
    const { inseam } = (await stand.openai.models.retrieve('partly')) as OpenAI.Model & {
      readonly inseam: { readonly capabilities: object; readonly prices: readonly object[] }
    }
    expect(inseam.capabilities).toEqual({ audioInput: false, embeds: false, sampling: false })
    expect(inseam.prices).toHaveLength(1)
    const info = await stand.anthropic.models.retrieve('partly')
    expect(info).toMatchObject({ max_input_tokens: null, max_tokens: null, capabilities: null })
    const model = await stand.gemini.models.get({ model: 'partly' })
    expect(model).not.toHaveProperty('inputTokenLimit')
    expect(model).not.toHaveProperty('thinking')
  })

  it('a feature with the limits of its model, and text alone', async () => {
    const info = await stand.anthropic.models.retrieve('feature/summarise')
    expect(info).toMatchObject({ max_input_tokens: 200_000, capabilities: { image_input: { supported: false } } })
  })
})

describe('pages of the list', () => {
  it('are turned by each SDK until every model has come, once', async () => {
    const ids = stand.seam.models().map(({ id }) => id)
    const anthropic = await all(stand.anthropic.models.list({ limit: 2 }))
    expect(anthropic.map(({ id }) => id)).toEqual([...ids, 'feature/summarise'])
    const gemini = await all(await stand.gemini.models.list({ config: { pageSize: 2 } }))
    expect(gemini.map(({ name }) => name)).toEqual([...ids, 'feature/summarise'].map((id) => `models/${id}`))
    const openai = await all(stand.openai.models.list())
    expect(openai).toHaveLength(ids.length + 1)
  })

  it('stand before and after a model', async () => {
    const whole = await stand.anthropic.models.list()
    expect(whole.has_more).toBe(false)
    const ids = whole.data.map(({ id }) => id)
    const before = await stand.anthropic.models.list({ before_id: ids[3] ?? '', limit: 2 })
    expect(before.data.map(({ id }) => id)).toEqual(ids.slice(1, 3))
    expect(before).toMatchObject({ has_more: true, first_id: ids[1], last_id: ids[2] })
    expect((await stand.anthropic.models.list({ lifecycle: ['retired'] })).data).toEqual([])
  })

  it('that there are not are refused, with the name of the parameter', async () => {
    const of = (query: string, headers: Record<string, string>) =>
      fetch(`${stand.gateway.url}/v1/models?${query}`, { headers })
    const anthropic = { 'anthropic-version': '2023-06-01' }
    for (const [query, headers, name] of [
      ['limit=0', anthropic, 'limit'],
      ['limit=many', anthropic, 'limit'],
      ['after_id=absent', anthropic, 'after_id'],
      ['pageSize=-1', { 'x-goog-api-key': 'none' }, 'pageSize'],
      ['pageToken=absent', { 'x-goog-api-key': 'none' }, 'pageToken'],
    ] as const) {
      const response = await of(query, headers)
      expect(response.status, query).toBe(400)
      expect(await response.text()).toContain(name)
    }
  })
})

describe("the simulator's own list", () => {
  it('is read by each SDK, page by page, with what its models can do', async () => {
    const { url } = stand.simulator
    const anthropic = new Anthropic({ baseURL: url, apiKey: 'any', maxRetries: 0 })
    const listed = await all(anthropic.models.list({ limit: 3 }))
    expect(listed.map(({ id }) => id)).toContain('claude-opus-5-5')
    expect(await anthropic.models.retrieve('sim-small')).toMatchObject({
      max_input_tokens: 200_000,
      capabilities: { image_input: { supported: true } },
    })
    await expect(anthropic.models.retrieve('absent')).rejects.toMatchObject({ status: 404 })
    const gemini = new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: url } })
    const models = await all(await gemini.models.list({ config: { pageSize: 3 } }))
    expect(models.map(({ name }) => name)).toContain('models/gemini-2.5-flash')
    expect(await gemini.models.get({ model: 'sim-small' })).toMatchObject({
      supportedActions: expect.arrayContaining(['countTokens']),
    })
    await expect(gemini.models.get({ model: 'absent' })).rejects.toMatchObject({ status: 404 })
    const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 })
    expect(await openai.models.retrieve('sim-small')).toMatchObject({ object: 'model' })
    await expect(openai.models.retrieve('absent')).rejects.toMatchObject({ status: 404 })
  })
})
