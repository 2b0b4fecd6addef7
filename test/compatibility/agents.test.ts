import {
  Agent,
  ModelBehaviorError,
  ModelRefusalError,
  type ModelSettings,
  OpenAIProvider,
  type RunItem,
  Runner,
  setTracingDisabled,
  tool,
} from '@openai/agents'
import OpenAI from 'openai'
import { describe } from 'vitest'
import { z } from 'zod'
import { descriptions, schemas, ticket } from '../client-tasks.ts'
import { type Bench, type Client, NotApplicable } from './client.ts'
import { matrix } from './matrix.ts'
import { openaiErrors } from './openai-errors.ts'
import { asked } from './tasks.ts'

setTracingDisabled(true)

const common: ModelSettings = { maxTokens: 4_096, store: false }
const instructions = 'You help customers of a shop.'

const weather = ({ tools }: Bench) =>
  tool({
    name: 'get_weather',
    description: descriptions.get_weather,
    parameters: schemas.get_weather,
    execute: (input) => tools.get_weather(input),
  })
const order = ({ tools }: Bench) =>
  tool({
    name: 'get_order_status',
    description: descriptions.get_order_status,
    parameters: schemas.get_order_status,
    execute: (input) => tools.get_order_status(input),
  })
const look = ({ tools }: Bench) =>
  tool({
    name: 'look',
    description: 'Looks out of the window.',
    parameters: z.object({ at: z.string() }),
    execute: () => ({ type: 'image' as const, image: { data: tools.look(), mediaType: 'image/png' } }),
  })

/** What the run's reasoning items say. */
function thoughtsIn(items: readonly RunItem[]): string {
  const thoughts = items.map((item) => {
    if (item.type !== 'reasoning_item') return ''
    const summary = item.rawItem.content.map(({ text }) => text).join('')
    return summary || (item.rawItem.rawContent ?? []).map(({ text }) => text).join('')
  })
  return thoughts.join('')
}

function agentsClient(
  useResponses: boolean,
  about: Pick<Client, 'name' | 'about'> & Partial<Pick<Client, 'picture'>>,
): Client {
  const runnerOf = ({ url }: Bench) =>
    new Runner({
      tracingDisabled: true,
      modelProvider: new OpenAIProvider({
        useResponses,
        openAIClient: new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none' }),
      }),
    })
  const agentOf = (bench: Bench, more: Partial<ConstructorParameters<typeof Agent>[0]> = {}) =>
    new Agent({ name: 'Clerk', instructions, model: bench.model(), modelSettings: common, ...more })
  const textOf = ({ finalOutput }: { readonly finalOutput?: unknown }) => String(finalOutput ?? '')

  return {
    packages: ['@openai/agents', 'openai'],
    knows: openaiErrors,
    async text(bench) {
      return textOf(await runnerOf(bench).run(agentOf(bench), asked.greet))
    },
    async stream(bench) {
      const run = await runnerOf(bench).run(agentOf(bench), asked.greet, { stream: true })
      const pieces: string[] = []
      for await (const piece of run.toTextStream()) pieces.push(piece)
      await run.completed
      return pieces
    },
    async tools(bench) {
      return textOf(await runnerOf(bench).run(agentOf(bench, { tools: [weather(bench)] }), asked.weather))
    },
    async parallelTools(bench) {
      const agent = agentOf(bench, { tools: [weather(bench), order(bench)] })
      const run = await runnerOf(bench).run(agent, asked.both, { stream: true })
      await run.completed
      return textOf(run)
    },
    async picture(bench) {
      return textOf(await runnerOf(bench).run(agentOf(bench, { tools: [look(bench)] }), asked.look))
    },
    async thinking(bench) {
      const modelSettings: ModelSettings = { ...common, reasoning: { effort: 'high', summary: 'auto' } }
      const run = await runnerOf(bench).run(agentOf(bench, { modelSettings }), asked.think)
      return { text: textOf(run), thinking: thoughtsIn(run.newItems) }
    },
    async structured(bench) {
      const agent = new Agent({
        name: 'Clerk',
        instructions,
        model: bench.model(),
        modelSettings: common,
        outputType: ticket,
      })
      const run = await runnerOf(bench).run(agent, asked.ticket, { stream: true })
      await run.completed
      return [(await runnerOf(bench).run(agent, asked.ticket)).finalOutput!, run.finalOutput!]
    },
    async refusal(bench) {
      return runnerOf(bench)
        .run(agentOf(bench), asked.help)
        .then(
          (run) => ({ words: '', sign: textOf(run) === '' ? 'an empty answer' : '' }),
          (error: unknown) => {
            if (error instanceof ModelBehaviorError && error.message.includes('response.incomplete'))
              return { words: '', sign: 'ModelBehaviorError: the response is incomplete' }
            if (!(error instanceof ModelRefusalError)) throw error
            return { words: error.refusal, sign: 'ModelRefusalError' }
          },
        )
    },
    async cached(bench, prompt) {
      const { rawResponses } = await runnerOf(bench).run(agentOf(bench), prompt)
      const details = rawResponses.flatMap(({ usage }) => usage.inputTokensDetails ?? [])
      return details.reduce((sum, { cached_tokens: tokens = 0 }) => sum + tokens, 0)
    },
    async fails(bench, behaviour, streamed) {
      const agent = agentOf(bench, { model: bench.model(behaviour) })
      if (!streamed) return textOf(await runnerOf(bench).run(agent, asked.greet))
      const run = await runnerOf(bench).run(agent, asked.greet, { stream: true })
      await run.completed
      return textOf(run)
    },
    async abort(bench) {
      const leave = new AbortController()
      const agent = agentOf(bench, { model: bench.model('stalls') })
      const read = async () => {
        const run = await runnerOf(bench).run(agent, asked.greet, { stream: true, signal: leave.signal })
        for await (const piece of run.toTextStream()) if (piece !== '') leave.abort()
        await run.completed
      }
      await read().catch((error: unknown) => {
        if (!leave.signal.aborted) throw error
      })
    },
    ...about,
  }
}

const helpers = '`run` whole and streamed, with tools, `outputType` and an abort signal; retries at their default.'
const clients = [
  agentsClient(false, {
    name: '@openai/agents, Chat Completions',
    about: `\`OpenAIProvider\` with \`useResponses: false\`. By ${helpers}`,
    async picture() {
      return new NotApplicable('Chat Completions takes text alone as the result of a tool.')
    },
  }),
  agentsClient(true, {
    name: '@openai/agents, Responses',
    about: `\`OpenAIProvider\` with \`useResponses: true\`, which is its default. By ${helpers}`,
  }),
]
for (const client of clients) describe(client.name, () => matrix(client))
