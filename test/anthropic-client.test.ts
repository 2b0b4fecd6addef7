import Anthropic from '@anthropic-ai/sdk'
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import type { ContentBlockParam, Message, MessageParam, Tool } from '@anthropic-ai/sdk/resources/messages'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { bothTools, descriptions, faultyTarget, schemas, streamedAndWhole, ticket, toolNames } from './client-tasks.ts'
import { alias, all, openStand, type Stand } from './stand.ts'

/** Both dialects, named as targets and as aliases. */
const models = ['simulator-anthropic/sim-small', 'simulator/sim-small', 'kindred', 'fast'] as const
const isCrossed = (model: string) => model === 'fast' || model.startsWith('simulator/')

const faulty = (model: string, fault: string) =>
  faultyTarget(isCrossed(model) ? 'simulator' : 'simulator-anthropic', fault)

const tools: Tool[] = toolNames.map((name) => ({
  name,
  description: descriptions[name],
  input_schema: z.toJSONSchema(schemas[name]) as Tool['input_schema'],
}))

let stand: Stand
let anthropic: Anthropic
beforeAll(async () => {
  stand = await openStand({
    aliases: [alias('kindred', ['simulator-anthropic/sim-small'])],
    simulator: { keepBodies: true },
  })
  anthropic = stand.anthropic
})
afterAll(() => stand[Symbol.asyncDispose]())

/** The body that the provider got last. */
const lastBody = () => stand.simulator.log().at(-1)?.body as Record<string, unknown>
const textOf = ({ content }: Message) => content.map((block) => (block.type === 'text' ? block.text : '')).join('')

