import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { streamText } from 'ai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { feature, prompt } from '../src/index.ts'
import { ask, dial, hear } from './raw-client.ts'
import { alias, all, openStand, type Stand } from './stand.ts'

const ticket = feature({
  name: 'classify',
  model: 'simulator/sim-small',
  input: z.object({ text: z.string() }),
  output: z.object({ category: z.enum(['a', 'b']) }),
  prompt: ({ text }) => prompt`Say it.\n\n${text}`,
})

let stand: Stand
beforeAll(async () => {
  stand = await openStand({
    aliases: [
      alias('slow-then-second', ['simulator/sim-small+slow-first-token:ms=600000@1', 'simulator-anthropic/sim-small'], {
        timeouts: { connectMs: 2_000, headersMs: 1_000, firstTokenMs: 1_000, idleMs: 1_000, totalMs: 60_000 },
        retry: { attempts: 1, baseMs: 1, capMs: 1 },
      }),
      // A model each: the breaker of one that never answers opens.
      ...Array.from({ length: 20 }, (_, index) =>
        alias(`never-${index}`, [`simulator/sim-small+slow-first-token:ms=600000@${index + 2}`], {
          timeouts: { connectMs: 2_000, headersMs: 1_000, firstTokenMs: 1_000, idleMs: 1_000, totalMs: 60_000 },
          retry: { attempts: 1, baseMs: 1, capMs: 1 },
        }),
      ),
      alias('stalls', ['simulator/sim-small+stall:after=2'], {
        timeouts: { connectMs: 5_000, headersMs: 5_000, firstTokenMs: 5_000, idleMs: 500, totalMs: 60_000 },
      }),
    ],
    gateway: { pingMs: 20 },
  })
})
afterAll(() => stand[Symbol.asyncDispose]())
beforeEach(() => stand.simulator.reset())

const question = 'Write 5 words about the sea.'
const messages = [{ role: 'user' as const, content: question }]

/** What each client does with a model, to its whole text. */
const clients: Readonly<Record<string, (model: string) => Promise<string>>> = {
  'openai, chat': async (model) => {
    const stream = await stand.openai.chat.completions.create({ model, messages, stream: true })
    return (await all(stream)).map(({ choices }) => choices[0]?.delta.content ?? '').join('')
  },
  'openai, responses': async (model) => {
    const stream = await stand.openai.responses.create({ model, input: question, stream: true })
    const parts = await all(stream)
    return parts.map((part) => (part.type === 'response.output_text.delta' ? part.delta : '')).join('')
  },
  'openai, responses helper': async (model) => {
    const response = await stand.openai.responses.stream({ model, input: question }).finalResponse()
    return response.output_text
  },
  anthropic: async (model) => {
    const message = await stand.anthropic.messages.stream({ model, messages, max_tokens: 50 }).finalMessage()
    return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
  },
  'google genai': async (model) => {
    const stream = await stand.gemini.models.generateContentStream({ model, contents: question })
    return (await all(stream)).map(({ text }) => text ?? '').join('')
  },
  'ai sdk, openai': (model) => textOf(createOpenAI({ baseURL: `${stand.gateway.url}/v1`, apiKey: 'none' }).chat(model)),
  'ai sdk, responses': (model) =>
    textOf(createOpenAI({ baseURL: `${stand.gateway.url}/v1`, apiKey: 'none' }).responses(model)),
  'ai sdk, anthropic': (model) =>
    textOf(createAnthropic({ baseURL: `${stand.gateway.url}/v1`, apiKey: 'none' })(model)),
  'ai sdk, google': (model) =>
    textOf(createGoogleGenerativeAI({ baseURL: `${stand.gateway.url}/v1beta`, apiKey: 'none' })(`models/${model}`)),
}

async function textOf(model: Parameters<typeof streamText>[0]['model']): Promise<string> {
  let text = ''
  const { fullStream } = streamText({ model, prompt: question, maxRetries: 0, onError: () => undefined })
  for await (const part of fullStream) {
    if (part.type === 'text-delta') text += part.text
    if (part.type === 'error') throw part.error
  }
  return text
}

