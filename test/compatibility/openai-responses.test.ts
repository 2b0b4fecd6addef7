import OpenAI from 'openai'
import { zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod'
import type { ParsedResponse, ResponseInputItem } from 'openai/resources/responses/responses'
import { z } from 'zod'
import { descriptions, schemas, ticket } from '../client-tasks.ts'
import type { Bench } from './client.ts'
import { matrix } from './matrix.ts'
import { openaiErrors } from './openai-errors.ts'
import { asked } from './tasks.ts'

const clientOf = ({ url }: Bench) => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none' })
const common = { max_output_tokens: 4_096, store: false }

const weather = zodResponsesFunction({
  name: 'get_weather',
  description: descriptions.get_weather,
  parameters: schemas.get_weather,
})
const order = zodResponsesFunction({
  name: 'get_order_status',
  description: descriptions.get_order_status,
  parameters: schemas.get_order_status,
})
const look = zodResponsesFunction({ name: 'look', parameters: z.object({ at: z.string() }) })

type Output = Extract<ResponseInputItem, { type: 'function_call_output' }>['output']

/** Sends the answers to all calls of a response with what it said, until nothing is called: the SDK has no loop of its own for this API. */
async function loop(
  bench: Bench,
  input: string,
  tools: OpenAI.Responses.FunctionTool[],
  answer: (call: { name: string; parsed_arguments: unknown }) => Output,
  ask: (body: OpenAI.Responses.ResponseCreateParamsNonStreaming) => Promise<ParsedResponse<unknown>>,
): Promise<string> {
  const items: ResponseInputItem[] = [{ role: 'user', content: input }]
  for (let step = 0; step < 3; step++) {
    const response = await ask({ ...common, model: bench.model(), input: items, tools })
    const calls = response.output.filter((item) => item.type === 'function_call')
    if (calls.length === 0) return response.output_text
    for (const { parsed_arguments: _, ...item } of response.output as (ResponseInputItem & {
      parsed_arguments?: unknown
    })[])
      items.push(item as ResponseInputItem)
    for (const call of calls) items.push({ type: 'function_call_output', call_id: call.call_id, output: answer(call) })
  }
  throw new Error('It calls tools for ever.')
}

const answerOf =
  ({ tools }: Bench) =>
  ({ name, parsed_arguments: input }: { name: string; parsed_arguments: unknown }): Output =>
    name === 'get_weather'
      ? tools.get_weather(schemas.get_weather.parse(input))
      : tools.get_order_status(schemas.get_order_status.parse(input))

matrix({
  name: 'openai, Responses',
  packages: ['openai'],
  about:
    'By `responses.create`, `responses.parse` and `responses.stream().finalResponse()`, with `zodTextFormat` and `zodResponsesFunction`; retries at their default.',
  async text(bench) {
    const response = await clientOf(bench).responses.create({ ...common, model: bench.model(), input: asked.greet })
    return response.output_text
  },
  async stream(bench) {
    const stream = clientOf(bench).responses.stream({ ...common, model: bench.model(), input: asked.greet })
    const pieces: string[] = []
    stream.on('response.output_text.delta', ({ delta }) => void pieces.push(delta))
    const response = await stream.finalResponse()
    if (response.output_text !== pieces.join('')) throw new Error('The helper and its pieces differ.')
    return pieces
  },
  tools: (bench) =>
    loop(bench, asked.weather, [weather], answerOf(bench), (body) => clientOf(bench).responses.parse(body)),
  parallelTools: (bench) =>
    loop(bench, asked.both, [weather, order], answerOf(bench), ({ stream: _, ...body }) =>
      clientOf(bench).responses.stream(body).finalResponse(),
    ),
  picture: (bench) =>
    loop(
      bench,
      asked.look,
      [look],
      () => [{ type: 'input_image', image_url: `data:image/png;base64,${bench.tools.look()}`, detail: 'auto' }],
      (body) => clientOf(bench).responses.parse(body),
    ),
  async thinking(bench) {
    const response = await clientOf(bench)
      .responses.stream({
        ...common,
        model: bench.model(),
        input: asked.think,
        reasoning: { effort: 'high', summary: 'auto' },
        include: ['reasoning.encrypted_content'],
      })
      .finalResponse()
    const thoughts = response.output.flatMap((item) => (item.type === 'reasoning' ? item.summary : []))
    return { text: response.output_text, thinking: thoughts.map(({ text }) => text).join('') }
  },
  async structured(bench) {
    const body = {
      ...common,
      model: bench.model(),
      input: asked.ticket,
      text: { format: zodTextFormat(ticket, 'ticket') },
    }
    const { responses } = clientOf(bench)
    const replies = [await responses.parse(body), await responses.stream(body).finalResponse()]
    return replies.map(({ output_parsed: parsed }) => parsed as z.infer<typeof ticket>)
  },
  async refusal(bench) {
    const response = await clientOf(bench).responses.parse({
      ...common,
      model: bench.model(),
      input: asked.help,
      text: { format: zodTextFormat(ticket, 'ticket') },
    })
    const parts = response.output.flatMap((item) => (item.type === 'message' ? item.content : []))
    const words = parts.map((part) => (part.type === 'refusal' ? part.refusal : '')).join('')
    const reason = response.incomplete_details?.reason
    const signs = [words && 'a refusal part', reason && `incomplete_details.reason ${reason}`]
    return { words, sign: signs.filter(Boolean).join(' and ') }
  },
  async cached(bench, prompt) {
    const { usage } = await clientOf(bench).responses.create({ ...common, model: bench.model(), input: prompt })
    return usage?.input_tokens_details.cached_tokens ?? Number.NaN
  },
  async fails(bench, behaviour, streamed) {
    const body = { ...common, model: bench.model(behaviour), input: asked.greet }
    const { responses } = clientOf(bench)
    return streamed ? responses.stream(body).finalResponse() : responses.create(body)
  },
  knows: openaiErrors,
  async abort(bench) {
    const stream = clientOf(bench).responses.stream({ ...common, model: bench.model('stalls'), input: asked.greet })
    stream.on('response.output_text.delta', () => stream.abort())
    await stream.finalResponse().catch((error: unknown) => {
      if (!(error instanceof OpenAI.APIUserAbortError)) throw error
    })
  },
})
