import type { LanguageModelV3, LanguageModelV4, ProviderV3, ProviderV4 } from '@ai-sdk/provider'
import {
  APICallError,
  generateObject,
  generateText,
  NoSuchModelError,
  Output,
  stepCountIs,
  streamText,
  ToolLoopAgent,
  tool,
} from 'ai'
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { inseamProvider, inseamProviderV3, type SeamCallFailed } from '../src/ai-sdk/index.ts'
import { isInseamError } from '../src/errors/index.ts'
import type { FaultName, ScriptedReply } from '../src/simulator/index.ts'
import { alias, openStand, type Stand } from './stand.ts'

const targets = ['simulator', 'simulator-anthropic'] as const
const specs = ['v4', 'v3'] as const
const strikes: readonly FaultName[] = ['overloaded', 'cut', 'stall']

let stand: Stand
beforeAll(async () => {
  stand = await openStand({
    aliases: targets.flatMap((target) => [
      alias(target, [`${target}/sim-small`]),
      // A model for each fault: none must find the breaker that another opened.
      ...strikes.map((fault) => alias(`${target}.${fault}`, [`${target}/sim-small+${fault}`])),
    ]),
    simulator: { keepBodies: true },
  })
})
afterAll(() => stand[Symbol.asyncDispose]())
beforeEach(() => {
  stand.simulator.reset()
  stand.simulator.setScenario({ rules: [] })
})

const modelOf = (spec: (typeof specs)[number], name: string): LanguageModelV4 | LanguageModelV3 =>
  spec === 'v4' ? inseamProvider(stand.seam).languageModel(name) : inseamProviderV3(stand.seam).languageModel(name)
const script = (...replies: readonly ScriptedReply[]) =>
  stand.simulator.setScenario({
    rules: replies.map((reply) => ({ when: { request: { from: 1, to: 1 } }, reply })),
  })
const bodyOf = (index: number) => JSON.stringify(stand.simulator.log()[index]?.body)

/** What the work threw, which must be the seam's own error under the marks of the AI SDK. */
async function failure(work: Promise<unknown>): Promise<SeamCallFailed> {
  const thrown = await work.then(
    () => expect.unreachable('It was answered.'),
    (error: unknown) => error,
  )
  if (!APICallError.isInstance(thrown) || !isInseamError(thrown)) throw thrown
  return thrown as unknown as SeamCallFailed
}

it('is a provider of the AI SDK by its types', () => {
  expectTypeOf<ReturnType<typeof inseamProvider>>().toExtend<ProviderV4>()
  expectTypeOf<ReturnType<typeof inseamProviderV3>>().toExtend<ProviderV3>()
})

