import { FunctionCallingConfigMode } from '@google/genai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Config, parseConfig } from '../src/config.ts'
import { sendJson, startTokenEndpoint, type TokenEndpoint } from '../src/providers/token-endpoint.suite.ts'
import { descriptions, faultyTarget, schemas } from './client-tasks.ts'
import { alias, all, openStand, type Stand } from './stand.ts'

/** The clouds' kinds over the simulator, as an operator writes them. */
const written = (url: string) => `
providers:
  azure: { url: "${url}", key: azure-key, deployments: { sim-small: sim-small, mine: sim-small } }
  azure-responses: { kind: azure, url: "${url}/openai/v1", key: azure-key, dialect: openai-responses }
  azure-dated: { kind: azure, url: "${url}", key: entra-token, auth: bearer, apiVersion: "2025-04-01-preview" }
  azure-dated-responses:
    { kind: azure, url: "${url}", key: azure-key, apiVersion: "2025-04-01-preview", dialect: openai-responses }
  vertex: { url: "${url}", location: global, credentials: "\${file:/sa.json}" }
  vertex-anthropic: { url: "${url}", location: us-east5, credentials: "\${file:/sa.json}" }
`
const providers = [
  'azure',
  'azure-responses',
  'azure-dated',
  'azure-dated-responses',
  'vertex',
  'vertex-anthropic',
] as const

function overClouds(config: Config, credentials: string): Config {
  const url = config.providers[0]?.url.replace(/\/v1$/, '') ?? ''
  const clouds = parseConfig(written(url), { env: {}, readFile: () => credentials })
  return { ...config, providers: [...config.providers, ...clouds.providers] }
}

let stand: Stand
let endpoint: TokenEndpoint
beforeAll(async () => {
  endpoint = await startTokenEndpoint()
  stand = await openStand({
    simulator: { keepBodies: true },
    config: (config) => overClouds(config, endpoint.credentials),
    aliases: [alias('falls-back', ['vertex/sim-small', 'azure/sim-small'])],
  })
})
afterAll(async () => {
  await stand[Symbol.asyncDispose]()
  await endpoint[Symbol.asyncDispose]()
})

const question = 'Where is order 4711?'
const name = 'get_order_status'
const description = descriptions[name]
const schema = z.toJSONSchema(schemas[name]) as { type: 'object' }

/** What a client got, streamed or whole. */
interface Told {
  readonly text: string
  readonly called?: string | undefined
}

/** One official client. */
interface Client {
  ask(model: string, options: { stream: boolean; tools: boolean }): Promise<Told>
  /** Asks for a stream and leaves after the first of it. */
  leave(model: string): Promise<void>
}

const clients: Record<string, Client> = {
  'openai chat': {
    async ask(model, { stream, tools }) {
      const asked = {
        model,
        messages: [{ role: 'user' as const, content: question }],
        ...(tools && { tools: [{ type: 'function' as const, function: { name, description, parameters: schema } }] }),
      }
      const { completions } = stand.openai.chat
      const { message } = stream
        ? (await completions.stream(asked).finalChatCompletion()).choices[0]!
        : (await completions.create(asked)).choices[0]!
      const [call] = message.tool_calls ?? []
      return { text: message.content ?? '', called: call?.type === 'function' ? call.function.name : undefined }
    },
    async leave(model) {
      const messages = [{ role: 'user' as const, content: question }]
      for await (const _ of await stand.openai.chat.completions.create({ model, messages, stream: true })) break
    },
  },
  'openai responses': {
    async ask(model, { stream, tools }) {
      const asked = {
        model,
        input: question,
        ...(tools && {
          tools: [{ type: 'function' as const, name, description, parameters: { ...schema }, strict: false }],
        }),
      }
      const { responses } = stand.openai
      const response = stream ? await responses.stream(asked).finalResponse() : await responses.create(asked)
      const call = response.output.find(({ type }) => type === 'function_call')
      return { text: response.output_text, called: call?.type === 'function_call' ? call.name : undefined }
    },
    async leave(model) {
      for await (const { type } of await stand.openai.responses.create({ model, input: question, stream: true }))
        if (type === 'response.output_text.delta') break
    },
  },
  anthropic: {
    async ask(model, { stream, tools }) {
      const asked = {
        model,
        max_tokens: 500,
        messages: [{ role: 'user' as const, content: question }],
        ...(tools && { tools: [{ name, description, input_schema: schema }] }),
      }
      const { messages } = stand.anthropic
      const message = stream ? await messages.stream(asked).finalMessage() : await messages.create(asked)
      const text = message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
      return { text, called: message.content.find((block) => block.type === 'tool_use')?.name }
    },
    async leave(model) {
      const messages = [{ role: 'user' as const, content: question }]
      const stream = await stand.anthropic.messages.create({ model, max_tokens: 500, messages, stream: true })
      for await (const { type } of stream) if (type === 'content_block_delta') break
    },
  },
  genai: {
    async ask(model, { stream, tools }) {
      const functionDeclarations = [{ name, description, parametersJsonSchema: schema }]
      const toolConfig = { functionCallingConfig: { mode: FunctionCallingConfigMode.AUTO } }
      const asked = {
        model,
        contents: question,
        config: tools ? { tools: [{ functionDeclarations }], toolConfig } : {},
      }
      const { models } = stand.gemini
      const replies = stream
        ? await all(await models.generateContentStream(asked))
        : [await models.generateContent(asked)]
      const parts = replies.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
      return {
        text: parts.map(({ text }) => text ?? '').join(''),
        called: parts.find(({ functionCall }) => functionCall)?.functionCall?.name,
      }
    },
    async leave(model) {
      // To stop reading is not to leave, for this client.
      const leaving = new AbortController()
      const config = { abortSignal: leaving.signal }
      for await (const _ of await stand.gemini.models.generateContentStream({ model, contents: question, config }))
        break
      leaving.abort()
    },
  },
}

