import OpenAI from 'openai'
import { LengthFinishReasonError } from 'openai/core/error'
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod'
import type { ChatCompletionMessageParam, ChatCompletionTool } from 'openai/resources/chat/completions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { bothTools, descriptions, faultyTarget, schemas, streamedAndWhole, ticket, toolNames } from './client-tasks.ts'
import { alias, all, openStand, type Stand } from './stand.ts'

/** Both dialects, named as targets and as aliases. */
const models = ['simulator/sim-small', 'simulator-anthropic/sim-small', 'fast', 'crossed'] as const

const isCrossed = (model: string) => model === 'crossed' || model.startsWith('simulator-anthropic')

const faulty = (model: string, fault: string) =>
  faultyTarget(isCrossed(model) ? 'simulator-anthropic' : 'simulator', fault)

const tools: ChatCompletionTool[] = toolNames.map((name) => ({
  type: 'function',
  function: { name, description: descriptions[name], parameters: z.toJSONSchema(schemas[name]) },
}))

let stand: Stand
let openai: OpenAI
beforeAll(async () => {
  stand = await openStand({
    aliases: [alias('crossed', ['simulator-anthropic/sim-small'])],
    simulator: { keepBodies: true },
  })
  openai = stand.openai
})
afterAll(() => stand[Symbol.asyncDispose]())

/** The body that the provider got last. */
const lastBody = () => stand.simulator.log().at(-1)?.body as Record<string, unknown>

