import {
  ApiError,
  type CallableTool,
  FinishReason,
  type FunctionDeclaration,
  GoogleGenAI,
  ThinkingLevel,
} from '@google/genai'
import { z } from 'zod'
import { descriptions, schemas, ticket } from '../client-tasks.ts'
import { all } from '../stand.ts'
import type { Bench } from './client.ts'
import { matrix } from './matrix.ts'
import { asked } from './tasks.ts'

const clientOf = ({ url }: Bench) => new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: url } })
const common = { maxOutputTokens: 4_096 }

const declared = (name: keyof typeof schemas): FunctionDeclaration => ({
  name,
  description: descriptions[name],
  parametersJsonSchema: z.toJSONSchema(schemas[name]),
})

/** Tools that the SDK calls by itself. */
function callable(
  functionDeclarations: FunctionDeclaration[],
  answer: (name: string | undefined, args: unknown) => Record<string, unknown>,
): CallableTool {
  return {
    tool: async () => ({ functionDeclarations }),
    callTool: async (calls) =>
      calls.map(({ id, name, args }) => ({
        functionResponse: { ...(id !== undefined && { id }), name: name ?? '', ...answer(name, args) },
      })),
  }
}
const answers =
  ({ tools }: Bench) =>
  (name: string | undefined, args: unknown) => ({
    response: {
      output:
        name === 'get_weather'
          ? tools.get_weather(schemas.get_weather.parse(args))
          : tools.get_order_status(schemas.get_order_status.parse(args)),
    },
  })

const status = (expected: number) => (error: unknown) => error instanceof ApiError && error.status === expected

matrix({
  name: '@google/genai',
  packages: ['@google/genai'],
  about:
    'By `chats`, `generateContent` and `generateContentStream`, with automatic function calling whole and streamed; its retries are off by default.',
  async text(bench) {
    const chat = clientOf(bench).chats.create({ model: bench.model(), config: common })
    return (await chat.sendMessage({ message: asked.greet })).text ?? ''
  },
  async stream(bench) {
    const chat = clientOf(bench).chats.create({ model: bench.model(), config: common })
    const frames = await all(await chat.sendMessageStream({ message: asked.greet }))
    return frames.map(({ text }) => text ?? '').filter((text) => text !== '')
  },
  async tools(bench) {
    const reply = await clientOf(bench).models.generateContent({
      model: bench.model(),
      contents: asked.weather,
      config: { ...common, tools: [callable([declared('get_weather')], answers(bench))] },
    })
    return reply.text ?? ''
  },
  async parallelTools(bench) {
    const frames = await all(
      await clientOf(bench).models.generateContentStream({
        model: bench.model(),
        contents: asked.both,
        config: {
          ...common,
          tools: [callable([declared('get_weather'), declared('get_order_status')], answers(bench))],
        },
      }),
    )
    return frames.map(({ text }) => text ?? '').join('')
  },
  async picture(bench) {
    const parts = () => ({
      response: { output: 'This is what is there.' },
      parts: [{ inlineData: { mimeType: 'image/png', data: bench.tools.look() } }],
    })
    const parametersJsonSchema = z.toJSONSchema(z.object({ at: z.string() }))
    const reply = await clientOf(bench).models.generateContent({
      model: bench.model(),
      contents: asked.look,
      config: { ...common, tools: [callable([{ name: 'look', parametersJsonSchema }], parts)] },
    })
    return reply.text ?? ''
  },
  async thinking(bench) {
    const frames = await all(
      await clientOf(bench).models.generateContentStream({
        model: bench.model(),
        contents: asked.think,
        config: { ...common, thinkingConfig: { includeThoughts: true, thinkingLevel: ThinkingLevel.HIGH } },
      }),
    )
    const parts = frames.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
    const words = (thought: boolean) =>
      parts.map((part) => ((part.thought ?? false) === thought ? (part.text ?? '') : '')).join('')
    return { text: words(false), thinking: words(true) }
  },
  async structured(bench) {
    const { models } = clientOf(bench)
    const body = {
      model: bench.model(),
      contents: asked.ticket,
      config: { ...common, responseMimeType: 'application/json', responseJsonSchema: z.toJSONSchema(ticket) },
    }
    const whole = (await models.generateContent(body)).text ?? ''
    const frames = await all(await models.generateContentStream(body))
    return [whole, frames.map(({ text }) => text ?? '').join('')].map((text) => JSON.parse(text))
  },
  async refusal(bench) {
    const reply = await clientOf(bench).models.generateContent({
      model: bench.model(),
      contents: asked.help,
      config: common,
    })
    const [candidate] = reply.candidates ?? []
    const words = reply.text || candidate?.finishMessage
    const place = reply.text ? ' and the text' : words ? ' and finishMessage' : ''
    return {
      words: words ?? '',
      sign: candidate?.finishReason === FinishReason.SAFETY ? `finishReason SAFETY${place}` : '',
    }
  },
  async cached(bench, prompt) {
    const { usageMetadata } = await clientOf(bench).models.generateContent({
      model: bench.model(),
      contents: prompt,
      config: common,
    })
    return usageMetadata?.cachedContentTokenCount ?? 0
  },
  async fails(bench, behaviour, streamed) {
    const body = { model: bench.model(behaviour), contents: asked.greet, config: common }
    const { models } = clientOf(bench)
    return streamed ? all(await models.generateContentStream(body)) : models.generateContent(body)
  },
  knows: {
    'bad-request': status(400),
    'rate-limited': status(429),
    overloaded: status(503),
    'breaks-off': (error) => error instanceof ApiError && error.status >= 500,
  },
  async abort(bench) {
    const leave = new AbortController()
    const stream = await clientOf(bench).models.generateContentStream({
      model: bench.model('stalls'),
      contents: asked.greet,
      config: { ...common, abortSignal: leave.signal },
    })
    const read = async () => {
      for await (const { text } of stream) if (text) leave.abort()
    }
    await read().catch((error: unknown) => {
      if (!leave.signal.aborted) throw error
    })
  },
})