describe('a stream that is silent for long', () => {
  it.each(Object.entries(clients))('is pinged before and between its words, and whole for %s', async (_, read) => {
    for (const provider of ['simulator', 'simulator-anthropic', 'simulator-gemini']) {
      const plain = await read(`${provider}/sim-small`)
      expect(plain).not.toBe('')
      expect(await read(`${provider}/sim-small+slow-first-token:ms=150`)).toBe(plain)
    }
  })

  it.each(Object.entries(clients))('may still be answered by another target, for %s', async (_, read) => {
    expect(await read('slow-then-second')).not.toBe('')
    const { fallbacks, outcome } = await stand.callEnded(({ callId }) => callId === stand.calls().at(-1)?.callId)
    expect({ fallbacks, ending: outcome.ending }).toEqual({ fallbacks: 1, ending: 'completed' })
  })

  it.each(Object.entries(clients))('ends in an error that %s raises, though its status is spent', async (_, read) => {
    const model = nextNever()
    await expect(read(model)).rejects.toThrow(/no first token/)
    expect(stand.calls().filter((call) => call.model === model)).toEqual([
      expect.objectContaining({ outcome: expect.objectContaining({ errorCode: 'timed-out' }) }),
    ])
  })
})

describe('pings', () => {
  it('go out again and again, in the words of the dialect, and say nothing of who will answer', async () => {
    const pings = {
      '/v1/chat/completions': ': ping\n\n',
      '/v1/responses': ': ping\n\n',
      '/v1/messages': 'event: ping\ndata: {"type": "ping"}\n\n',
      '/v1beta/models/MODEL:streamGenerateContent?alt=sse': '\n2\r\n\n\n\r\n',
    }
    for (const [place, ping] of Object.entries(pings)) {
      const model = nextNever()
      const path = place.replace('MODEL', model)
      const socket = await dial(stand.gateway)
      const body = place.includes('MODEL')
        ? { contents: [{ role: 'user', parts: [{ text: question }] }] }
        : {
            model,
            messages,
            input: path === '/v1/responses' ? question : undefined,
            max_tokens: 50,
            stream: true,
          }
      const heard = hear(socket)
      ask(socket, body, path)
      await stand.callEnded((call) => call.model === model)
      socket.end()
      const text = await heard
      expect(text).toMatch(/^HTTP\/1\.1 200 /)
      expect(text).not.toContain('x-inseam-target')
      expect(text.split(ping).length).toBeGreaterThan(3)
      expect(text).toContain('no first token')
      expect(text).not.toMatch(/\[DONE\]|message_stop|response\.completed|finishReason/)
    }
  })

  it('do not keep a provider’s clocks from running out', async () => {
    const stream = await stand.openai.chat.completions.create({
      model: 'stalls',
      messages,
      stream: true,
    })
    await expect(all(stream)).rejects.toThrow(/500 ms/)
  })

  it('reach whoever waits for a feature that answers only when it is whole', async () => {
    await using house = await openStand({ gateway: { pingMs: 20, features: [ticket] } })
    const socket = await dial(house.gateway)
    house.simulator.setScenario({ rules: [{ fault: { type: 'slow-first-token', ms: 200 } }] })
    const heard = hear(socket)
    ask(socket, { model: 'feature/classify', messages: [{ role: 'user', content: '{"text":"x"}' }], stream: true })
    await house.callEnded()
    socket.end()
    expect(await heard).toContain(': ping\n\n')
  })

  it('are not sent where they are switched off', async () => {
    await using quiet = await openStand({
      aliases: [
        alias('never', ['simulator/sim-small+slow-first-token:ms=600000@1'], {
          retry: { attempts: 1, baseMs: 1, capMs: 1 },
        }),
      ],
    })
    await expect(
      quiet.openai.chat.completions.create({ model: 'never', messages, stream: true }),
    ).rejects.toMatchObject({ status: 504 })
  })
})

let nevers = 0
const nextNever = () => `never-${nevers++}`