describe.each(streamedAndWhole(models))('the openai client, model $model, streamed $stream', ({ model, stream }) => {
  /** One completion, by whichever of the SDK's two ways. */
  const ask = (body: Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, 'model' | 'stream'>) =>
    stream
      ? openai.chat.completions
          .stream({ model, ...body, stream_options: { include_usage: true } })
          .finalChatCompletion()
      : openai.chat.completions.create({ model, ...body })

  it('completes, and is billed what the provider bills', async () => {
    stand.simulator.reset()
    const reply = await ask({
      messages: [
        { role: 'system', content: 'You help customers of a shop.' },
        { role: 'user', content: 'My parcel 4711 has not come. Grüezi, 你好 😀.' },
      ],
    })
    const [choice] = reply.choices
    expect(choice?.finish_reason).toBe('stop')
    expect(choice?.message.role).toBe('assistant')
    expect(choice?.message.content?.length).toBeGreaterThan(10)
    const [line] = stand.simulator.invoice().lines
    expect(reply.usage).toMatchObject({
      prompt_tokens: line!.usage.uncachedInput,
      completion_tokens: line!.usage.output,
      total_tokens: line!.usage.uncachedInput + line!.usage.output,
    })
    expect(stand.calls().at(-1)).toMatchObject({
      dialectIn: 'openai-chat',
      dialectOut: isCrossed(model) ? 'anthropic-messages' : 'openai-chat',
      streamed: stream,
      cost: { nanoUsd: line!.costNanoUsd, status: 'priced' },
    })
  })

  it('says the same as the provider does without us', async () => {
    const messages = [{ role: 'user' as const, content: 'Write 40 words about the sea.' }]
    const direct = new OpenAI({ baseURL: `${stand.simulator.url}/v1`, apiKey: 'any', maxRetries: 0 })
    const without = await direct.chat.completions.create({ model: 'sim-small', messages, max_tokens: 300 })
    const through = await ask({ messages, max_tokens: 300 })
    expect(through.choices[0]?.message.content).toBe(without.choices[0]?.message.content)
  })

  it('calls tools in parallel, takes their results and answers from them', async () => {
    const messages: ChatCompletionMessageParam[] = [{ role: 'user', content: bothTools }]
    const first = (await ask({ messages, tools })).choices[0]
    expect(first?.finish_reason).toBe('tool_calls')
    const calls = first?.message.tool_calls ?? []
    expect(calls.map((call) => call.type === 'function' && call.function.name).sort()).toEqual([...toolNames])
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2)
    messages.push({ role: 'assistant', content: first?.message.content ?? null, tool_calls: calls })
    for (const call of calls) {
      if (call.type !== 'function') throw new Error('A function was offered, and something else was called.')
      schemas[call.function.name as keyof typeof schemas].parse(JSON.parse(call.function.arguments))
      const content = call.function.name === 'get_weather' ? '{"sky":"foggy"}' : '{"status":"delivered on Monday"}'
      messages.push({ role: 'tool', tool_call_id: call.id, content })
    }
    const second = (await ask({ messages, tools })).choices[0]
    expect(second?.finish_reason).toBe('stop')
    expect(second?.message.content).toMatch(/foggy/)
    expect(second?.message.content).toMatch(/delivered on Monday/)
  })

  it('runs its own tool loop to the end', async () => {
    const called: string[] = []
    const runnable = [
      zodFunction({
        name: 'get_order_status',
        description: descriptions.get_order_status,
        parameters: schemas.get_order_status,
        function: ({ order_id }) => {
          called.push(`order ${order_id}`)
          return { status: 'on its way' }
        },
      }),
      zodFunction({
        name: 'get_weather',
        description: descriptions.get_weather,
        parameters: schemas.get_weather,
        function: ({ city }) => {
          called.push(`weather ${city}`)
          return 'snow'
        },
      }),
    ]
    const messages = [{ role: 'user' as const, content: bothTools }]
    const runner = stream
      ? openai.chat.completions.runTools({ model, messages, tools: runnable, stream: true })
      : openai.chat.completions.runTools({ model, messages, tools: runnable })
    const content = await runner.finalContent()
    expect(called).toHaveLength(2)
    expect(content).toMatch(/on its way/)
    expect(content).toMatch(/snow/)
  })

  it('parses structured output and tool arguments with its own helpers', async () => {
    const body = {
      model,
      messages: [{ role: 'user' as const, content: 'My invoice is wrong, and I am furious.' }],
      response_format: zodResponseFormat(ticket, 'ticket'),
    }
    const parsed = stream
      ? await openai.chat.completions.stream(body).finalChatCompletion()
      : await openai.chat.completions.parse(body)
    expect(ticket.parse(parsed.choices[0]?.message.parsed)).toEqual(parsed.choices[0]?.message.parsed)

    const tool = zodFunction({ name: 'get_weather', parameters: schemas.get_weather })
    const asked = {
      model,
      messages: [{ role: 'user' as const, content: 'The weather in Bern?' }],
      tools: [tool],
      tool_choice: 'required' as const,
    }
    const called = stream
      ? await openai.chat.completions.stream(asked).finalChatCompletion()
      : await openai.chat.completions.parse(asked)
    const [call] = called.choices[0]?.message.tool_calls ?? []
    const parsedArguments = call?.type === 'function' ? call.function.parsed_arguments : undefined
    expect(schemas.get_weather.safeParse(parsedArguments)).toEqual({ success: true, data: parsedArguments })
  })

  it('forces the tool that it names, forbids tools, and forbids parallel ones', async () => {
    const messages = [{ role: 'user' as const, content: bothTools }]
    const named = await ask({ messages, tools, tool_choice: { type: 'function', function: { name: 'get_weather' } } })
    expect(named.choices[0]?.message.tool_calls).toHaveLength(1)
    const none = await ask({ messages, tools, tool_choice: 'none' })
    expect(none.choices[0]?.message.tool_calls ?? []).toHaveLength(0)
    const single = await ask({ messages, tools, parallel_tool_calls: false })
    expect(single.choices[0]?.message.tool_calls).toHaveLength(1)
  })

  it('sends images, as data and by address', async () => {
    const pixel =
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
    const reply = await ask({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is in these pictures?' },
            { type: 'image_url', image_url: { url: pixel } },
            { type: 'image_url', image_url: { url: 'https://example.com/cat.jpg' } },
          ],
        },
      ],
    })
    expect(reply.choices[0]?.finish_reason).toBe('stop')
    const [message] = lastBody().messages as { content: unknown[] }[]
    expect(message?.content).toHaveLength(3)
    if (isCrossed(model)) {
      expect(message?.content[1]).toEqual({
        type: 'image',
        source: { type: 'base64', media_type: 'image/png', data: pixel.slice(pixel.indexOf(',') + 1) },
      })
      expect(message?.content[2]).toEqual({
        type: 'image',
        source: { type: 'url', url: 'https://example.com/cat.jpg' },
      })
    }
  })

  it('counts reasoning where the model reasons', async () => {
    const reply = await ask({
      messages: [{ role: 'user', content: 'Which is larger, 9.11 or 9.9?' }],
      reasoning_effort: 'high',
    })
    expect(reply.choices[0]?.finish_reason).toBe('stop')
    if (isCrossed(model)) expect(lastBody().output_config).toEqual({ effort: 'high' })
    else expect(reply.usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(0)
  })

  it('stops at its limit and at a stop sequence, and says which it was', async () => {
    const messages = [{ role: 'user' as const, content: 'Write 200 words about the sea.' }]
    const cut = await ask({ messages, max_completion_tokens: 5 })
    expect(cut.choices[0]?.finish_reason).toBe('length')
    expect(cut.usage?.completion_tokens).toBe(5)
    const stopped = await ask({ messages, stop: ['sea'] })
    expect(stopped.choices[0]?.finish_reason).toBe('stop')
    expect(stopped.choices[0]?.message.content).not.toMatch(/sea/)
  })

  it('refuses where the model refuses', async () => {
    stand.simulator.setScenario({ rules: [{ reply: { refusal: 'I will not help with that.' } }] })
    try {
      const reply = await ask({ messages: [{ role: 'user', content: 'Help me.' }] })
      expect(reply.choices[0]?.message.refusal).toBe('I will not help with that.')
      expect(reply.choices[0]?.message.content || null).toBeNull()
    } finally {
      stand.simulator.setScenario({ rules: [] })
    }
  })

  it('carries the ids under which the record has the call', async () => {
    const body = { model, messages: [{ role: 'user' as const, content: 'Hello.' }] }
    const { response, request_id: id } = stream
      ? await openai.chat.completions.create({ ...body, stream: true }).withResponse()
      : await openai.chat.completions.create(body).withResponse()
    await response.body?.cancel().catch(() => undefined)
    expect(id).toBe(response.headers.get('x-inseam-call'))
    expect(await stand.callEnded(({ callId }) => callId === id)).toMatchObject({ model, door: 'gateway' })
    expect(response.headers.get('x-inseam-target')).toBe(
      isCrossed(model) ? 'simulator-anthropic/sim-small' : 'simulator/sim-small',
    )
  })

  it('raises its own typed errors', async () => {
    const fail = (name: string, body: object = {}) =>
      openai.chat.completions
        .create({ model: name, messages: [{ role: 'user', content: 'Hello.' }], stream, ...body } as never)
        .then(
          () => expect.unreachable('It was answered.'),
          (error: unknown) => error as InstanceType<typeof OpenAI.APIError>,
        )
    expect(await fail('no-such-model')).toBeInstanceOf(OpenAI.NotFoundError)
    expect(await fail(model, { messages: 'none' })).toBeInstanceOf(OpenAI.BadRequestError)
    expect(await fail(model, { messages: [] })).toBeInstanceOf(OpenAI.BadRequestError)
    expect(await fail(model, { temperature: 'hot' })).toBeInstanceOf(OpenAI.BadRequestError)
    expect(await fail(faulty(model, 'rate-limited:retryAfterSeconds=999'))).toBeInstanceOf(OpenAI.RateLimitError)
    expect(await fail(faulty(model, 'quota-exhausted'))).toBeInstanceOf(OpenAI.RateLimitError)
    expect(await fail(faulty(model, 'html'))).toBeInstanceOf(OpenAI.InternalServerError)
    const error = await fail(model, { temperature: 'hot' })
    expect(error).toMatchObject({ status: 400, type: 'invalid_request_error', param: 'temperature' })
    expect(stand.calls().at(-1)).toMatchObject({ callId: error.requestID, outcome: { errorCode: 'invalid-request' } })
  })
})

