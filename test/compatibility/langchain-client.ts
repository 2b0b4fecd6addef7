import type { ChatAnthropic } from '@langchain/anthropic'
import {
  type AIMessage,
  type AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  ToolMessage,
} from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import type { ChatOpenAI } from '@langchain/openai'
import { z } from 'zod'
import { descriptions, schemas, ticket } from '../client-tasks.ts'
import type { Bench, Client } from './client.ts'
import type { Behaviour } from './targets.ts'
import { asked } from './tasks.ts'

type Model = ChatOpenAI | ChatAnthropic

/** A way to use LangChain: which of its models, and what only that model does in its own way. */
export interface LangChainWay
  extends Pick<Client, 'name' | 'packages' | 'about' | 'knows'>,
    Partial<Pick<Client, 'picture'>> {
  model(bench: Bench, behaviour?: Behaviour, thinks?: boolean): Model
  thinkingIn(message: AIMessage): string
  refusalIn(message: AIMessage): { readonly words: string; readonly sign: string }
  /** The prompt, marked for the provider's cache where the model can say so. */
  prompt(text: string): HumanMessage
}

/** A client of LangChain, by one of its ways. */
export function langChainClient({ model, thinkingIn, refusalIn, prompt, ...own }: LangChainWay): Client {
  const weather = ({ tools }: Bench) =>
    tool((input) => tools.get_weather(input), {
      name: 'get_weather',
      description: descriptions.get_weather,
      schema: schemas.get_weather,
    })
  const order = ({ tools }: Bench) =>
    tool((input) => tools.get_order_status(input), {
      name: 'get_order_status',
      description: descriptions.get_order_status,
      schema: schemas.get_order_status,
    })
  const look = ({ tools }: Bench) =>
    tool(
      (_, config) =>
        new ToolMessage({
          tool_call_id: config.toolCall.id,
          content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${tools.look()}` } }],
        }),
      { name: 'look', description: 'Looks out of the window.', schema: z.object({ at: z.string() }) },
    )

  /** Runs what the model calls until it calls nothing. */
  async function loop(
    tools: ReturnType<typeof weather>[],
    content: string,
    ask: (messages: BaseMessage[]) => Promise<AIMessage | AIMessageChunk>,
  ): Promise<string> {
    const messages: BaseMessage[] = [new HumanMessage(content)]
    for (let step = 0; step < 3; step++) {
      const reply = await ask(messages)
      if (!reply.tool_calls?.length) return reply.text
      messages.push(reply)
      for (const call of reply.tool_calls) {
        const named = tools.find(({ name }) => name === call.name)
        if (!named) throw new Error(`There is no tool ${call.name}.`)
        messages.push((await named.invoke({ ...call, type: 'tool_call' })) as ToolMessage)
      }
    }
    throw new Error('It calls tools for ever.')
  }

  /** A streamed answer put together by the SDK. */
  async function joined(stream: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk> {
    let whole: AIMessageChunk | undefined
    for await (const chunk of stream) whole = whole ? whole.concat(chunk) : chunk
    return whole!
  }

  return {
    async text(bench) {
      return (await model(bench).invoke(asked.greet)).text
    },
    async stream(bench) {
      const pieces: string[] = []
      for await (const chunk of await model(bench).stream(asked.greet)) if (chunk.text !== '') pieces.push(chunk.text)
      return pieces
    },
    async tools(bench) {
      const tools = [weather(bench)]
      const bound = model(bench).bindTools(tools)
      return loop(tools, asked.weather, (messages) => bound.invoke(messages))
    },
    async parallelTools(bench) {
      const tools = [weather(bench), order(bench) as unknown as ReturnType<typeof weather>]
      const bound = model(bench).bindTools(tools)
      return loop(tools, asked.both, async (messages) => joined(await bound.stream(messages)))
    },
    async picture(bench) {
      const tools = [look(bench) as unknown as ReturnType<typeof weather>]
      const bound = model(bench).bindTools(tools)
      return loop(tools, asked.look, (messages) => bound.invoke(messages))
    },
    async thinking(bench) {
      const reply = await joined(await model(bench, 'well', true).stream(asked.think))
      return { text: reply.text, thinking: thinkingIn(reply as unknown as AIMessage) }
    },
    async structured(bench) {
      const bySchema = model(bench).withStructuredOutput(ticket, { method: 'jsonSchema' })
      const byTool = model(bench).withStructuredOutput(ticket, { method: 'functionCalling', name: 'ticket' })
      return [await bySchema.invoke(asked.ticket), await byTool.invoke(asked.ticket)]
    },
    async refusal(bench) {
      return refusalIn(await model(bench).invoke(asked.help))
    },
    async cached(bench, text) {
      const { usage_metadata: usage } = await model(bench).invoke([prompt(text)])
      return usage?.input_token_details?.cache_read ?? 0
    },
    async fails(bench, behaviour, streamed) {
      const asking = model(bench, behaviour)
      return streamed ? joined(await asking.stream(asked.greet)) : asking.invoke(asked.greet)
    },
    async abort(bench) {
      const leave = new AbortController()
      const read = async () => {
        const stream = await model(bench, 'stalls').stream(asked.greet, { signal: leave.signal })
        for await (const { text } of stream) if (text !== '') leave.abort()
      }
      await read().catch((error: unknown) => {
        if (!leave.signal.aborted) throw error
      })
    },
    ...own,
  }
}
