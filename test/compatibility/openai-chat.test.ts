import OpenAI from 'openai'
import { ContentFilterFinishReasonError } from 'openai/core/error'
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod'
import type { z } from 'zod'
import { descriptions, schemas, ticket } from '../client-tasks.ts'
import { type Bench, NotApplicable } from './client.ts'
import { matrix } from './matrix.ts'
import { openaiErrors } from './openai-errors.ts'
import { asked } from './tasks.ts'

const clientOf = ({ url }: Bench) => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none' })
const common = { max_completion_tokens: 4_096 }
const user = (content: string) => [{ role: 'user' as const, content }]

const weather = ({ tools }: Bench) =>
  zodFunction({
    name: 'get_weather',
    description: descriptions.get_weather,
    parameters: schemas.get_weather,
    function: (input) => tools.get_weather(input),
  })
const order = ({ tools }: Bench) =>
  zodFunction({
    name: 'get_order_status',
    description: descriptions.get_order_status,
    parameters: schemas.get_order_status,
    function: (input) => tools.get_order_status(input),
  })

matrix({
  name: 'openai, Chat Completions',
  packages: ['openai'],
  about:
    'By `create`, `stream().finalChatCompletion()`, `runTools` whole and streamed, `parse` and `stream` with `zodResponseFormat`; retries at their default.',
  async text(bench) {
    const reply = await clientOf(bench).chat.completions.create({
      ...common,
      model: bench.model(),
      messages: user(asked.greet),
    })
    return reply.choices[0]?.message.content ?? ''
  },
  async stream(bench) {
    const pieces: string[] = []
    const stream = clientOf(bench).chat.completions.stream({
      ...common,
      model: bench.model(),
      messages: user(asked.greet),
    })
    stream.on('content', (piece) => void pieces.push(piece))
    const whole = await stream.finalChatCompletion()
    if (whole.choices[0]?.message.content !== pieces.join('')) throw new Error('The helper and its pieces differ.')
    return pieces
  },
  async tools(bench) {
    const runner = clientOf(bench).chat.completions.runTools({
      ...common,
      model: bench.model(),
      messages: user(asked.weather),
      tools: [weather(bench)],
    })
    return (await runner.finalContent()) ?? ''
  },
  async parallelTools(bench) {
    const runner = clientOf(bench).chat.completions.runTools({
      ...common,
      model: bench.model(),
      messages: user(asked.both),
      tools: [weather(bench), order(bench)],
      stream: true,
    })
    return (await runner.finalContent()) ?? ''
  },
  async picture() {
    return new NotApplicable('Chat Completions takes text alone as the result of a tool.')
  },
  async thinking(bench) {
    const runner = clientOf(bench).chat.completions.stream({
      ...common,
      model: bench.model(),
      messages: user(asked.think),
      reasoning_effort: 'high',
    })
    const message = (await runner.finalChatCompletion()).choices[0]?.message
    const { reasoning_content: thinking } = message as { reasoning_content?: string }
    return { text: message?.content ?? '', thinking: thinking ?? '' }
  },
  async structured(bench) {
    const { completions } = clientOf(bench).chat
    const body = {
      ...common,
      model: bench.model(),
      messages: user(asked.ticket),
      response_format: zodResponseFormat(ticket, 'ticket'),
    }
    const replies = [await completions.parse(body), await completions.stream(body).finalChatCompletion()]
    return replies.map(({ choices }) => choices[0]?.message.parsed as z.infer<typeof ticket>)
  },
  async refusal(bench) {
    const { completions } = clientOf(bench).chat
    const body = {
      ...common,
      model: bench.model(),
      messages: user(asked.help),
      response_format: zodResponseFormat(ticket, 'ticket'),
    }
    const parsed = await completions.parse(body).then(
      ({ choices }) => choices[0]?.message.refusal && 'message.refusal',
      (error: unknown) => error instanceof ContentFilterFinishReasonError && 'ContentFilterFinishReasonError',
    )
    const words = (await completions.create(body)).choices[0]?.message.refusal
    const signs = [words && 'message.refusal by create', parsed && `${parsed} by parse`]
    return { words: words ?? '', sign: parsed ? signs.filter(Boolean).join(', ') : '' }
  },
  async cached(bench, prompt) {
    const { usage } = await clientOf(bench).chat.completions.create({
      ...common,
      model: bench.model(),
      messages: user(prompt),
    })
    return usage?.prompt_tokens_details?.cached_tokens ?? 0
  },
  async fails(bench, behaviour, streamed) {
    const body = { ...common, model: bench.model(behaviour), messages: user(asked.greet) }
    const { completions } = clientOf(bench).chat
    return streamed ? completions.stream(body).finalChatCompletion() : completions.create(body)
  },
  knows: openaiErrors,
  async abort(bench) {
    const stream = await clientOf(bench).chat.completions.create({
      ...common,
      model: bench.model('stalls'),
      messages: user(asked.greet),
      stream: true,
    })
    for await (const { choices } of stream) if (choices[0]?.delta.content) stream.controller.abort()
  },
})