describe.each(streamedAndWhole(models))('the Anthropic client, model $model, streamed $stream', ({ model, stream }) => {
  /** One message, by whichever of the SDK's two ways. */
  const ask = (
    body: Omit<Anthropic.MessageCreateParamsNonStreaming, 'model' | 'stream' | 'max_tokens'>,
    limit = 2000,
  ) => {
    const whole = { model, max_tokens: limit, ...body }
    return stream ? anthropic.messages.stream(whole).finalMessage() : anthropic.messages.create(whole)
  }

  it('completes, and is billed what the provider bills', async () => {
    stand.simulator.reset()
    const message = await ask({
      system: 'You help customers of a shop.',
      messages: [{ role: 'user', content: 'My parcel 4711 has not come. Grüezi, 你好 😀.' }],
    })
    expect(message).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn' })
    expect(message.id).toMatch(/^msg_/)
    expect(textOf(message).length).toBeGreaterThan(10)
    const [line] = stand.simulator.invoice().lines
    expect(message.usage).toMatchObject({ input_tokens: line!.usage.uncachedInput, output_tokens: line!.usage.output })
    expect(stand.calls().at(-1)).toMatchObject({
      dialectIn: 'anthropic-messages',
      dialectOut: isCrossed(model) ? 'openai-chat' : 'anthropic-messages',
      streamed: stream,
      cost: { nanoUsd: line!.costNanoUsd, status: 'priced' },
    })
  })

  it('says the same as the provider does without us', async () => {
    const messages = [{ role: 'user' as const, content: 'Write 40 words about the sea.' }]
    const direct = new Anthropic({ baseURL: stand.simulator.url, apiKey: 'any', maxRetries: 0 })
    const without = await direct.messages.create({ model: 'sim-small', messages, max_tokens: 300 })
    expect(textOf(await ask({ messages }, 300))).toBe(textOf(without))
  })

  it('calls tools in parallel, takes their results and answers from them', async () => {
    const messages: MessageParam[] = [{ role: 'user', content: bothTools }]
    const first = await ask({ messages, tools })
    expect(first.stop_reason).toBe('tool_use')
    const calls = first.content.filter((block) => block.type === 'tool_use')
    expect(calls.map(({ name }) => name).sort()).toEqual([...toolNames])
    expect(first.content.every(({ type }) => type === 'tool_use')).toBe(true)
    for (const { name, input } of calls) schemas[name as keyof typeof schemas].parse(input)
    messages.push({ role: 'assistant', content: first.content as ContentBlockParam[] })
    messages.push({
      role: 'user',
      content: calls.map(({ id, name }) =>
        name === 'get_weather'
          ? { type: 'tool_result', tool_use_id: id, content: [{ type: 'text', text: '{"sky":"foggy"}' }] }
          : { type: 'tool_result', tool_use_id: id, content: 'the warehouse does not answer', is_error: true },
      ),
    })
    const second = await ask({ messages, tools })
    expect(second.stop_reason).toBe('end_turn')
    expect(textOf(second)).toMatch(/foggy/)
    expect(textOf(second)).toMatch(/warehouse does not answer/)
  })

  it('runs its own tool loop to the end', async () => {
    const called: string[] = []
    const runnable = toolNames.map((name) =>
      betaZodTool({
        name,
        description: descriptions[name],
        inputSchema: schemas[name] as z.ZodType<Record<string, string>>,
        run: (input) => {
          called.push(name)
          return name === 'get_weather' ? `snow in ${input.city}` : 'on its way'
        },
      }),
    )
    const runner = anthropic.beta.messages.toolRunner({
      model,
      max_tokens: 2000,
      messages: [{ role: 'user', content: bothTools }],
      tools: runnable,
      // Else the SDK keeps the conversation on Anthropic's servers, which the simulator has none of.
      thread: false,
      stream,
    })
    const message = await runner.runUntilDone()
    expect(called.sort()).toEqual([...toolNames])
    const text = message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
    expect(text).toMatch(/on its way/)
    expect(text).toMatch(/snow in/)
  })

  it('parses structured output with its own helper', async () => {
    const body = {
      model,
      max_tokens: 2000,
      messages: [{ role: 'user' as const, content: 'My invoice is wrong, and I am furious.' }],
      output_config: { format: zodOutputFormat(ticket) },
    }
    const parsed = stream
      ? (await anthropic.messages.stream(body).finalMessage()).parsed_output
      : (await anthropic.messages.parse(body)).parsed_output
    expect(ticket.parse(parsed)).toEqual(parsed)
  })

  it('forces the tool that it names, forbids tools, and forbids parallel ones', async () => {
    const messages = [{ role: 'user' as const, content: bothTools }]
    const used = (message: Message) => message.content.filter(({ type }) => type === 'tool_use').length
    expect(used(await ask({ messages, tools, tool_choice: { type: 'tool', name: 'get_weather' } }))).toBe(1)
    expect(used(await ask({ messages, tools, tool_choice: { type: 'none' } }))).toBe(0)
    expect(used(await ask({ messages, tools, tool_choice: { type: 'auto', disable_parallel_tool_use: true } }))).toBe(1)
    const forced = { messages: [{ role: 'user' as const, content: 'Hello.' }], tools }
    expect(used(await ask({ ...forced, tool_choice: { type: 'any' } }))).toBeGreaterThan(0)
  })

  it('sends images and documents, as data and by address', async () => {
    const data = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
    const message = await ask({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is in these?' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
            { type: 'image', source: { type: 'url', url: 'https://example.com/cat.jpg' } },
            { type: 'document', title: 'bill.pdf', source: { type: 'base64', media_type: 'application/pdf', data } },
          ],
        },
      ],
    })
    expect(message.stop_reason).toBe('end_turn')
    const [sent] = lastBody().messages as { content: unknown[] }[]
    expect(sent?.content).toHaveLength(4)
    if (!isCrossed(model)) return
    expect(sent?.content[1]).toEqual({ type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } })
    expect(sent?.content[2]).toEqual({ type: 'image_url', image_url: { url: 'https://example.com/cat.jpg' } })
    expect(sent?.content[3]).toMatchObject({ type: 'file', file: { filename: 'bill.pdf' } })
  })

  it('shows thinking with its signature where the model shows it, and counts it everywhere', async () => {
    const messages = [{ role: 'user' as const, content: 'Which is larger, 9.11 or 9.9?' }]
    const message = await ask({ messages, thinking: { type: 'enabled', budget_tokens: 1024 } })
    expect(message.stop_reason).toBe('end_turn')
    expect(stand.calls().at(-1)?.usage.outputReasoning).toBeGreaterThan(0)
    const [thought] = message.content
    if (isCrossed(model)) expect(message.content.map(({ type }) => type)).toEqual(['text'])
    else expect(thought).toMatchObject({ type: 'thinking', thinking: /./, signature: /./ })
  })

  it('sends thinking back in a tool loop, to its own dialect as it was and to no other', async () => {
    const messages: MessageParam[] = [{ role: 'user', content: 'The weather in Bern?' }]
    const thinking = { type: 'enabled' as const, budget_tokens: 1024 }
    const first = await ask({ messages, tools, thinking })
    const content = first.content as ContentBlockParam[]
    const own = isCrossed(model)
      ? [{ type: 'thinking', thinking: 'Hm.', signature: 'c2ln' } as const, ...content]
      : content
    messages.push({ role: 'assistant', content: own })
    messages.push({
      role: 'user',
      content: first.content
        .filter((block) => block.type === 'tool_use')
        .map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: 'fog' })),
    })
    expect(textOf(await ask({ messages, tools, thinking }))).toMatch(/fog/)
    const sent = JSON.stringify(lastBody())
    expect(sent.includes('"thinking":"')).toBe(!isCrossed(model))
    expect(sent.includes('c2ln')).toBe(false)
    if (isCrossed(model)) {
      expect(
        stand
          .calls()
          .at(-1)
          ?.losses.map(({ path }) => path),
      ).toContain('messages[1].content[0]')
    }
  })

  it('stops at its limit and at a stop sequence, and says which it was', async () => {
    const messages = [{ role: 'user' as const, content: 'Write 200 words about the sea.' }]
    const cut = await ask({ messages }, 5)
    expect(cut.stop_reason).toBe('max_tokens')
    expect(cut.usage.output_tokens).toBe(5)
    const stopped = await ask({ messages, stop_sequences: ['sea'] })
    expect(textOf(stopped)).not.toMatch(/sea/)
    if (isCrossed(model)) expect(stopped.stop_reason).toBe('end_turn')
    else expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'sea' })
  })

  it('refuses where the model refuses', async () => {
    stand.simulator.setScenario({ rules: [{ reply: { refusal: 'I will not help with that.' } }] })
    try {
      const message = await ask({ messages: [{ role: 'user', content: 'Help me.' }] })
      expect(message.stop_reason).toBe('refusal')
      expect(JSON.stringify(message)).toMatch(/I will not help with that/)
    } finally {
      stand.simulator.setScenario({ rules: [] })
    }
  })

  it('carries the ids under which the record has the call', async () => {
    const body = { model, max_tokens: 50, messages: [{ role: 'user' as const, content: 'Hello.' }] }
    const { response, request_id: id } = stream
      ? await anthropic.messages.create({ ...body, stream: true }).withResponse()
      : await anthropic.messages.create(body).withResponse()
    await response.body?.cancel().catch(() => undefined)
    expect(id).toBe(response.headers.get('x-inseam-call'))
    expect(await stand.callEnded(({ callId }) => callId === id)).toMatchObject({ model, door: 'gateway' })
    if (!stream) expect((await anthropic.messages.create(body))._request_id).toMatch(/^call_/)
  })

  it('raises its own typed errors', async () => {
    const fail = (name: string, body: object = {}) =>
      anthropic.messages
        .create({
          model: name,
          max_tokens: 50,
          messages: [{ role: 'user', content: 'Hello.' }],
          stream,
          ...body,
        } as Anthropic.MessageCreateParams)
        .then(
          () => expect.unreachable('It was answered.'),
          (error: unknown) => error as InstanceType<typeof Anthropic.APIError>,
        )
    expect(await fail('no-such-model')).toBeInstanceOf(Anthropic.NotFoundError)
    expect(await fail(model, { messages: 'none' })).toBeInstanceOf(Anthropic.BadRequestError)
    expect(await fail(model, { messages: [] })).toBeInstanceOf(Anthropic.BadRequestError)
    expect(await fail(faulty(model, 'rate-limited:retryAfterSeconds=999'))).toBeInstanceOf(Anthropic.RateLimitError)
    expect(await fail(faulty(model, 'quota-exhausted'))).toBeInstanceOf(Anthropic.RateLimitError)
    expect(await fail(faulty(model, 'overloaded:shouldRetry=false'))).toMatchObject({
      status: 529,
      type: 'overloaded_error',
    })
    expect(await fail(faulty(model, 'redirect'))).toBeInstanceOf(Anthropic.InternalServerError)
    const error = await fail(model, { temperature: 'hot' })
    expect(error).toBeInstanceOf(Anthropic.BadRequestError)
    expect(error).toMatchObject({ status: 400, type: 'invalid_request_error', apiMessage: /temperature/ })
    expect(stand.calls().at(-1)).toMatchObject({ callId: error.requestID, outcome: { errorCode: 'invalid-request' } })
    expect(error.error).toMatchObject({ request_id: error.requestID })
  })
})

