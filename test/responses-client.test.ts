import OpenAI from 'openai'
import { zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod'
import type { FunctionTool, ResponseInputItem } from 'openai/resources/responses/responses'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { bothTools, descriptions, faultyTarget, schemas, streamedAndWhole, ticket, toolNames } from './client-tasks.ts'
import { alias, all, openStand, type Stand } from './stand.ts'

/** Targets of every dialect, and an alias. */
const models = [
  'simulator-responses/sim-small',
  'simulator/sim-small',
  'simulator-anthropic/sim-small',
  'crossed',
] as const

const providerOf = (model: string) => (model === 'crossed' ? 'simulator-anthropic' : model.slice(0, model.indexOf('/')))
const dialectOut = (model: string) =>
  ({
    'simulator-responses': 'openai-responses',
    simulator: 'openai-chat',
    'simulator-anthropic': 'anthropic-messages',
  })[providerOf(model)]
const faulty = (model: string, fault: string) => faultyTarget(providerOf(model), fault)

const tools: FunctionTool[] = toolNames.map((name) => ({
  type: 'function',
  name,
  description: descriptions[name],
  parameters: z.toJSONSchema(schemas[name]) as Record<string, unknown>,
  strict: false,
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

describe.each(streamedAndWhole(models))('the responses client, model $model, streamed $stream', ({ model, stream }) => {
  /** One response, by whichever of the SDK's two ways. */
  const ask = (body: Omit<OpenAI.Responses.ResponseCreateParamsNonStreaming, 'model' | 'stream'>) =>
    stream ? openai.responses.stream({ model, ...body }).finalResponse() : openai.responses.create({ model, ...body })

  it('completes, and is billed what the provider bills', async () => {
    stand.simulator.reset()
    const response = await ask({
      instructions: 'You help customers of a shop.',
      input: 'My parcel 4711 has not come. Grüezi, 你好 😀.',
    })
    expect(response.status).toBe('completed')
    expect(response.output.map(({ type }) => type)).toEqual(['message'])
    expect(response.output_text.length).toBeGreaterThan(10)
    const [line] = stand.simulator.invoice().lines
    expect(response.usage).toMatchObject({
      input_tokens: line!.usage.uncachedInput,
      output_tokens: line!.usage.output,
      total_tokens: line!.usage.uncachedInput + line!.usage.output,
    })
    expect(stand.calls().at(-1)).toMatchObject({
      dialectIn: 'openai-responses',
      dialectOut: dialectOut(model),
      streamed: stream,
      cost: { nanoUsd: line!.costNanoUsd, status: 'priced' },
    })
  })

  it('says the same as the provider does without us', async () => {
    const input = 'Write 40 words about the sea.'
    const direct = new OpenAI({ baseURL: `${stand.simulator.url}/v1`, apiKey: 'any', maxRetries: 0 })
    const without = await direct.responses.create({ model: 'sim-small', input, max_output_tokens: 300 })
    const through = await ask({ input, max_output_tokens: 300 })
    expect(through.output_text).toBe(without.output_text)
  })

  it('calls tools in parallel, takes their results and answers from them', async () => {
    const input: ResponseInputItem[] = [{ role: 'user', content: bothTools }]
    const first: OpenAI.Responses.Response = await ask({ input, tools })
    const calls = first.output.filter((item) => item.type === 'function_call')
    expect(calls.map(({ name }) => name).sort()).toEqual([...toolNames])
    expect(new Set(calls.map(({ call_id }) => call_id)).size).toBe(2)
    input.push(...(first.output as ResponseInputItem[]))
    for (const call of calls) {
      schemas[call.name as keyof typeof schemas].parse(JSON.parse(call.arguments))
      const output = call.name === 'get_weather' ? '{"sky":"foggy"}' : '{"status":"delivered on Monday"}'
      input.push({ type: 'function_call_output', call_id: call.call_id, output })
    }
    const second = await ask({ input, tools })
    expect(second.output_text).toMatch(/foggy/)
    expect(second.output_text).toMatch(/delivered on Monday/)
  })

  it('forces the tool that it names, forbids tools, and forbids parallel ones', async () => {
    const count = async (body: Partial<OpenAI.Responses.ResponseCreateParamsNonStreaming>) => {
      const { output } = await ask({ input: bothTools, tools, ...body })
      return output.filter(({ type }) => type === 'function_call').length
    }
    expect(await count({ tool_choice: { type: 'function', name: 'get_weather' } })).toBe(1)
    expect(await count({ tool_choice: 'none' })).toBe(0)
    expect(await count({ parallel_tool_calls: false })).toBe(1)
  })

  it('parses structured output and tool arguments with its own helpers', async () => {
    const body = {
      model,
      input: 'My invoice is wrong, and I am furious.',
      text: { format: zodTextFormat(ticket, 'ticket') },
    }
    const parsed = stream ? await openai.responses.stream(body).finalResponse() : await openai.responses.parse(body)
    expect(ticket.parse(parsed.output_parsed)).toEqual(parsed.output_parsed)

    const tool = zodResponsesFunction({ name: 'get_weather', parameters: schemas.get_weather })
    const asked = { model, input: 'The weather in Bern?', tools: [tool], tool_choice: 'required' as const }
    const called = stream ? await openai.responses.stream(asked).finalResponse() : await openai.responses.parse(asked)
    const call = called.output.find((item) => item.type === 'function_call')
    const parsedArguments = call && 'parsed_arguments' in call ? call.parsed_arguments : undefined
    expect(schemas.get_weather.safeParse(parsedArguments)).toEqual({ success: true, data: parsedArguments })
  })

  it('counts reasoning where the model reasons, and shows a summary where it is asked for one', async () => {
    const response = await ask({
      input: 'Which is larger, 9.11 or 9.9?',
      reasoning: { effort: 'high', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
    })
    expect(response.status).toBe('completed')
    const [first] = response.output
    if (providerOf(model) === 'simulator-responses') {
      expect(first).toMatchObject({ type: 'reasoning', encrypted_content: expect.any(String) })
      expect(response.usage?.output_tokens_details.reasoning_tokens).toBeGreaterThan(0)
    } else {
      const lost = (stand.calls().at(-1)?.losses ?? []).map(({ path }) => path)
      const isShown = providerOf(model) === 'simulator-anthropic'
      expect(lost).toContain('include')
      expect(lost.includes('reasoning.summary')).toBe(!isShown)
      if (isShown) expect(first).toMatchObject({ type: 'reasoning', summary: [{ type: 'summary_text' }] })
    }
  })

  it('is incomplete at its limit', async () => {
    const cut = await ask({ input: 'Write 200 words about the sea.', max_output_tokens: 16 })
    expect(cut).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } })
    expect(cut.usage?.output_tokens).toBe(16)
  })

  it('refuses where the model refuses', async () => {
    stand.simulator.setScenario({ rules: [{ reply: { refusal: 'I will not help with that.' } }] })
    try {
      const response = await ask({ input: 'Help me.' })
      const parts = response.output.flatMap((item) => (item.type === 'message' ? item.content : []))
      expect(parts).toMatchObject([{ type: 'refusal', refusal: 'I will not help with that.' }])
      expect(response.output_text).toBe('')
    } finally {
      stand.simulator.setScenario({ rules: [] })
    }
  })

  it('raises its own typed errors', async () => {
    const fail = (name: string, body: object = {}) =>
      openai.responses.create({ model: name, input: 'Hello.', stream, ...body } as never).then(
        () => expect.unreachable('It was answered.'),
        (error: unknown) => error as InstanceType<typeof OpenAI.APIError>,
      )
    expect(await fail('no-such-model')).toBeInstanceOf(OpenAI.NotFoundError)
    expect(await fail(model, { input: 7 })).toBeInstanceOf(OpenAI.BadRequestError)
    expect(await fail(model, { input: [] })).toBeInstanceOf(OpenAI.BadRequestError)
    expect(await fail(faulty(model, 'rate-limited:retryAfterSeconds=999'))).toBeInstanceOf(OpenAI.RateLimitError)
    expect(await fail(faulty(model, 'quota-exhausted'))).toBeInstanceOf(OpenAI.RateLimitError)
    expect(await fail(faulty(model, 'html'))).toBeInstanceOf(OpenAI.InternalServerError)
    const held = await fail(model, { previous_response_id: 'resp_0' })
    expect(held).toBeInstanceOf(OpenAI.BadRequestError)
    expect(held.message).toMatch(/resp_0|previous_response_id/)
    const error = await fail(model, { temperature: 'hot' })
    expect(error).toMatchObject({ status: 400, type: 'invalid_request_error', param: 'temperature' })
    expect(stand.calls().at(-1)).toMatchObject({ callId: error.requestID, outcome: { errorCode: 'invalid-request' } })
  })
})

describe.each(models)('the responses client, model %s', (model) => {
  const input = 'Write 30 words about the sea.'

  it('streams words piece by piece, and events that are numbered without a gap', async () => {
    const events = await all(await openai.responses.create({ model, input, stream: true }))
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, i) => i))
    expect(events.map(({ type }) => type).slice(0, 2)).toEqual(['response.created', 'response.in_progress'])
    const deltas = events.flatMap((event) => (event.type === 'response.output_text.delta' ? event.delta : []))
    const last = events.at(-1)
    if (last?.type !== 'response.completed') throw new Error('It did not complete.')
    expect(deltas.length).toBeGreaterThan(0)
    const [message] = last.response.output
    expect(message).toMatchObject({ content: [{ type: 'output_text', text: deltas.join('') }] })
    expect(last.response.usage?.output_tokens).toBe(stand.simulator.invoice().lines.at(-1)?.usage.output)
  })

  it('stops the upstream when it breaks off a stream', async () => {
    stand.simulator.reset()
    stand.simulator.setScenario({ rules: [{ fault: { type: 'stall', after: 5 } }] })
    try {
      const stream = await openai.responses.create({ model, input, stream: true })
      for await (const { type } of stream) if (type === 'response.output_text.delta') break
      await stand.simulator.idle()
      expect(stand.simulator.log().at(-1)?.cancelled).toBe(true)
    } finally {
      stand.simulator.setScenario({ rules: [] })
    }
    const event = await stand.callEnded(
      ({ outcome, model: named }) => outcome.errorCode === 'aborted' && named === model,
    )
    expect(event).toMatchObject({ streamed: true, attempts: 1, usage: { source: 'estimated' } })
  })

  it('raises an error in the middle of a stream, and nothing after it looks like success', async () => {
    for (const fault of ['error-event-mid', 'cut', 'malformed-event', 'no-terminal-event']) {
      const stream = await openai.responses.create({ model: faulty(model, fault), input, stream: true })
      const types: string[] = []
      const read = async () => {
        for await (const { type } of stream) types.push(type)
      }
      await expect(read(), fault).rejects.toBeInstanceOf(OpenAI.APIError)
      expect(types, fault).not.toContain('response.completed')
    }
  })
})

