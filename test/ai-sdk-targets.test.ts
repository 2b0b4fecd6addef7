import { createOpenAI } from '@ai-sdk/openai'
import type {
  LanguageModelV3,
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider'
import { generateText } from 'ai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { aiSdkProvider, inseamProvider } from '../src/ai-sdk/index.ts'
import { type Config, loadConfig } from '../src/config.ts'
import { isInseamError } from '../src/errors/index.ts'
import { createSeam, feature, openSeam, prompt, tool } from '../src/index.ts'
import { createMemoryCache, createMemoryEventSink } from '../src/stores/memory/index.ts'
import { alias, all, openStand, type Stand } from './stand.ts'

const usage = {
  inputTokens: { total: 10, noCache: 6, cacheRead: 4, cacheWrite: 0 },
  outputTokens: { total: 5, text: 3, reasoning: 2 },
}
const stop = { unified: 'stop' as const, raw: 'end_turn' }
const whole: LanguageModelV4GenerateResult = {
  content: [{ type: 'text', text: 'Hello.' }],
  finishReason: stop,
  usage,
  warnings: [],
}
const hello: LanguageModelV4StreamPart[] = [
  { type: 'stream-start', warnings: [] },
  { type: 'text-start', id: '0' },
  { type: 'text-delta', id: '0', delta: 'Hel' },
  { type: 'text-delta', id: '0', delta: 'lo.' },
  { type: 'text-end', id: '0' },
]
const finish: LanguageModelV4StreamPart = { type: 'finish', finishReason: stop, usage }

interface Written {
  readonly model: LanguageModelV4
  readonly asked: LanguageModelV4CallOptions[]
  cancelled: boolean
}

/** A model that gives what it is told to, and keeps what it was asked. */
function written(
  answer: () => LanguageModelV4GenerateResult | Promise<LanguageModelV4GenerateResult>,
  parts: () => readonly LanguageModelV4StreamPart[] = () => [...hello, finish],
  ends = true,
): Written {
  const asked: LanguageModelV4CallOptions[] = []
  const self: Written = {
    asked,
    cancelled: false,
    model: {
      specificationVersion: 'v4',
      provider: 'written',
      modelId: 'written-1',
      supportedUrls: {},
      doGenerate: async (options) => {
        asked.push(options)
        return answer()
      },
      doStream: async (options) => {
        asked.push(options)
        const given = parts()
        const stream = new ReadableStream<LanguageModelV4StreamPart>({
          start(controller) {
            for (const part of given) controller.enqueue(part)
            if (ends) controller.close()
          },
          cancel() {
            self.cancelled = true
          },
        })
        return { stream }
      },
    },
  }
  return self
}

const greet = (model: string) =>
  feature({ name: 'greet', model, prompt: ({ name }: { name: string }) => prompt`Greet ${name}.` })

/** A seam with one model of the AI SDK, tried once, and what it puts on the record. */
function seamOver(model: LanguageModelV4 | LanguageModelV3, change: (config: Config) => Config = (config) => config) {
  const events = createMemoryEventSink()
  const config = stand.config
  const aliases = [alias('mine', ['own/x'], { retry: { attempts: 1, baseMs: 1, capMs: 1 } })]
  const seam = createSeam({
    config: change({ ...config, aliases: [...config.aliases, ...aliases] }),
    events,
    cache: createMemoryCache(),
    providers: [aiSdkProvider({ name: 'own', models: { x: model } })],
  })
  const attempts = () => events.events().filter((event) => event.type === 'attempt')
  const calls = () => events.events().filter((event) => event.type === 'call')
  return { seam, attempts, calls }
}

async function failure(work: Promise<unknown>) {
  const thrown = await work.then(
    () => expect.unreachable('It was answered.'),
    (error: unknown) => error,
  )
  if (!isInseamError(thrown)) throw thrown
  return thrown
}

let stand: Stand
const openai = () => createOpenAI({ baseURL: `${stand.simulator.url}/v1`, apiKey: 'any' })
beforeAll(async () => {
  stand = await openStand({ simulator: { keepBodies: true } })
})
afterAll(() => stand[Symbol.asyncDispose]())
beforeEach(() => {
  stand.simulator.reset()
  stand.simulator.setScenario({ rules: [] })
})

describe('a model of @ai-sdk/openai as a target', () => {
  const over = (model = 'sim-small') => seamOver(openai().chat(model))

  it('answers whole and streamed with the same words, usage and price on the record', async () => {
    const { seam, attempts, calls } = over()
    const reply = await seam.complete(greet('mine'), { name: 'Ada' })
    const [line] = stand.simulator.invoice().lines
    expect(reply).toMatchObject({
      target: 'own/x',
      model: 'sim-small',
      source: 'provider',
      ending: { type: 'completed', by: 'end' },
      rawStop: 'stop',
      usage: { source: 'measured' },
    })
    expect(reply.usage.outputText + reply.usage.outputReasoning).toBe(line?.usage.output)
    const parts = await all(seam.stream(greet('mine'), { name: 'Ada' }))
    expect(parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('')).toBe(reply.text)
    expect(parts.at(-1)).toMatchObject({ type: 'reply', reply: { text: reply.text, usage: { source: 'measured' } } })
    expect(attempts()).toMatchObject([
      { provider: 'own', dialect: 'ai-sdk', streamed: false, status: 200, outcome: { ending: 'completed' } },
      { provider: 'own', dialect: 'ai-sdk', streamed: true, status: 200, outcome: { ending: 'completed' } },
    ])
    expect(calls().at(-1)).toMatchObject({ feature: 'greet', dialectOut: 'ai-sdk' })
    await seam.close()
  })

  it('gives a checked value, and runs tools', async () => {
    const { seam } = over()
    const output = z.object({ category: z.enum(['billing', 'delivery']), urgent: z.boolean() })
    const triage = feature({
      name: 'triage',
      model: 'mine',
      output,
      prompt: ({ ticket }: { ticket: string }) => prompt`Classify the ticket.\n\n${ticket}`,
    })
    const extraction = await seam.extract(triage, { ticket: 'My parcel has not come.' })
    expect(output.parse(extraction.output)).toEqual(extraction.output)
    stand.simulator.setScenario({
      rules: [
        { when: { request: { from: 1, to: 1 } }, reply: { toolCalls: [{ name: 'weather', input: { town: 'Oslo' } }] } },
        { reply: { text: 'It is cold.' } },
      ],
    })
    const towns: string[] = []
    const weather = tool({
      name: 'weather',
      description: 'The weather of a town.',
      input: z.object({ town: z.string() }),
      run: ({ town }) => {
        towns.push(town)
        return '-5 degrees'
      },
    })
    const ask = feature({ name: 'ask', model: 'mine', tools: [weather], prompt: () => prompt`Is it cold in Oslo?` })
    const run = await seam.act(ask, {})
    expect(towns).toEqual(['Oslo'])
    expect(run.text).toBe('It is cold.')
    await seam.close()
  })

  it.each([
    ['overloaded', 'overloaded', 529],
    ['rate-limited', 'rate-limited', 429],
    ['quota-exhausted', 'quota-exhausted', 429],
    ['server-error', 'server-error', 500],
    ['connection-refused', 'connection-failed', undefined],
    ['html', 'reply-unreadable', undefined],
    ['cut', 'stream-interrupted', undefined],
    ['error-event-first', 'server-error', undefined],
  ] as const)('tells %s for what it is, tries once and bills nothing that was refused', async (fault, code, status) => {
    const { seam, attempts } = over(`sim-small+${fault}`)
    const error = await failure(seam.complete(greet('mine'), { name: 'Ada' }))
    expect(error.code).toBe(code)
    expect(attempts()).toHaveLength(1)
    expect(attempts()[0]).toMatchObject({ outcome: { errorCode: code }, ...(status && { status }) })
    if (status !== undefined || code === 'connection-failed')
      expect(attempts()[0]?.usage).toMatchObject({ inputUncached: 0, outputText: 0 })
    if (fault === 'rate-limited') expect(error.retryAfterMs).toBe(1_000)
    await seam.close()
  })

  it.each(['cut', 'no-terminal-event', 'error-event-mid'])('takes a stream with %s for no answer', async (fault) => {
    const { seam, attempts } = over(`sim-small+${fault}`)
    const error = await failure(all(seam.stream(greet('mine'), { name: 'Ada' })))
    expect(error.code).toBe(fault === 'error-event-mid' ? 'server-error' : 'stream-interrupted')
    expect(error.arrived?.content[0]).toMatchObject({ type: 'text' })
    expect(attempts()[0]?.usage.source).toBe('estimated')
    await seam.close()
  })

  it('stops the upstream when the caller leaves', async () => {
    const { seam, calls } = over('sim-small+stall')
    const controller = new AbortController()
    const left = (async () => {
      for await (const part of seam.stream(greet('mine'), { name: 'Ada' }, { signal: controller.signal })) {
        if (part.type === 'text-delta') controller.abort()
      }
    })()
    expect((await failure(left)).code).toBe('aborted')
    await stand.simulator.idle()
    expect(calls()[0]?.outcome).toMatchObject({ errorCode: 'aborted' })
    await seam.close()
  })

  it('falls back to a provider of the configuration', async () => {
    const events = createMemoryEventSink()
    const seam = createSeam({
      config: { ...stand.config, aliases: [alias('both', ['own/x', 'simulator-anthropic/sim-small'])] },
      events,
      cache: createMemoryCache(),
      providers: [aiSdkProvider({ name: 'own', models: { x: openai().chat('sim-small+overloaded') } })],
    })
    const { target } = await seam.complete(greet('both'), { name: 'Ada' })
    expect(target).toBe('simulator-anthropic/sim-small')
    await seam.close()
  })
})

describe('a model that is written by hand', () => {
  it('is asked in the words of spec v4, and told the signal', async () => {
    const own = written(() => whole)
    const { seam } = seamOver(own.model)
    const model = inseamProvider(seam).languageModel('mine')
    const {
      text,
      warnings,
      usage: told,
    } = await generateText({
      model,
      system: 'Be kind.',
      prompt: 'Hello',
      topK: 3,
      reasoning: 'low',
      providerOptions: { vendor: { mode: 'x' } },
    })
    expect(text).toBe('Hello.')
    expect(warnings).toEqual([])
    expect(told).toMatchObject({ inputTokens: 10, outputTokens: 5 })
    expect(own.asked[0]).toMatchObject({
      prompt: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
      ],
      topK: 3,
      reasoning: 'low',
      providerOptions: { vendor: { mode: 'x' } },
    })
    expect(own.asked[0]?.abortSignal).toBeInstanceOf(AbortSignal)
    await seam.close()
  })

  it('goes on with what only its vendor understands: reasoning, sources, what the vendor ran itself', async () => {
    const answer: LanguageModelV4GenerateResult['content'] = [
      { type: 'reasoning', text: 'Hm.', providerMetadata: { vendor: { id: 'r1' } } },
      { type: 'source', sourceType: 'url', id: 's1', url: 'https://example.com' },
      { type: 'tool-call', toolCallId: 'p1', toolName: 'search', input: '{"q":1}', providerExecuted: true },
      { type: 'tool-result', toolCallId: 'p1', toolName: 'search', result: { hits: 2 } },
      { type: 'text', text: 'Hello.', providerMetadata: { vendor: { id: 't1' } } },
    ]
    const own = written(() => ({ ...whole, content: answer }))
    const { seam } = seamOver(own.model)
    const model = inseamProvider(seam).languageModel('mine')
    const tools = [{ type: 'provider' as const, id: 'vendor.search' as const, name: 'search', args: {} }]
    const first = await model.doGenerate({ prompt: [{ role: 'user', content: [{ type: 'text', text: 'a' }] }], tools })
    expect(first.content).toEqual(answer)
    expect(own.asked[0]?.tools).toEqual(tools)
    const { stream } = await model.doStream({
      prompt: [
        { role: 'user', content: [{ type: 'text', text: 'a' }] },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'Hm.', providerOptions: { vendor: { id: 'r1' } } },
            { type: 'tool-call', toolCallId: 'p1', toolName: 'search', input: { q: 1 }, providerExecuted: true },
            { type: 'text', text: 'Hello.', providerOptions: { vendor: { id: 't1' } } },
          ],
        },
        { role: 'user', content: [{ type: 'text', text: 'b' }] },
      ],
    })
    const parts = await all(stream)
    expect(own.asked[1]?.prompt[1]).toEqual({
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'Hm.', providerOptions: { vendor: { id: 'r1' } } },
        { type: 'tool-call', toolCallId: 'p1', toolName: 'search', input: { q: 1 }, providerExecuted: true },
        { type: 'text', text: 'Hello.', providerOptions: { vendor: { id: 't1' } } },
      ],
    })
    expect(parts.at(-1)).toMatchObject({ type: 'finish', finishReason: { unified: 'stop', raw: 'end_turn' } })
    await seam.close()
  })

  it.each<[string, readonly LanguageModelV4StreamPart[], string]>([
    ['no finish part', hello, 'stream-interrupted'],
    [
      'an interrupted one',
      [...hello, { ...finish, finishReason: { unified: 'interrupted', raw: undefined } }],
      'stream-interrupted',
    ],
    [
      'one without a reason',
      [...hello, { ...finish, finishReason: { unified: 'other', raw: undefined } }],
      'stream-interrupted',
    ],
    [
      'a reason that is not known',
      [...hello, { ...finish, finishReason: { unified: 'other', raw: 'x' } }],
      'reply-unreadable',
    ],
    ['a block that did not begin', [{ type: 'text-delta', id: '9', delta: 'x' }, finish], 'reply-unreadable'],
    ['a block that did not end', [...hello.slice(0, 3), finish], 'stream-interrupted'],
    [
      'an error of its provider',
      [...hello, { type: 'error', error: { type: 'overloaded_error', message: 'Busy' } }],
      'overloaded',
    ],
    ['an error in words', [{ type: 'error', error: 'It broke.' }], 'server-error'],
    [
      'a call that is not the one it streamed',
      [
        { type: 'tool-input-start', id: 'c', toolName: 't' },
        { type: 'tool-input-delta', id: 'c', delta: '{"a":1' },
        { type: 'tool-call', toolCallId: 'c', toolName: 't', input: '{"a":2}' },
        finish,
      ],
      'reply-unreadable',
    ],
  ])('is no answer with %s', async (_, parts, code) => {
    const { seam } = seamOver(
      written(
        () => whole,
        () => parts,
      ).model,
    )
    expect((await failure(all(seam.stream(greet('mine'), { name: 'Ada' })))).code).toBe(code)
    await seam.close()
  })

  it('ends with its finish part, even where its stream goes on, and is cancelled when the reader leaves', async () => {
    const lingering = written(
      () => whole,
      () => [...hello, finish],
      false,
    )
    const first = seamOver(lingering.model)
    const parts = await all(first.seam.stream(greet('mine'), { name: 'Ada' }))
    expect(parts.at(-1)).toMatchObject({ type: 'reply', reply: { text: 'Hello.' } })
    await first.seam.close()
    const stalled = written(
      () => whole,
      () => hello,
      false,
    )
    const second = seamOver(stalled.model)
    for await (const part of second.seam.stream(greet('mine'), { name: 'Ada' })) if (part.type === 'text-delta') break
    expect(stalled.cancelled).toBe(true)
    await second.seam.close()
  })

  it('gives the whole input of a call that it streamed in part, and its metadata', async () => {
    const parts: LanguageModelV4StreamPart[] = [
      { type: 'tool-input-start', id: 'c', toolName: 't' },
      { type: 'tool-input-delta', id: 'c', delta: '{"a"' },
      { type: 'tool-input-end', id: 'c' },
      { type: 'tool-call', toolCallId: 'c', toolName: 't', input: '{"a":1}', providerMetadata: { vendor: { s: 'x' } } },
      { ...finish, finishReason: { unified: 'tool-calls', raw: 'tool_use' } },
    ]
    const { seam } = seamOver(
      written(
        () => whole,
        () => parts,
      ).model,
    )
    const last = (await all(seam.stream(greet('mine'), { name: 'Ada' }))).at(-1)
    expect(last).toMatchObject({
      reply: {
        content: [{ type: 'tool-call', id: 'c', name: 't', input: '{"a":1}' }],
        ending: { type: 'completed', by: 'tool-calls' },
      },
    })
    await seam.close()
  })

  it('fails as its provider where it throws a defect of its own or gives no result', async () => {
    for (const [give, code] of [
      [() => undefined as never, 'reply-unreadable'],
      [() => Promise.reject(new RangeError('x')), 'server-error'],
      [() => Promise.reject(new TypeError('fetch failed')), 'connection-failed'],
    ] as const) {
      const { seam } = seamOver(written(give).model)
      expect((await failure(seam.complete(greet('mine'), { name: 'Ada' }))).code).toBe(code)
      await seam.close()
    }
  })

  it('is left at once when the caller leaves, even where it does not listen', async () => {
    const { seam } = seamOver(written(() => new Promise(() => undefined)).model)
    const controller = new AbortController()
    const asked = failure(seam.complete(greet('mine'), { name: 'Ada' }, { signal: controller.signal }))
    setImmediate(() => controller.abort())
    expect((await asked).code).toBe('aborted')
    await seam.close()
  })

  it('may be of spec v3, and of no other', async () => {
    const asked: unknown[] = []
    const model = {
      ...written(() => whole).model,
      specificationVersion: 'v3',
      doGenerate: async (options: unknown) => {
        asked.push(options)
        return whole
      },
    } as unknown as LanguageModelV3
    const { seam, calls } = seamOver(model)
    await inseamProvider(seam)
      .languageModel('mine')
      .doGenerate({
        prompt: [
          { role: 'user', content: [{ type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AAAA' } }] },
        ],
        reasoning: 'high',
      })
    expect(asked[0]).toMatchObject({
      prompt: [{ role: 'user', content: [{ type: 'file', mediaType: 'image/png', data: 'AAAA' }] }],
    })
    expect(asked[0]).not.toHaveProperty('reasoning')
    expect(calls()[0]?.losses).toMatchObject([{ path: 'reasoning', effect: 'dropped' }])
    await seam.close()
    const old = { ...model, specificationVersion: 'v2' } as unknown as LanguageModelV3
    expect(() => aiSdkProvider({ name: 'own', models: { x: old } })).toThrow('own/x is a model of its spec v2')
    expect(() => aiSdkProvider({ name: 'a/b', models: {} })).toThrow('"a/b" is no name for a provider.')
  })
})

describe('providers that the program brings', () => {
  it('answer clients of the gateway in both dialects, whole and streamed', async () => {
    const messages = [{ role: 'user' as const, content: 'Hello' }]
    await using house = await openStand({
      aliases: [alias('mine', ['own/x'])],
      seam: { providers: [aiSdkProvider({ name: 'own', models: { x: written(() => whole).model } })] },
    })
    const chat = await house.openai.chat.completions.create({ model: 'mine', messages })
    expect(chat.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'Hello.' } })
    expect(chat.usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 5 })
    const chunks = await all(await house.openai.chat.completions.create({ model: 'mine', messages, stream: true }))
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Hello.')
    const asked = { model: 'mine', messages, max_tokens: 100 }
    const message = await house.anthropic.messages.create(asked)
    expect(message).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text', text: 'Hello.' }] })
    const streamed = await house.anthropic.messages.stream(asked).finalMessage()
    expect(streamed).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text', text: 'Hello.' }] })
    expect(house.calls().map((call) => call.dialectOut)).toEqual(['ai-sdk', 'ai-sdk', 'ai-sdk', 'ai-sdk'])
  })

  const own = () => aiSdkProvider({ name: 'own', models: { x: written(() => whole).model } })

  it('are listed, and asked by provider/model without any alias', async () => {
    const seam = createSeam({
      config: stand.config,
      events: createMemoryEventSink(),
      cache: createMemoryCache(),
      providers: [own()],
    })
    expect(seam.models()).toContainEqual({
      id: 'own/x',
      ownedBy: 'own',
      targets: ['own/x'],
      capabilities: {},
      prices: [],
    })
    expect((await seam.complete(greet('own/x'), { name: 'Ada' })).text).toBe('Hello.')
    expect((await failure(seam.complete(greet('own/y'), { name: 'Ada' }))).code).toBe('unknown-model')
    seam.reload(stand.config)
    expect((await seam.complete(greet('own/x'), { name: 'Ada' })).text).toBe('Hello.')
    await seam.close()
  })

  it('may be named by the aliases of a configuration that knows of them', async () => {
    const text = 'providers: { ollama: }\nmodels: { fast: { targets: [own/x] } }\nevents: { store: memory }'
    await expect(loadConfig({ text })).rejects.toThrow('no such provider')
    const config = await loadConfig({ text, ownProviders: ['own'] })
    await using seam = await openSeam({ config, providers: [own()] })
    expect((await seam.complete(greet('fast'), { name: 'Ada' })).target).toBe('own/x')
  })

  it('are refused where their name is taken, or an alias names a model that they have not', async () => {
    const assemble = (config: Config, name: string) => () =>
      createSeam({
        config,
        events: createMemoryEventSink(),
        cache: createMemoryCache(),
        providers: [aiSdkProvider({ name, models: { x: written(() => whole).model } })],
      })
    expect(assemble(stand.config, 'simulator')).toThrow('Two providers are called "simulator".')
    const wrong = { ...stand.config, aliases: [alias('fast', ['own/y'])] }
    expect(assemble(wrong, 'own')).toThrow('The alias "fast" names own/y, which there is not.')
  })
})