describe.each(models)('the Anthropic client, model %s', (model) => {
  const messages = [{ role: 'user' as const, content: 'Write 30 words about the sea.' }]
  const body = { model, max_tokens: 500, messages }

  it('streams events in the order that its dialect knows, with contiguous blocks', async () => {
    const events = await all(
      await anthropic.messages.create({
        ...body,
        messages: [{ role: 'user', content: bothTools }],
        tools,
        stream: true,
      }),
    )
    const types = events.map(({ type }) => type)
    expect(types.at(0)).toBe('message_start')
    expect(types.slice(-2)).toEqual(['message_delta', 'message_stop'])
    let open: number | undefined
    let next = 0
    for (const event of events) {
      if (event.type === 'content_block_start') {
        expect(open).toBeUndefined()
        expect(event.index).toBe(next++)
        open = event.index
      }
      if (event.type === 'content_block_delta') expect(event.index).toBe(open)
      if (event.type === 'content_block_stop') {
        expect(event.index).toBe(open)
        open = undefined
      }
    }
    expect(open).toBeUndefined()
    expect(next).toBe(2)
    const delta = events.find(({ type }) => type === 'message_delta')
    expect(delta).toMatchObject({
      usage: { output_tokens: stand.simulator.invoice().lines.at(-1)?.usage.output },
      delta: { stop_reason: 'tool_use' },
    })
  })

  it('hears text, thinking and tool input as they come', async () => {
    let text = ''
    let json = ''
    let thinking = ''
    const stream = anthropic.messages
      .stream({ ...body, max_tokens: 2000, thinking: { type: 'enabled', budget_tokens: 1024 } })
      .on('text', (delta) => {
        text += delta
      })
      .on('thinking', (delta) => {
        thinking += delta
      })
    const message = await stream.finalMessage()
    expect(text).toBe(textOf(message))
    expect(thinking === '').toBe(isCrossed(model))
    const called = await anthropic.messages
      .stream({ ...body, tools, messages: [{ role: 'user', content: 'The weather in Bern?' }] })
      .on('inputJson', (delta) => {
        json += delta
      })
      .finalMessage()
    const [call] = called.content
    expect(call?.type === 'tool_use' && call.input).toEqual(JSON.parse(json))
  })

  it('stops the upstream when it breaks off a stream, and when it aborts one', async () => {
    for (const how of ['break', 'abort'] as const) {
      stand.simulator.reset()
      stand.simulator.setScenario({ rules: [{ fault: { type: 'stall', after: 5 } }] })
      try {
        const stream = await anthropic.messages.create({ ...body, stream: true })
        let seen = 0
        for await (const event of stream) {
          if (event.type !== 'content_block_delta') continue
          seen++
          if (how === 'break') break
          stream.controller.abort()
        }
        expect(seen).toBeGreaterThan(0)
        await stand.simulator.idle()
        expect(stand.simulator.log().at(-1)?.cancelled).toBe(true)
      } finally {
        stand.simulator.setScenario({ rules: [] })
      }
    }
    const event = await stand.callEnded(
      ({ outcome, model: named }) => outcome.errorCode === 'aborted' && named === model,
    )
    expect(event).toMatchObject({ streamed: true, attempts: 1, usage: { source: 'estimated' } })
    expect(event.cost.nanoUsd).toBeGreaterThan(0)
  })

  it('raises an error in the middle of a stream, and nothing after it looks like success', async () => {
    for (const fault of ['error-event-mid', 'cut', 'malformed-event', 'no-terminal-event']) {
      const stream = await anthropic.messages.create({ ...body, model: faulty(model, fault), stream: true })
      const ended: string[] = []
      const read = async () => {
        for await (const { type } of stream) if (type === 'message_delta' || type === 'message_stop') ended.push(type)
      }
      await expect(read(), fault).rejects.toBeInstanceOf(Anthropic.APIError)
      expect(ended, fault).toEqual([])
    }
  })

  it('asks once where the gateway has done what helps', async () => {
    const eager = new Anthropic({ baseURL: anthropic.baseURL, apiKey: 'none', maxRetries: 3 })
    const before = stand.calls().length
    const failed = eager.messages.create({ ...body, model: faulty(model, 'quota-exhausted') })
    await expect(failed).rejects.toBeInstanceOf(Anthropic.RateLimitError)
    expect(stand.calls().length - before).toBe(1)
  })
})