describe('a target of OpenAI Responses', () => {
  const model = 'simulator-responses/sim-small'
  const messages = [{ role: 'user' as const, content: bothTools }]

  it.each([false, true])('serves the chat client, streamed %s', async (stream) => {
    const chatTools = toolNames.map((name) => ({
      type: 'function' as const,
      function: { name, description: descriptions[name], parameters: z.toJSONSchema(schemas[name]) },
    }))
    const body = { model, messages, tools: chatTools, reasoning_effort: 'low' as const }
    const reply = stream
      ? await openai.chat.completions.stream(body).finalChatCompletion()
      : await openai.chat.completions.create(body)
    const [choice] = reply.choices
    expect(choice?.finish_reason).toBe('tool_calls')
    const calls = choice?.message.tool_calls ?? []
    expect(calls.map((call) => call.type === 'function' && call.function.name).sort()).toEqual([...toolNames])
    const results = calls.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: 'All is foggy.' }))
    const again = await openai.chat.completions.create({
      model,
      messages: [...messages, { role: 'assistant', content: null, tool_calls: calls }, ...results],
      tools: chatTools,
    })
    expect(again.choices[0]?.message.content).toMatch(/foggy/)
    expect(stand.simulator.log().at(-1)?.body).toMatchObject({ store: false, input: expect.any(Array) })
  })

  it.each([false, true])('serves the client of Anthropic, streamed %s', async (stream) => {
    const claudeTools = toolNames.map((name) => ({
      name,
      description: descriptions[name],
      input_schema: z.toJSONSchema(schemas[name]) as { type: 'object' },
    }))
    const body = { model, max_tokens: 300, messages, tools: claudeTools, system: 'You help customers.' }
    const reply = stream
      ? await stand.anthropic.messages.stream(body).finalMessage()
      : await stand.anthropic.messages.create(body)
    expect(reply.stop_reason).toBe('tool_use')
    expect(reply.content.flatMap((block) => (block.type === 'tool_use' ? block.name : [])).sort()).toEqual([
      ...toolNames,
    ])
    expect(stand.simulator.log().at(-1)?.body).toMatchObject({ instructions: 'You help customers.' })
  })

  it('is asked for structured output by the name of its own field', async () => {
    const reply = await openai.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'My invoice is wrong.' }],
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'ticket', schema: z.toJSONSchema(ticket) as Record<string, unknown>, strict: true },
      },
    })
    expect(ticket.safeParse(JSON.parse(reply.choices[0]?.message.content ?? '')).success).toBe(true)
    expect(stand.simulator.log().at(-1)?.body).toMatchObject({
      text: { format: { type: 'json_schema', strict: true } },
    })
  })
})
