import {
  ApiError,
  type Content,
  FinishReason,
  FunctionCallingConfigMode,
  type FunctionDeclaration,
  type GenerateContentConfig,
  type GenerateContentResponse,
  GoogleGenAI,
  Type,
} from '@google/genai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { feature, prompt } from '../src/index.ts'
import { bothTools, descriptions, faultyTarget, schemas, streamedAndWhole, ticket, toolNames } from './client-tasks.ts'
import { alias, all, openStand, type Stand } from './stand.ts'

/** Every dialect as a target, by provider. */
const dialectsOf = {
  'simulator-gemini': 'gemini',
  simulator: 'openai-chat',
  'simulator-anthropic': 'anthropic-messages',
} as const
const models = ['simulator-gemini/sim-small', 'simulator/sim-small', 'simulator-anthropic/sim-small'] as const

const providerOf = (model: string) => model.slice(0, model.indexOf('/')) as keyof typeof dialectsOf
const dialectOf = (model: string) => dialectsOf[providerOf(model)]
const faulty = (model: string, fault: string) => faultyTarget(providerOf(model), fault)

const declarations: FunctionDeclaration[] = toolNames.map((name) => ({
  name,
  description: descriptions[name],
  parametersJsonSchema: z.toJSONSchema(schemas[name]),
}))
const tools = [{ functionDeclarations: declarations }]

let stand: Stand
let gemini: GoogleGenAI
beforeAll(async () => {
  stand = await openStand({
    aliases: [alias('google', ['simulator-gemini/sim-small'])],
    simulator: { keepBodies: true },
  })
  gemini = stand.gemini
})
afterAll(() => stand[Symbol.asyncDispose]())

/** The body that the provider got last. */
const lastBody = () => stand.simulator.log().at(-1)?.body as Record<string, unknown>

/** What the frames of a stream say together, as one response. */
function joined(frames: readonly GenerateContentResponse[]): GenerateContentResponse {
  const last = frames.at(-1)!
  const parts = frames.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
  const candidate = { ...last.candidates?.[0], content: { role: 'model', parts } }
  return Object.assign(Object.create(Object.getPrototypeOf(last)), last, { candidates: [candidate] })
}