it('refuses a conversation held by the server where the target holds none, before it spends', async () => {
  stand.simulator.reset()
  for (const stream of [false, true]) {
    for (const thread of [{ type: 'create' as const }, { type: 'continue' as const, previous_message_id: 'msg_1' }]) {
      const refused = anthropic.beta.messages.create({
        model: 'fast',
        max_tokens: 50,
        messages: [{ role: 'user', content: 'Hello.' }],
        thread,
        stream,
      })
      await expect(refused).rejects.toBeInstanceOf(Anthropic.BadRequestError)
    }
  }
  expect(stand.simulator.invoice().lines).toEqual([])
})

it('lists the models and finds one, and raises its own error for one that is not there', async () => {
  const listed = await all(anthropic.models.list())
  expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining(['fast', 'smart', 'kindred']))
  for (const { id } of listed) expect(await anthropic.models.retrieve(id)).toMatchObject({ id, type: 'model' })
  await expect(anthropic.models.retrieve('absent')).rejects.toBeInstanceOf(Anthropic.NotFoundError)
})

it('raises its own errors for keys that are wrong or not enough, and for what the gateway has not', async () => {
  const keys = [{ name: 'shop', key: 'k-shop-1', aliases: ['fast'] }]
  await using guarded = await openStand({ gateway: { keys, maxBodyBytes: 10_000 } })
  const body = { model: 'fast', max_tokens: 50, messages: [{ role: 'user' as const, content: 'Hello.' }] }
  expect((await guarded.anthropic.messages.create(body)).stop_reason).toBe('end_turn')
  const stranger = new Anthropic({ baseURL: guarded.gateway.url, apiKey: 'k-wrong', maxRetries: 3 })
  await expect(stranger.messages.create(body)).rejects.toBeInstanceOf(Anthropic.AuthenticationError)
  await expect(stranger.models.list()).rejects.toBeInstanceOf(Anthropic.AuthenticationError)
  await expect(guarded.anthropic.messages.create({ ...body, model: 'smart' })).rejects.toBeInstanceOf(
    Anthropic.PermissionDeniedError,
  )
  const large = { ...body, messages: [{ role: 'user' as const, content: 'x'.repeat(20_000) }] }
  await expect(guarded.anthropic.messages.create(large)).rejects.toBeInstanceOf(Anthropic.ContentTooLargeError)
  await expect(guarded.anthropic.beta.files.list()).rejects.toBeInstanceOf(Anthropic.PermissionDeniedError)
  await expect(guarded.anthropic.get('/v2/messages')).rejects.toBeInstanceOf(Anthropic.NotFoundError)
})