describe.each(targets.flatMap((target) => specs.map((spec) => ({ target, spec }))))(
  'the real ai package over $target by spec $spec',
  ({ target, spec }) => {
    const model = () => modelOf(spec, target)

    it('generates text, and tells what it cost and who answered', async () => {
      const { text, finishReason, usage, providerMetadata } = await generateText({
        model: model(),
        system: 'You are kind.',
        prompt: 'Greet Ada.',
        temperature: 0.5,
        maxOutputTokens: 300,
        providerOptions: { inseam: { feature: 'greet', tenant: 'acme', user: 'u', session: 's', tags: ['a'] } },
      })
      const [line] = stand.simulator.invoice().lines
      expect(text.length).toBeGreaterThan(5)
      expect(finishReason).toBe('stop')
      expect(usage.outputTokens).toBe(line?.usage.output)
      expect(usage.inputTokens).toBeGreaterThan(0)
      const call = stand.calls().at(-1)
      expect(providerMetadata?.inseam).toEqual({
        callId: call?.callId,
        target: `${target}/sim-small`,
        costNanoUsd: line?.costNanoUsd,
        costStatus: 'priced',
        source: 'provider',
        attempts: 1,
      })
      expect(call).toMatchObject({ feature: 'greet', tenant: 'acme', user: 'u', session: 's', tags: ['a'] })
    })

    it('streams the same text piece by piece', async () => {
      stand.simulator.setScenario({ rules: [], pace: { tokenMs: 40 } })
      const asked = { model: model(), prompt: 'Greet Ada.' }
      const { text: whole } = await generateText(asked)
      const stream = streamText(asked)
      const pieces: string[] = []
      for await (const piece of stream.textStream) pieces.push(piece)
      expect(pieces.join('')).toBe(whole)
      expect(pieces.length).toBeGreaterThan(2)
      expect(await stream.finishReason).toBe('stop')
      expect((await stream.usage).outputTokens).toBeGreaterThan(0)
      expect((await stream.providerMetadata)?.inseam).toMatchObject({ target: `${target}/sim-small`, attempts: 1 })
      expect((await stream.response).modelId).toBe('sim-small')
    })

    it.each(['generated', 'streamed'])('runs tools through several steps, %s', async (how) => {
      script(
        {
          thinking: 'Two towns.',
          text: 'Let me look.',
          toolCalls: [
            { name: 'weather', input: { town: 'Oslo' } },
            { name: 'weather', input: { town: 'Rome' } },
          ],
        },
        { text: 'Oslo is cold, Rome is not.' },
      )
      const asked: string[] = []
      const options = {
        model: model(),
        prompt: 'Where is it cold?',
        maxOutputTokens: 4_096,
        providerOptions: { inseam: { reasoning: { mode: 'on' as const, budgetTokens: 1_024 } } },
        stopWhen: stepCountIs(3),
        tools: {
          weather: tool({
            description: 'The weather of a town.',
            inputSchema: z.object({ town: z.string() }),
            execute: ({ town }) => {
              asked.push(town)
              return { town, degrees: town === 'Oslo' ? -5 : 20 }
            },
          }),
        },
      }
      const result = how === 'generated' ? await generateText(options) : streamText(options)
      const text = await result.text
      const steps = await result.steps
      expect(text).toBe('Oslo is cold, Rome is not.')
      expect(asked).toEqual(['Oslo', 'Rome'])
      expect(steps.map((step) => step.finishReason)).toEqual(['tool-calls', 'stop'])
      expect(steps[0]?.text).toBe('Let me look.')
      const second = bodyOf(1)
      expect(second).toContain('Let me look.')
      expect(second).toContain('degrees')
      expect(second).toContain('Rome')
      if (target === 'simulator-anthropic') {
        expect(steps[0]?.reasoningText).toBe('Two towns.')
        expect(second).toContain('"type":"thinking"')
        expect(second).toContain('"signature":"')
      }
    })

    it('gives structured output, checked by the schema of the caller', async () => {
      const schema = z.object({ category: z.enum(['billing', 'delivery']), urgent: z.boolean() })
      const prompt = 'Classify: my parcel has not come.'
      const { output } = await generateText({ model: model(), prompt, output: Output.object({ schema }) })
      expect(schema.parse(output)).toEqual(output)
      const { object } = await generateObject({ model: model(), prompt, schema })
      expect(schema.parse(object)).toEqual(object)
      const stream = streamText({ model: model(), prompt, output: Output.object({ schema }) })
      await stream.consumeStream()
      expect(schema.parse(await stream.output)).toEqual(output)
    })

    it('sends pictures, and what the caller says of caching', async () => {
      const data = Buffer.from('89504e470d0a1a0a', 'hex')
      await generateText({
        model: model(),
        messages: [
          {
            role: 'system',
            content: 'Look closely.',
            providerOptions: { anthropic: { cacheControl: { type: 'ephemeral' } } },
          },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is it?' },
              { type: 'file', data, mediaType: 'image/png' },
              { type: 'file', data: new URL('https://example.com/a.png'), mediaType: 'image/png' },
            ],
          },
        ],
        allowSystemInMessages: true,
      })
      const body = bodyOf(0)
      expect(body).toContain(data.toString('base64'))
      expect(body).toContain('https://example.com/a.png')
      expect(body?.includes('cache_control')).toBe(target === 'simulator-anthropic')
    })

    it('warns of what the target cannot be told, whole and streamed', async () => {
      const asked = {
        model: model(),
        prompt: 'Greet Ada.',
        topK: 5,
        seed: 7,
        headers: { 'x-mine': '1' },
        providerOptions: { mistral: { safePrompt: true } },
      }
      const lost = target === 'simulator' ? 'top_k' : 'seed'
      const { warnings } = await generateText(asked)
      const stream = streamText(asked)
      await stream.consumeStream()
      for (const told of [warnings, await stream.warnings]) {
        expect(told?.map((warning) => ('feature' in warning ? warning.feature : ''))).toEqual(
          expect.arrayContaining([lost, 'headers.x-mine', 'providerOptions.mistral']),
        )
      }
    })

    it('is not asked again by ai once the seam has made its attempts', async () => {
      const error = await failure(generateText({ model: modelOf(spec, `${target}.overloaded`), prompt: 'Hello' }))
      expect(error).toMatchObject({ code: 'overloaded', isRetryable: false, statusCode: 503 })
      expect(error.data.callId).toBe(stand.calls().at(-1)?.callId)
      expect(stand.simulator.log()).toHaveLength(2)
    })

    it('tells a stream that broke off, with what had come', async () => {
      const errors: unknown[] = []
      const stream = streamText({
        model: modelOf(spec, `${target}.cut`),
        prompt: 'Hello',
        onError: ({ error }) => void errors.push(error),
      })
      const parts: string[] = []
      for await (const part of stream.fullStream) parts.push(part.type)
      expect(parts).toContain('text-delta')
      expect(errors).toHaveLength(1)
      expect(errors[0]).toMatchObject({ code: 'stream-interrupted', isRetryable: false })
      expect(await stream.finishReason).toBe('error')
      expect(stand.simulator.log()).toHaveLength(1)
    })

    it('stops with the caller, whole and streamed, and the upstream with it', async () => {
      const before = stand.calls().at(-1)?.callId
      const controller = new AbortController()
      const asked = { model: modelOf(spec, `${target}.stall`), prompt: 'Hello', abortSignal: controller.signal }
      const stream = streamText(asked)
      const parts: string[] = []
      for await (const part of stream.fullStream) {
        parts.push(part.type)
        if (part.type === 'text-delta') controller.abort()
      }
      expect(parts.at(-1)).toBe('abort')
      await stand.simulator.idle()
      const left = await stand.callEnded((event) => event.model === `${target}.stall` && event.callId !== before)
      expect(left.outcome).toMatchObject({ errorCode: 'aborted' })
      await expect(generateText(asked)).rejects.toMatchObject({ name: 'AbortError' })
    })
  },
)

