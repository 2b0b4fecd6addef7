import type * as ai from 'ai'
import type { LanguageModel } from 'ai'
import { z } from 'zod'
import { descriptions, schemas, ticket } from '../client-tasks.ts'
import { type Bench, type Client, NotApplicable } from './client.ts'
import type { Behaviour } from './targets.ts'
import { asked } from './tasks.ts'

/** The `ai` package, of either major: what it has by the same name in both. */
export type AiKit = Pick<typeof ai, 'APICallError' | 'generateText' | 'Output' | 'stepCountIs' | 'streamText' | 'tool'>

type Picture = ReturnType<NonNullable<ai.Tool['toModelOutput']>>
type ProviderOptions = NonNullable<Parameters<AiKit['generateText']>[0]['providerOptions']>

/** A way to use `ai`: which major, and over which provider. */
export interface AiWay extends Pick<Client, 'name' | 'packages' | 'about' | 'overHttp'> {
  readonly kit: AiKit
  model(bench: Bench, behaviour?: Behaviour): LanguageModel
  /** How the provider is asked to think and to show it. */
  readonly think: ProviderOptions
  /** What goes with every call. */
  readonly always?: ProviderOptions
  /** How `ai` of this major takes a picture from a tool. */
  picture(data: string): Picture
  /** Why a tool cannot give a picture. */
  readonly noPicture?: string
  /** Retries of `ai` itself. */
  readonly maxRetries?: number
}

/** A client of `ai`, by one of its ways. */
export function aiClient({ kit, model, think, always, picture, noPicture, maxRetries, ...about }: AiWay): Client {
  const { generateText, streamText, Output, stepCountIs, tool, APICallError } = kit
  const common = {
    maxOutputTokens: 4_096,
    ...(maxRetries !== undefined && { maxRetries }),
    ...(always && { providerOptions: always }),
  }
  const weather = ({ tools }: Bench) =>
    tool({
      description: descriptions.get_weather,
      inputSchema: schemas.get_weather,
      execute: (input) => tools.get_weather(input),
    })
  const order = ({ tools }: Bench) =>
    tool({
      description: descriptions.get_order_status,
      inputSchema: schemas.get_order_status,
      execute: (input) => tools.get_order_status(input),
    })
  const look = ({ tools }: Bench) =>
    tool({
      description: 'Looks out of the window.',
      inputSchema: z.object({ at: z.string() }),
      execute: () => tools.look(),
      toModelOutput: ({ output }) => picture(output),
    })
  const status = (error: unknown) => (APICallError.isInstance(error) ? error.statusCode : undefined)

  return {
    ...about,
    async text(bench) {
      return (await generateText({ ...common, model: model(bench), prompt: asked.greet })).text
    },
    async stream(bench) {
      const pieces: string[] = []
      for await (const piece of streamText({ ...common, model: model(bench), prompt: asked.greet }).textStream)
        pieces.push(piece)
      return pieces
    },
    async tools(bench) {
      const tools = { get_weather: weather(bench) }
      const stopWhen = stepCountIs(3)
      return (await generateText({ ...common, model: model(bench), prompt: asked.weather, tools, stopWhen })).text
    },
    async parallelTools(bench) {
      const tools = { get_weather: weather(bench), get_order_status: order(bench) }
      const stopWhen = stepCountIs(3)
      return streamText({ ...common, model: model(bench), prompt: asked.both, tools, stopWhen }).text
    },
    async picture(bench) {
      if (noPicture) return new NotApplicable(noPicture)
      const tools = { look: look(bench) }
      const stopWhen = stepCountIs(3)
      return (await generateText({ ...common, model: model(bench), prompt: asked.look, tools, stopWhen })).text
    },
    async thinking(bench) {
      const asking = { ...common, model: model(bench), prompt: asked.think, providerOptions: think }
      const stream = streamText(asking)
      const seen = { text: await stream.text, thinking: (await stream.reasoningText) ?? '' }
      const whole = await generateText(asking)
      return whole.reasoningText === undefined && seen.thinking !== '' ? { ...seen, thinking: 'streamed only' } : seen
    },
    async structured(bench) {
      const asking = {
        ...common,
        model: model(bench),
        prompt: asked.ticket,
        output: Output.object({ schema: ticket }),
      }
      const stream = streamText(asking)
      await stream.consumeStream()
      return [(await generateText(asking)).output, await stream.output]
    },
    async refusal(bench) {
      const { text, finishReason } = await generateText({ ...common, model: model(bench), prompt: asked.help })
      const signs = [finishReason === 'stop' ? '' : `finishReason ${finishReason}`, text && 'the text']
      return { words: text, sign: signs.filter(Boolean).join(' and ') }
    },
    async cached(bench, prompt) {
      const { usage } = await generateText({
        ...common,
        model: model(bench),
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: prompt, providerOptions: { anthropic: { cacheControl: { type: 'ephemeral' } } } },
            ],
          },
        ],
      })
      return usage.inputTokenDetails.cacheReadTokens ?? 0
    },
    async fails(bench, behaviour, streamed) {
      const asking = { ...common, model: model(bench, behaviour), prompt: asked.greet }
      if (!streamed) return (await generateText(asking)).text
      for await (const part of streamText({ ...asking, onError: () => undefined }).fullStream)
        if (part.type === 'error') throw part.error
      return 'an end'
    },
    knows: {
      'bad-request': (error) => status(error) === 400,
      'rate-limited': (error) => status(error) === 429,
      overloaded: (error) => [503, 529].includes(status(error) ?? 0),
      'breaks-off': (error) => /Add a target to fall back to/.test(`${JSON.stringify(error)} ${String(error)}`),
    },
    async abort(bench) {
      const leave = new AbortController()
      const asking = { ...common, model: model(bench, 'stalls'), prompt: asked.greet, abortSignal: leave.signal }
      const parts: string[] = []
      for await (const { type } of streamText(asking).fullStream) {
        parts.push(type)
        if (type === 'text-delta') leave.abort()
      }
      if (parts.at(-1) !== 'abort') throw new Error(`It ends with ${parts.at(-1)}.`)
    },
  }
}