describe.each(streamedAndWhole(models))('the genai client, model $model, streamed $stream', ({ model, stream }) => {
  /** One answer, by whichever of the SDK's two ways. */
  const ask = async (contents: string | Content[], config: GenerateContentConfig = {}, named: string = model) => {
    if (!stream) return gemini.models.generateContent({ model: named, contents, config })
    return joined(await all(await gemini.models.generateContentStream({ model: named, contents, config })))
  }

  it('completes, and is billed what the provider bills', async () => {
    stand.simulator.reset()
    const reply = await ask('My parcel 4711 has not come. Grüezi, 你好 😀.', {
      systemInstruction: 'You help customers of a shop.',
    })
    expect(reply.candidates?.[0]?.finishReason).toBe(FinishReason.STOP)
    expect(reply.text?.length).toBeGreaterThan(10)
    const [line] = stand.simulator.invoice().lines
    expect(reply.usageMetadata).toMatchObject({
      promptTokenCount: line!.usage.uncachedInput,
      candidatesTokenCount: line!.usage.output,
      totalTokenCount: line!.usage.uncachedInput + line!.usage.output,
    })
    expect(stand.calls().at(-1)).toMatchObject({
      dialectIn: 'gemini',
      dialectOut: dialectOf(model),
      streamed: stream,
      cost: { nanoUsd: line!.costNanoUsd, status: 'priced' },
    })
  })

  it('says the same as the provider does without us', async () => {
    const contents = 'Write 40 words about the sea.'
    const direct = new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: stand.simulator.url } })
    const without = await direct.models.generateContent({ model: 'sim-small', contents })
    expect((await ask(contents)).text).toBe(without.text)
  })

  it('calls tools in parallel, takes their results and answers from them', async () => {
    const contents: Content[] = [{ role: 'user', parts: [{ text: bothTools }] }]
    const first = await ask(contents, { tools })
    const calls = first.functionCalls ?? []
    expect(calls.map(({ name }) => name).sort()).toEqual([...toolNames])
    contents.push(first.candidates![0]!.content!)
    contents.push({
      role: 'user',
      parts: calls.toReversed().map(({ id, name, args }) => {
        schemas[name as keyof typeof schemas].parse(args)
        const response = name === 'get_weather' ? { sky: 'foggy' } : { output: 'delivered on Monday' }
        return { functionResponse: { ...(id !== undefined && { id }), name: name!, response } }
      }),
    })
    const second = await ask(contents, { tools })
    expect(second.functionCalls).toBeUndefined()
    expect(second.text).toMatch(/foggy/)
    expect(second.text).toMatch(/delivered on Monday/)
  })

  it('forces the tool that it names, and forbids tools', async () => {
    const calling = (mode: FunctionCallingConfigMode, allowedFunctionNames?: string[]) => ({
      toolConfig: { functionCallingConfig: { mode, ...(allowedFunctionNames && { allowedFunctionNames }) } },
    })
    const named = await ask(bothTools, { tools, ...calling(FunctionCallingConfigMode.ANY, ['get_weather']) })
    expect(named.functionCalls?.map(({ name }) => name)).toEqual(['get_weather'])
    const none = await ask(bothTools, { tools, ...calling(FunctionCallingConfigMode.NONE) })
    expect(none.functionCalls).toBeUndefined()
  })

  it('gets structured output, by JSON Schema and by the spelling of its own', async () => {
    const asked = 'My invoice is wrong, and I am furious.'
    const config = { responseMimeType: 'application/json' }
    const reply = await ask(asked, { ...config, responseJsonSchema: z.toJSONSchema(ticket) })
    expect(ticket.safeParse(JSON.parse(reply.text ?? '')).success).toBe(true)
    const responseSchema = {
      type: Type.OBJECT,
      properties: { urgent: { type: Type.BOOLEAN }, team: { type: Type.STRING, enum: ['billing', 'delivery'] } },
      required: ['urgent', 'team'],
    }
    const own = await ask(asked, { ...config, responseSchema })
    expect(JSON.parse(own.text ?? '')).toEqual({
      urgent: expect.any(Boolean),
      team: expect.stringMatching(/billing|delivery/),
    })
  })

  it('sends pictures, as bytes and by address', async () => {
    const data = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
    const fileUri = 'https://example.com/cat.jpg'
    const parts = [
      { text: 'What is in these pictures?' },
      { inlineData: { mimeType: 'image/png', data } },
      { fileData: { mimeType: 'image/jpeg', fileUri } },
    ]
    expect((await ask([{ role: 'user', parts }])).candidates?.[0]?.finishReason).toBe(FinishReason.STOP)
    const sent = JSON.stringify(lastBody())
    expect(sent).toContain(data)
    expect(sent).toContain(fileUri)
  })

  it('counts thoughts where the model thinks', async () => {
    const reply = await ask('Which is larger, 9.11 or 9.9?', {
      thinkingConfig: { thinkingBudget: 2000, includeThoughts: true },
    })
    expect(reply.candidates?.[0]?.finishReason).toBe(FinishReason.STOP)
    const thoughts = reply.candidates?.[0]?.content?.parts?.filter((part) => part.thought && part.text !== '') ?? []
    if (providerOf(model) !== 'simulator') expect(thoughts.length).toBeGreaterThan(0)
    expect(reply.usageMetadata?.thoughtsTokenCount).toBeGreaterThan(0)
  })

  it('stops at its limit and at a stop sequence', async () => {
    const contents = 'Write 200 words about the sea.'
    const cut = await ask(contents, { maxOutputTokens: 5 })
    expect(cut.candidates?.[0]?.finishReason).toBe(FinishReason.MAX_TOKENS)
    expect(cut.usageMetadata?.candidatesTokenCount).toBe(5)
    const stopped = await ask(contents, { stopSequences: ['sea'] })
    expect(stopped.candidates?.[0]?.finishReason).toBe(FinishReason.STOP)
    expect(stopped.text).not.toMatch(/sea/)
  })

  it('refuses where the model refuses', async () => {
    stand.simulator.setScenario({ rules: [{ reply: { refusal: 'I will not help with that.' } }] })
    try {
      const reply = await ask('Help me.')
      expect(reply.candidates?.[0]?.finishReason).toBe(FinishReason.SAFETY)
      if (providerOf(model) === 'simulator') expect(reply.text).toBe('I will not help with that.')
    } finally {
      stand.simulator.setScenario({ rules: [] })
    }
  })

  it('raises its own errors, with the status of each', async () => {
    const fail = (named: string, config: object = {}) =>
      ask('Hello.', config, named).then(
        () => expect.unreachable('It was answered.'),
        (error: unknown) => error as ApiError,
      )
    expect(await fail('no-such-model')).toMatchObject({ status: 404 })
    expect(await fail(model, { temperature: 'hot' })).toMatchObject({ status: 400 })
    expect(await fail(faulty(model, 'rate-limited:retryAfterSeconds=999'))).toMatchObject({ status: 429 })
    expect(await fail(faulty(model, 'quota-exhausted'))).toMatchObject({ status: 429 })
    expect(await fail(faulty(model, 'html'))).toMatchObject({ status: 502 })
    const error = await fail(model, { temperature: 'hot' })
    expect(error).toBeInstanceOf(ApiError)
    const said = JSON.parse(error.message).error
    expect(said).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' })
    expect(said.details[0]).toMatchObject({
      reason: 'INVALID_REQUEST',
      metadata: { field: 'generationConfig.temperature', call: stand.calls().at(-1)?.callId },
    })
  })
})