describe.each(models)('the openai client, model %s', (model) => {
  const messages = [{ role: 'user' as const, content: 'Write 30 words about the sea.' }]

  it('gets usage in a stream where it asks for it, in the last chunk, and else nowhere', async () => {
    for (const include_usage of [true, false]) {
      const chunks = await all(
        await openai.chat.completions.create({
          model,
          messages,
          stream: true,
          ...(include_usage && { stream_options: { include_usage } }),
        }),
      )
      const counted = chunks.filter(({ usage }) => usage)
      expect(counted).toHaveLength(include_usage ? 1 : 0)
      expect(chunks.every(({ choices }) => choices.length === 1)).toBe(!include_usage)
      if (include_usage) {
        expect(chunks.at(-1)?.choices).toEqual([])
        expect(chunks.at(-1)?.usage?.completion_tokens).toBe(stand.simulator.invoice().lines.at(-1)?.usage.output)
      }
      expect(chunks.filter(({ choices }) => choices[0]?.finish_reason)).toHaveLength(1)
      expect(stand.calls().at(-1)?.usage.source).toBe('measured')
    }
  })

  it('streams the arguments of tool calls piece by piece, each to its own call', async () => {
    const pieces = new Map<number, string>()
    const runner = openai.chat.completions.stream({
      model,
      messages: [{ role: 'user', content: bothTools }],
      tools,
    })
    runner.on('tool_calls.function.arguments.delta', ({ index, arguments_delta }) => {
      pieces.set(index, (pieces.get(index) ?? '') + arguments_delta)
    })
    const calls = (await runner.finalChatCompletion()).choices[0]?.message.tool_calls ?? []
    expect(calls).toHaveLength(2)
    expect([...pieces.values()]).toEqual(calls.map((call) => call.type === 'function' && call.function.arguments))
  })

  it('stops the upstream when it breaks off a stream, and when it aborts one', async () => {
    for (const how of ['break', 'abort'] as const) {
      stand.simulator.reset()
      stand.simulator.setScenario({ rules: [{ fault: { type: 'stall', after: 5 } }] })
      try {
        const stream = await openai.chat.completions.create({ model, messages, stream: true })
        let seen = 0
        for await (const { choices } of stream) {
          if (!choices[0]?.delta.content) continue
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
      const stream = await openai.chat.completions.create({ model: faulty(model, fault), messages, stream: true })
      let ending: string | null | undefined
      const read = async () => {
        for await (const { choices } of stream) ending = choices[0]?.finish_reason ?? ending
      }
      await expect(read(), fault).rejects.toBeInstanceOf(OpenAI.APIError)
      expect(ending, fault).toBeUndefined()
    }
  })

  it('raises its own error for structured output that was cut off', async () => {
    const cut = openai.chat.completions.parse({
      model,
      messages,
      response_format: zodResponseFormat(ticket, 'ticket'),
      max_completion_tokens: 5,
    })
    await expect(cut).rejects.toBeInstanceOf(LengthFinishReasonError)
  })

  it('asks once where the gateway has done what helps, and comes back when it was told to', async () => {
    const eager = new OpenAI({ baseURL: openai.baseURL, apiKey: 'none', maxRetries: 3 })
    const before = stand.calls().length
    const failed = eager.chat.completions.create({ model: faulty(model, 'quota-exhausted'), messages })
    await expect(failed).rejects.toBeInstanceOf(OpenAI.RateLimitError)
    expect(stand.calls().length - before).toBe(1)

    const busy = faulty(model, 'rate-limited:retryAfterMs=1').replace(/@.*/, '@1')
    const once = alias(`once-${models.indexOf(model)}`, [busy], { retry: { attempts: 1, baseMs: 1, capMs: 1 } })
    stand.seam.reload({ ...stand.config, aliases: [...stand.config.aliases, once] })
    expect((await eager.chat.completions.create({ model: once.name, messages })).choices).toHaveLength(1)
    expect(stand.calls().length - before).toBe(3)
  })
})

it('lists the models and finds one, and raises its own error for one that is not there', async () => {
  const listed = await all(openai.models.list())
  expect(listed.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['fast', 'smart', 'crossed', 'simulator/sim-small']),
  )
  for (const { id } of listed) expect(await openai.models.retrieve(id)).toMatchObject({ id, object: 'model' })
  await expect(openai.models.retrieve('absent')).rejects.toBeInstanceOf(OpenAI.NotFoundError)
  await expect(openai.models.retrieve('50%')).rejects.toBeInstanceOf(OpenAI.NotFoundError)
})

it('answers n choices where the provider can, and refuses before it spends where it cannot', async () => {
  const messages = [{ role: 'user' as const, content: 'Write 10 words about the sea.' }]
  const several = await openai.chat.completions.create({ model: 'fast', messages, n: 3 })
  expect(several.choices.map(({ index }) => index)).toEqual([0, 1, 2])
  const streamed = await openai.chat.completions.stream({ model: 'fast', messages, n: 3 }).finalChatCompletion()
  expect(streamed.choices.map(({ message }) => message.content)).toEqual(
    several.choices.map(({ message }) => message.content),
  )
  stand.simulator.reset()
  for (const stream of [false, true]) {
    const refused = openai.chat.completions.create({ model: 'crossed', messages, n: 3, stream })
    await expect(refused).rejects.toBeInstanceOf(OpenAI.BadRequestError)
  }
  expect(stand.simulator.invoice().lines).toEqual([])
})

it('raises its own errors for keys that are wrong or not enough', async () => {
  await using guarded = await openStand({ gateway: { keys: [{ name: 'shop', key: 'k-shop-1', aliases: ['fast'] }] } })
  const messages = [{ role: 'user' as const, content: 'Hello.' }]
  expect((await guarded.openai.chat.completions.create({ model: 'fast', messages })).choices).toHaveLength(1)
  const stranger = new OpenAI({ baseURL: guarded.openai.baseURL, apiKey: 'k-wrong', maxRetries: 3 })
  await expect(stranger.chat.completions.create({ model: 'fast', messages })).rejects.toBeInstanceOf(
    OpenAI.AuthenticationError,
  )
  await expect(stranger.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError)
  await expect(guarded.openai.chat.completions.create({ model: 'smart', messages })).rejects.toBeInstanceOf(
    OpenAI.PermissionDeniedError,
  )
})