it('stops the upstream when the reader of a stream leaves, and when nobody began to read', async () => {
  for (const begins of [true, false]) {
    const model = inseamProvider(stand.seam).languageModel('simulator.stall')
    const { stream } = await model.doStream({ prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] })
    const before = stand.calls().length
    const reader = stream.getReader()
    if (begins) await reader.read()
    await reader.cancel()
    await stand.simulator.idle()
    expect(stand.calls()).toHaveLength(before + 1)
    expect(stand.calls().at(-1)?.outcome).toMatchObject({ errorCode: 'aborted' })
  }
})

it('refuses what it cannot read before anything is sent, and puts it on the record', async () => {
  const model = inseamProvider(stand.seam).languageModel('simulator')
  const error = await failure(
    generateText({ model, prompt: 'Hello', providerOptions: { inseam: { maxCostUsd: 0.01 } } }),
  )
  expect(error).toMatchObject({ code: 'invalid-request', statusCode: 400 })
  expect(error.message).toContain('providerOptions.inseam.maxCostUsd')
  expect(stand.calls().at(-1)).toMatchObject({ callId: error.data.callId })
  const unknown = await failure(generateText({ model: inseamProvider(stand.seam).languageModel('nope'), prompt: 'x' }))
  expect(unknown).toMatchObject({ code: 'unknown-model', statusCode: 404 })
  expect(stand.simulator.log()).toEqual([])
})

it('is the model of an agent', async () => {
  script({ toolCalls: [{ name: 'weather', input: { town: 'Oslo' } }] }, { text: 'It is cold.' })
  const weather = tool({ inputSchema: z.object({ town: z.string() }), execute: () => '-5 degrees' })
  const agent = new ToolLoopAgent({ model: inseamProvider(stand.seam).languageModel('simulator'), tools: { weather } })
  const { text, steps } = await agent.generate({ prompt: 'Is it cold in Oslo?' })
  expect([text, steps.length]).toEqual(['It is cold.', 2])
})

it('serves plain model names where it is the default provider of ai', async () => {
  globalThis.AI_SDK_DEFAULT_PROVIDER = inseamProvider(stand.seam)
  try {
    const { text } = await generateText({ model: 'simulator', prompt: 'Greet Ada.' })
    expect(text).not.toBe('')
  } finally {
    globalThis.AI_SDK_DEFAULT_PROVIDER = undefined
  }
})

it('says that it makes no images', () => {
  for (const provider of [inseamProvider(stand.seam), inseamProviderV3(stand.seam)]) {
    try {
      provider.imageModel('small')
      expect.unreachable()
    } catch (error) {
      expect(NoSuchModelError.isInstance(error)).toBe(true)
    }
  }
})