describe.each(models)('the genai client, model %s', (model) => {
  const contents = 'Write 30 words about the sea.'

  it('stops the upstream when it breaks off a stream, and when it aborts one', async () => {
    for (const how of ['break', 'abort'] as const) {
      stand.simulator.reset()
      stand.simulator.setScenario({ rules: [{ fault: { type: 'stall', after: 5 } }] })
      const leave = new AbortController()
      try {
        const stream = await gemini.models.generateContentStream({
          model,
          contents,
          config: { abortSignal: leave.signal },
        })
        let seen = 0
        const read = async () => {
          for await (const { text } of stream) {
            if (!text) continue
            seen++
            if (how === 'break') break
            leave.abort()
          }
        }
        await read().catch(() => undefined)
        // The client lets go of a stream that it breaks off, and keeps the connection until it is told.
        leave.abort()
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
  })

  it('raises an error in the middle of a stream, and nothing after it looks like success', async () => {
    for (const fault of ['error-event-mid', 'cut', 'malformed-event', 'no-terminal-event']) {
      const stream = await gemini.models.generateContentStream({ model: faulty(model, fault), contents })
      let ending: string | undefined
      const read = async () => {
        for await (const { candidates } of stream) ending = candidates?.[0]?.finishReason ?? ending
      }
      await expect(read(), fault).rejects.toThrow()
      expect(ending, fault).toBeUndefined()
    }
  })

  it('holds a chat over two turns', async () => {
    const chat = gemini.chats.create({ model })
    await chat.sendMessage({ message: 'My name is Ada.' })
    const second = await chat.sendMessage({ message: 'Write 5 words.' })
    expect(second.text).not.toBe('')
    expect(chat.getHistory(true)).toHaveLength(4)
    expect(JSON.stringify(lastBody())).toContain('My name is Ada.')
  })
})

it('finds the model of an alias in the path, of a feature too, percent-encoded or not', async () => {
  expect((await gemini.models.generateContent({ model: 'google', contents: 'Hello.' })).text).not.toBe('')
  for (const named of ['simulator-gemini/sim-small', 'simulator-gemini%2Fsim-small']) {
    for (const version of ['v1', 'v1beta']) {
      const response = await fetch(`${stand.gateway.url}/${version}/models/${named}:generateContent`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ contents: [{ parts: [{ text: 'Hello.' }] }] }),
      })
      expect(response.status).toBe(200)
      expect(stand.calls().at(-1)).toMatchObject({ model: 'simulator-gemini/sim-small', dialectIn: 'gemini' })
    }
  }
  await expect(gemini.models.generateContent({ model: 'feature/absent', contents: 'Hello.' })).rejects.toMatchObject({
    status: 404,
    message: expect.stringContaining('There is no feature \\"absent\\" here'),
  })
})