describe.each(Object.keys(clients).flatMap((client) => providers.map((provider) => ({ client, provider }))))(
  'the $client client, to $provider',
  ({ client: named, provider }) => {
    const client = clients[named]!
    const model = `${provider}/sim-small`

    it('is answered, streamed as whole', async () => {
      const whole = await client.ask(model, { stream: false, tools: false })
      expect(whole.text).not.toBe('')
      expect((await client.ask(model, { stream: true, tools: false })).text).toBe(whole.text)
    })

    it('has its tools called, streamed and whole', async () => {
      for (const stream of [false, true])
        expect(await client.ask(model, { stream, tools: true })).toMatchObject({ called: name })
    })

    it('is told of errors by their status', async () => {
      for (const [fault, status] of [
        ['bad-request', 400],
        ['rate-limited-bare', 429],
      ] as const) {
        const asked = client.ask(faultyTarget(provider, fault), { stream: false, tools: false })
        await expect(asked, fault).rejects.toMatchObject({ status })
      }
    })

    it('stops the provider when it leaves', async () => {
      const stalled = faultyTarget(provider, 'stall')
      await client.leave(stalled)
      const ended = await stand.callEnded(({ model }) => model === stalled)
      expect(ended.outcome).toMatchObject({ errorCode: 'aborted' })
      await stand.simulator.idle()
      expect(stand.simulator.log().at(-1)).toMatchObject({ cancelled: true })
    })
  },
)

describe('what goes to a cloud', () => {
  const bodies = () => stand.simulator.log().map(({ path, body }) => ({ path, body }))

  it("is the client's own body where it speaks the dialect, but for what the cloud says otherwise", async () => {
    const asked = {
      max_tokens: 100,
      messages: [{ role: 'user' as const, content: question }],
      metadata: { user_id: 'u' },
    }
    await stand.anthropic.messages.create({ model: 'vertex-anthropic/sim-small', ...asked })
    expect(bodies().at(-1)).toEqual({
      path: '/v1/projects/a-project/locations/us-east5/publishers/anthropic/models/sim-small:rawPredict',
      body: { ...asked, anthropic_version: 'vertex-2023-10-16' },
    })
    const chat = { messages: asked.messages, seed: 7 }
    await stand.openai.chat.completions.create({ model: 'azure-dated/sim-small', ...chat })
    expect(bodies().at(-1)).toEqual({
      path: '/openai/deployments/sim-small/chat/completions',
      body: { model: 'sim-small', ...chat },
    })
  })

  it('is shown one token, however many calls', () => {
    expect(endpoint.seen.length).toBeLessThanOrEqual(2)
    expect(endpoint.seen.every(({ verified }) => verified)).toBe(true)
  })

  it('is counted where the cloud counts', async () => {
    const messages = [{ role: 'user' as const, content: question }]
    const asked = { model: 'vertex-anthropic/sim-small', messages }
    expect((await stand.anthropic.messages.countTokens(asked)).input_tokens).toBeGreaterThan(0)
    expect(bodies().at(-1)?.path).toContain('/models/count-tokens:rawPredict')
    const { totalTokens } = await stand.gemini.models.countTokens({ model: 'vertex/sim-small', contents: question })
    expect(totalTokens).toBeGreaterThan(0)
    expect(bodies().at(-1)?.path).toContain('/publishers/google/models/sim-small:countTokens')
  })
})

describe('what a deployment costs', () => {
  const costOf = async (model: string) => {
    const before = stand.calls().length
    await clients['openai chat']!.ask(model, { stream: false, tools: false })
    return (await stand.callEnded((event) => event.model === model && stand.calls().indexOf(event) >= before)).cost
  }

  it('is what the model behind it costs, and nobody knows where nobody said which', async () => {
    const named = await costOf('azure/mine')
    expect(named.status).toBe('priced')
    expect(named.nanoUsd).toBe((await costOf('azure/sim-small')).nanoUsd)
    expect(await costOf('azure-dated/sim-small')).toMatchObject({ nanoUsd: null, status: 'unpriced' })
  })
})

describe('a credential that Google refuses', () => {
  it('sends the call to the next target, and stays unseen', async () => {
    await using refusing = await startTokenEndpoint()
    refusing.answer((response) =>
      sendJson(response, 400, { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }),
    )
    await using other = await openStand({
      config: (config) => overClouds(config, refusing.credentials),
      aliases: [alias('falls-back', ['vertex/sim-small', 'azure/sim-small'])],
    })
    const messages = [{ role: 'user' as const, content: question }]
    await other.openai.chat.completions.create({ model: 'falls-back', messages })
    expect((await other.callEnded()).target).toBe('azure/sim-small')
    expect(other.attempts().map(({ outcome }) => outcome)).toMatchObject([
      { errorCode: 'credential-rejected' },
      { ending: 'completed' },
    ])

    const failed = await other.openai.chat.completions
      .create({ model: 'vertex-anthropic/sim-small', messages })
      .catch((error) => error)
    expect(failed).toMatchObject({ status: 502, message: expect.stringContaining('Invalid JWT Signature.') })
    const record = JSON.stringify([other.calls(), other.attempts(), failed])
    for (const line of refusing.privateKey.split('\n').slice(1, -2)) expect(record).not.toContain(line)
  })
})
