import Anthropic from '@anthropic-ai/sdk'
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import { z } from 'zod'
import { descriptions, schemas, ticket } from '../client-tasks.ts'
import type { Bench, Client } from './client.ts'
import { matrix } from './matrix.ts'
import { asked } from './tasks.ts'

const clientOf = ({ url }: Bench) => new Anthropic({ baseURL: url, apiKey: 'none' })
const common = { max_tokens: 4_096 }
const user = (content: string) => [{ role: 'user' as const, content }]

const weather = ({ tools }: Bench) =>
  betaZodTool({
    name: 'get_weather',
    description: descriptions.get_weather,
    inputSchema: schemas.get_weather,
    run: (input) => tools.get_weather(input),
  })
const order = ({ tools }: Bench) =>
  betaZodTool({
    name: 'get_order_status',
    description: descriptions.get_order_status,
    inputSchema: schemas.get_order_status,
    run: (input) => tools.get_order_status(input),
  })
const look = ({ tools }: Bench) =>
  betaZodTool({
    name: 'look',
    description: 'Looks out of the window.',
    inputSchema: z.object({ at: z.string() }),
    run: () => [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: tools.look() } }],
  })

const textOf = ({ content }: { readonly content: readonly { type: string; text?: string }[] }) =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('')

/** What the official client throws. */
const knows: Client['knows'] = {
  'bad-request': (error) => error instanceof Anthropic.BadRequestError,
  'rate-limited': (error) => error instanceof Anthropic.RateLimitError,
  overloaded: (error) => error instanceof Anthropic.OverloadedError,
  'breaks-off': (error) => error instanceof Anthropic.APIError,
}

matrix({
  name: '@anthropic-ai/sdk',
  packages: ['@anthropic-ai/sdk'],
  about:
    'By `messages.create`, `messages.stream().finalMessage()`, `beta.messages.toolRunner` with `betaZodTool` whole and streamed, `messages.parse` with `zodOutputFormat`; retries at their default.',
  async text(bench) {
    return textOf(
      await clientOf(bench).messages.create({ ...common, model: bench.model(), messages: user(asked.greet) }),
    )
  },
  async stream(bench) {
    const stream = clientOf(bench).messages.stream({ ...common, model: bench.model(), messages: user(asked.greet) })
    const pieces: string[] = []
    stream.on('text', (piece) => void pieces.push(piece))
    if (textOf(await stream.finalMessage()) !== pieces.join('')) throw new Error('The helper and its pieces differ.')
    return pieces
  },
  async tools(bench) {
    const body = { ...common, model: bench.model(), messages: user(asked.weather), tools: [weather(bench)] }
    return textOf(await clientOf(bench).beta.messages.toolRunner(body))
  },
  async parallelTools(bench) {
    const tools = [weather(bench), order(bench)]
    const body = { ...common, model: bench.model(), messages: user(asked.both), tools, stream: true as const }
    const runner = clientOf(bench).beta.messages.toolRunner(body)
    let last = ''
    for await (const stream of runner) last = textOf(await stream.finalMessage())
    return last
  },
  async picture(bench) {
    const body = { ...common, model: bench.model(), messages: user(asked.look), tools: [look(bench)] }
    return textOf(await clientOf(bench).beta.messages.toolRunner(body))
  },
  async thinking(bench) {
    const message = await clientOf(bench)
      .messages.stream({
        ...common,
        model: bench.model(),
        messages: user(asked.think),
        thinking: { type: 'adaptive', display: 'summarized' },
        output_config: { effort: 'high' },
      })
      .finalMessage()
    const thinking = message.content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join('')
    return { text: textOf(message), thinking }
  },
  async structured(bench) {
    const body = {
      ...common,
      model: bench.model(),
      messages: user(asked.ticket),
      output_config: { format: zodOutputFormat(ticket) },
    }
    const { messages } = clientOf(bench)
    const replies = [await messages.parse(body), await messages.stream(body).finalMessage()]
    return replies.map(({ parsed_output: parsed }) => parsed as z.infer<typeof ticket>)
  },
  async refusal(bench) {
    const reply = await clientOf(bench).messages.create({
      ...common,
      model: bench.model(),
      messages: user(asked.help),
    })
    const words = reply.stop_details?.type === 'refusal' ? reply.stop_details.explanation : null
    const sign = reply.stop_reason === 'refusal' ? `stop_reason refusal${words ? ' and its stop_details' : ''}` : ''
    return { words: words ?? '', sign }
  },
  async cached(bench, prompt) {
    const { usage } = await clientOf(bench).messages.create({
      ...common,
      model: bench.model(),
      system: [{ type: 'text', text: prompt, cache_control: { type: 'ephemeral' } }],
      messages: user(asked.greet),
    })
    return usage.cache_read_input_tokens ?? 0
  },
  async fails(bench, behaviour, streamed) {
    const body = { ...common, model: bench.model(behaviour), messages: user(asked.greet) }
    const { messages } = clientOf(bench)
    return streamed ? messages.stream(body).finalMessage() : messages.create(body)
  },
  knows,
  async abort(bench) {
    const body = { ...common, model: bench.model('stalls'), messages: user(asked.greet) }
    const stream = clientOf(bench).messages.stream(body)
    stream.on('text', () => stream.abort())
    await stream.finalMessage().catch((error: unknown) => {
      if (!(error instanceof Anthropic.APIUserAbortError)) throw error
    })
  },
})