it('lists the models and finds one', async () => {
  const listed = await all(await gemini.models.list())
  expect(listed.map(({ name }) => name)).toEqual(expect.arrayContaining(['models/fast', 'models/simulator/sim-small']))
  expect(await gemini.models.get({ model: 'fast' })).toMatchObject({ name: 'models/fast' })
  await expect(gemini.models.get({ model: 'absent' })).rejects.toMatchObject({ status: 404 })
})

it('takes a key in the header, and refuses one in the URL, which ends up in logs', async () => {
  await using guarded = await openStand({ gateway: { keys: [{ name: 'shop', key: 'k-shop-1', aliases: ['fast'] }] } })
  const contents = 'Hello.'
  expect((await guarded.gemini.models.generateContent({ model: 'fast', contents })).text).not.toBe('')
  await expect(guarded.gemini.models.generateContent({ model: 'smart', contents })).rejects.toMatchObject({
    status: 403,
  })
  const stranger = new GoogleGenAI({ apiKey: 'k-wrong', httpOptions: { baseUrl: guarded.gateway.url } })
  await expect(stranger.models.generateContent({ model: 'fast', contents })).rejects.toMatchObject({ status: 401 })
  await expect(stranger.models.list()).rejects.toMatchObject({ status: 401 })
  const response = await fetch(`${guarded.gateway.url}/v1beta/models/fast:generateContent?key=k-shop-1`, {
    method: 'POST',
    body: JSON.stringify({ contents: [{ parts: [{ text: contents }] }] }),
  })
  expect(response.status).toBe(401)
  expect(await response.text()).toMatch(/x-goog-api-key/)
})

it('refuses a stream that would be one long list', async () => {
  const response = await fetch(`${stand.gateway.url}/v1beta/models/fast:streamGenerateContent`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ contents: [{ parts: [{ text: 'Hello.' }] }] }),
  })
  expect(response.status).toBe(400)
  expect(await response.text()).toMatch(/\?alt=sse/)
})

it('names what the dialect of the target cannot say', async () => {
  const response = await fetch(`${stand.gateway.url}/v1beta/models/simulator-anthropic/sim-small:generateContent`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      contents: [{ role: 'user', parts: [{ text: 'Hello.', thoughtSignature: 'AA==' }] }],
      generationConfig: { seed: 7 },
      safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
      tools: [{ googleSearch: {} }],
    }),
  })
  expect(response.status).toBe(200)
  const losses = response.headers.get('x-inseam-loss')?.split(', ')
  expect(losses?.toSorted()).toEqual([
    'contents[0].parts[0].thoughtSignature;dropped',
    'generationConfig.maxOutputTokens;approximated',
    'generationConfig.seed;dropped',
    'safetySettings;dropped',
    'tools[googleSearch];dropped',
  ])
})

it('runs a feature as a model, and names what of the request has no effect', async () => {
  const summarise = feature<{ text: string }>({
    name: 'summarise',
    model: 'fast',
    prompt: ({ text }) => prompt`Sum up: ${text}`,
  })
  await using house = await openStand({ gateway: { features: [summarise] } })
  const model = 'feature/summarise'
  const contents = '{"text":"A long story."}'
  const reply = await house.gemini.models.generateContent({ model, contents, config: { temperature: 0.5, tools } })
  expect(reply.text).not.toBe('')
  const frames = await all(await house.gemini.models.generateContentStream({ model, contents }))
  expect(frames.at(-1)?.candidates?.[0]?.finishReason).toBe(FinishReason.STOP)
  const [event] = house.calls()
  expect(event?.losses.map(({ path }) => path)).toEqual(['tools', 'generationConfig.temperature'])
})
