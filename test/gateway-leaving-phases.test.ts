import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { AliasConfig, Config } from '../src/config.ts'
import { createVirtualClock, type VirtualClock } from '../src/core/virtual-clock.ts'
import { feature, prompt, tool } from '../src/index.ts'
import { startSimulator } from '../src/simulator/index.ts'
import { createMemoryCache, createMemoryEventSink } from '../src/stores/memory/index.ts'
import { ask, dial, doors, until } from './raw-client.ts'
import { alias, openStand, type Stand, type StandOptions } from './stand.ts'

/** Who asks, and can leave. */
interface Client {
  /** Whether it has begun to hear an answer. */
  heard(): boolean
  leave(): void
}

/** Asks in some way. */
type Ask = (stand: Stand, model: string, stream: boolean) => Promise<Client>

const content = 'Write 30 words about the sea.'
const messages = [{ role: 'user' as const, content }]
const limit = 2_000

/** A client on a socket of its own, which knows how to leave. */
const overSocket =
  (path: string, leave: (socket: Socket) => void): Ask =>
  async ({ gateway }, model, stream) => {
    const socket = await dial(gateway)
    let hasHeard = false
    socket.on('data', () => {
      hasHeard = true
    })
    ask(socket, { model, max_tokens: limit, stream, messages }, path)
    return { heard: () => hasHeard, leave: () => leave(socket) }
  }

/** A client of an official SDK, which is told to abort. */
const bySdk =
  (begin: (stand: Stand, model: string, stream: boolean, signal: AbortSignal) => Promise<unknown>): Ask =>
  async (stand, model, stream) => {
    const controller = new AbortController()
    let hasHeard = false
    const read = async () => {
      const answer = await begin(stand, model, stream, controller.signal)
      if (!stream) return
      for await (const _ of answer as AsyncIterable<unknown>) hasHeard = true
    }
    read().catch(() => undefined)
    return { heard: () => hasHeard, leave: () => controller.abort() }
  }

const chat = '/v1/chat/completions'
const ways: Readonly<Record<string, Ask>> = {
  'closing (FIN)': overSocket(chat, (socket) => socket.destroy()),
  'resetting (RST)': overSocket('/v1/messages', (socket) => socket.resetAndDestroy()),
  'closing its sending half alone': overSocket(chat, (socket) => socket.end()),
  'the SDK of OpenAI': bySdk(({ openai }, model, stream, signal) =>
    openai.chat.completions.create({ model, messages, stream, max_tokens: limit }, { signal }),
  ),
  'the SDK of Anthropic': bySdk(({ anthropic }, model, stream, signal) =>
    anthropic.messages.create({ model, messages, stream, max_tokens: limit }, { signal }),
  ),
  'the SDK of Google': bySdk(({ gemini }, model, stream, signal) => {
    const asked = { model, contents: content, config: { abortSignal: signal, maxOutputTokens: limit } }
    return stream ? gemini.models.generateContentStream(asked) : gemini.models.generateContent(asked)
  }),
}

/** Where in a call its client leaves. */
interface Phase {
  readonly when: string
  readonly model: string
  readonly stream?: boolean
  readonly aliases?: readonly AliasConfig[]
  readonly options?: StandOptions
  /** Asks that come before, and stay. */
  readonly before?: (stand: Stand) => Promise<unknown>
  /** Lets the call come so far. */
  readonly come?: (at: { stand: Stand; clock: VirtualClock; client: Client }) => Promise<void>
  /** Whether each exchange of the call, in the order of asking, was cut off by its leaving. */
  readonly cancelled: readonly boolean[]
}

const reached = (stand: Stand, exchanges: number) => until(() => stand.simulator.log().length === exchanges)
const written = (stand: Stand) => until(() => (stand.simulator.log()[0]?.bytes ?? 0) > 0)
const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const patient: Partial<AliasConfig> = {
  timeouts: { connectMs: 900_000, headersMs: 900_000, firstTokenMs: 900_000, idleMs: 900_000, totalMs: 900_000 },
}
const silentStore = { ...createMemoryCache(), get: () => new Promise<never>(() => {}) }
const only = (provider: string, change: Partial<Config['providers'][number]>) => (config: Config) => ({
  ...config,
  providers: config.providers.map((one) => (one.name === provider ? { ...one, ...change } : one)),
})

const phases: readonly Phase[] = [
  { when: 'before the headers of a stream', model: 'simulator/sim-small+no-answer', stream: true, cancelled: [true] },
  { when: 'before a whole answer', model: 'simulator-anthropic/sim-small+no-answer', cancelled: [true] },
  {
    when: 'before the first token',
    model: 'simulator-gemini/sim-small+slow-first-token:ms=600000',
    stream: true,
    cancelled: [true],
  },
  {
    when: 'in the middle of a stream',
    model: 'simulator/sim-small+stall:after=3',
    stream: true,
    come: ({ client }) => until(() => client.heard()),
    cancelled: [true],
  },
  {
    when: 'in the middle of a whole answer',
    model: 'simulator/sim-small+stall',
    come: ({ stand }) => written(stand),
    cancelled: [true],
  },
  {
    when: 'while the answer is held back whole',
    model: 'held',
    stream: true,
    aliases: [alias('held', ['simulator/sim-small+stall:after=5'], { holdBack: 'whole' })],
    come: ({ stand }) => written(stand),
    cancelled: [true],
  },
  {
    when: 'while the first tokens are held back',
    model: 'held',
    stream: true,
    aliases: [alias('held', ['simulator-anthropic/sim-small+stall:after=5'], { holdBack: { tokens: 500 } })],
    come: ({ stand }) => written(stand),
    cancelled: [true],
  },
  {
    when: 'while it waits for a place',
    model: 'simulator/sim-small+no-answer',
    options: { config: only('simulator', { limits: { concurrency: 1 } }) },
    before: async (stand) => {
      await overSocket(chat, () => undefined)(stand, 'simulator/sim-small+no-answer', true)
      await reached(stand, 1)
    },
    come: ({ stand }) => until(() => stand.gateway.inFlight === 2).then(() => turns(50)),
    cancelled: [],
  },
  {
    when: 'during back-off',
    model: 'retried',
    stream: true,
    aliases: [
      alias('retried', ['simulator/sim-small+unavailable'], {
        ...patient,
        retry: { attempts: 3, baseMs: 60_000, capMs: 60_000 },
      }),
    ],
    options: { seam: { random: () => 0.5 + Math.random() / 2 } },
    come: async ({ stand }) => {
      await until(() => stand.attempts().length === 1)
      await turns(20)
    },
    cancelled: [false],
  },
  {
    when: 'while the cache is looked up',
    model: 'cached',
    aliases: [alias('cached', ['simulator/sim-small'], { cache: { ttlSeconds: 60 } })],
    options: { seam: { cache: silentStore } },
    come: () => turns(50),
    cancelled: [],
  },
  {
    when: 'while two targets race',
    model: 'hedged',
    stream: true,
    aliases: [
      alias('hedged', ['simulator/sim-small+no-answer', 'simulator-anthropic/sim-small+no-answer'], {
        hedge: { after: 50, budget: 1 },
      }),
    ],
    come: async ({ stand, clock }) => {
      await reached(stand, 1)
      await clock.advance(50)
      await reached(stand, 2)
    },
    cancelled: [true, true],
  },
  {
    when: 'while a broken stream is asked for again',
    model: 'spliced',
    stream: true,
    aliases: [
      alias('spliced', ['simulator/sim-small+cut:after=5', 'simulator-anthropic/sim-small+no-answer'], {
        onInterrupted: 'splice',
      }),
    ],
    come: ({ stand }) => reached(stand, 2),
    cancelled: [false, true],
  },
  {
    when: 'after a fallback',
    model: 'second',
    stream: true,
    aliases: [
      alias('second', ['simulator/sim-small+server-error', 'simulator-gemini/sim-small+no-answer'], {
        retry: { attempts: 1, baseMs: 1, capMs: 1 },
      }),
    ],
    come: ({ stand }) => reached(stand, 2),
    cancelled: [false, true],
  },
]

const cases = phases.flatMap((phase) => Object.keys(ways).map((how) => ({ ...phase, how })))

/** A stand whose time stands still, so that no clock of its own can end what the client should. */
async function openStill(options: StandOptions = {}): Promise<{ stand: Stand; clock: VirtualClock }> {
  const clock = createVirtualClock()
  return { clock, stand: await openStand({ ...options, seam: { clock, ...options.seam } }) }
}

describe('a client that leaves is followed by the upstream', () => {
  it.each(cases)(
    '$when, by $how',
    async ({ how, model, stream = false, aliases, options, before, come, cancelled }) => {
      const { stand, clock } = await openStill({ aliases, ...options })
      await using _ = stand
      await before?.(stand)
      const earlier = stand.simulator.log().length
      const client = await ways[how]!(stand, model, stream)
      if (cancelled.length > 0) await until(() => stand.simulator.log().length > earlier)
      else await until(() => stand.gateway.inFlight > earlier)
      await come?.({ stand, clock, client })
      client.leave()
      const event = await stand.callEnded()
      await until(() => stand.gateway.inFlight === earlier)
      await until(() =>
        stand.simulator
          .log()
          .slice(earlier)
          .every(({ endedAt }) => endedAt !== null),
      )
      if (earlier === 0) await stand.simulator.idle()
      expect(
        stand.simulator
          .log()
          .slice(earlier)
          .map((exchange) => exchange.cancelled),
      ).toEqual(cancelled)
      expect(event).toMatchObject({ outcome: { ending: 'error', errorCode: 'aborted' }, attempts: cancelled.length })
      expect(stand.calls()).toHaveLength(1)
      const attempts = stand.attempts()
      expect(attempts).toHaveLength(cancelled.length)
      cancelled.forEach((wasCancelled, at) => {
        if (!wasCancelled) return
        expect(
          attempts.some(
            ({ outcome, usage, cost }) =>
              outcome.errorCode === 'aborted' && usage.source === 'estimated' && (cost.nanoUsd ?? 0) > 0,
          ),
          `attempt ${at}`,
        ).toBe(true)
      })
      expect(event.cost.nanoUsd).toBe(attempts.reduce((sum, { cost }) => sum + (cost.nanoUsd ?? 0), 0))
      if (earlier === 0) expect(clock.pending).toBe(0)
    },
  )
})

const aborted = { ending: 'error', errorCode: 'aborted' }
const chatStream = (model: string) => ({ model, messages, stream: true, max_tokens: limit })

describe('a client that leaves, elsewhere', () => {
  it('before its body is there costs nothing, and is on the record', async () => {
    const { stand } = await openStill()
    await using _ = stand
    const socket = await dial(stand.gateway)
    socket.write(
      `POST ${chat} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{`,
    )
    await until(() => stand.gateway.inFlight === 1)
    socket.destroy()
    expect(await stand.callEnded()).toMatchObject({ outcome: aborted, attempts: 0, cost: { nanoUsd: 0 } })
    await until(() => stand.gateway.inFlight === 0)
    expect(stand.simulator.log()).toEqual([])
  })

  it('while the connection is awaited owes nothing: nothing was sent', async () => {
    await using elsewhere = await startSimulator()
    const url = await elsewhere.address('blackhole')
    const { stand } = await openStill({ config: only('simulator', { url: `${url}/v1` }) })
    await using _ = stand
    const socket = await dial(stand.gateway)
    ask(socket, chatStream('simulator/sim-small'))
    await until(() => stand.gateway.inFlight === 1)
    await turns(50)
    socket.destroy()
    expect(await stand.callEnded()).toMatchObject({ outcome: aborted, attempts: 1, cost: { nanoUsd: 0 } })
    expect(stand.attempts()).toMatchObject([{ outcome: { errorCode: 'aborted' }, cost: { nanoUsd: 0 } }])
    await until(() => stand.gateway.inFlight === 0)
  })

  it('leaves the upstream to those who share it; the last one takes it along', async () => {
    const { stand } = await openStill({
      aliases: [alias('shared', ['simulator/sim-small+stall:after=3'], { ...patient, coalesce: true })],
    })
    await using _ = stand
    const sockets = [await dial(stand.gateway), await dial(stand.gateway), await dial(stand.gateway)]
    for (const socket of sockets) {
      const heard = new Promise((resolve) => socket.once('data', resolve))
      ask(socket, chatStream('shared'))
      await heard
    }
    for (const [at, socket] of sockets.entries()) {
      expect(stand.simulator.log()).toMatchObject([{ endedAt: null, cancelled: false }])
      socket.destroy()
      await until(() => stand.calls().length === at + 1)
    }
    await stand.simulator.idle()
    expect(stand.simulator.log()).toMatchObject([{ cancelled: true }])
    expect(stand.calls().map(({ outcome }) => outcome.errorCode)).toEqual(['aborted', 'aborted', 'aborted'])
    // The last to leave pays: by then the provider had been asked for it alone.
    expect(stand.calls().map(({ cost }) => (cost.nanoUsd ?? 0) > 0)).toEqual([false, false, true])
  })

  it.each([
    ['embeddings', '/v1/embeddings', { model: 'simulator/sim-embed+no-answer', input: content }, 'priced'],
    ['a count', '/v1/messages/count_tokens', { model: 'simulator-anthropic/sim-small+no-answer', messages }, 'free'],
  ] as const)('while %s is awaited', async (_what, path, body, price) => {
    const { stand } = await openStill()
    await using _ = stand
    const socket = await dial(stand.gateway)
    ask(socket, body, path)
    await reached(stand, 1)
    socket.destroy()
    const event = await stand.callEnded()
    await stand.simulator.idle()
    expect(stand.simulator.log()).toMatchObject([{ cancelled: true }])
    expect(event).toMatchObject({ outcome: aborted, attempts: 1 })
    expect((event.cost.nanoUsd ?? 0) > 0).toBe(price === 'priced')
  })

  it.each([
    ['while it sends what is passed through', false],
    ['while it reads what is passed through', true],
  ])('%s', async (_when, isWhole) => {
    const { stand } = await openStill()
    await using _ = stand
    const socket = await dial(stand.gateway)
    const text = JSON.stringify(chatStream('sim-small+stall:after=3'))
    const length = Buffer.byteLength(text) + (isWhole ? 0 : 1_000)
    const head = `POST /providers/simulator${chat} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json`
    const heard = new Promise((resolve) => socket.once('data', resolve))
    socket.write(`${head}\r\ncontent-length: ${length}\r\n\r\n${text}`)
    if (isWhole) await heard
    else await reached(stand, 1)
    socket.destroy()
    expect(await stand.callEnded()).toMatchObject({ outcome: aborted })
    await until(() => stand.simulator.log()[0]?.endedAt !== null)
    expect(stand.simulator.log()).toMatchObject([{ cancelled: true }])
    await until(() => stand.gateway.inFlight === 0)
  })
})

describe('a client of a feature that leaves', () => {
  const triage = feature({
    name: 'triage',
    model: 'fast',
    input: z.object({ ticket: z.string() }),
    output: z.object({ category: z.enum(['billing', 'delivery']) }),
    prompt: ({ ticket }) => prompt`Classify the ticket.\n\n${ticket}`,
  })
  const asked = (name: string, input: object) => ({
    model: `feature/${name}`,
    messages: [{ role: 'user', content: JSON.stringify(input) }],
  })

  it('during the corrective turn', async () => {
    const { stand } = await openStill({ gateway: { features: [triage] } })
    await using _ = stand
    stand.simulator.setScenario({
      rules: [{ when: { request: { to: 1 } }, reply: { text: 'None of these.' } }, { fault: { type: 'no-answer' } }],
    })
    const socket = await dial(stand.gateway)
    ask(socket, asked('triage', { ticket: 'Where is it?' }))
    await reached(stand, 2)
    socket.destroy()
    const corrective = await stand.callEnded(({ outcome }) => outcome.errorCode === 'aborted')
    await stand.simulator.idle()
    expect(stand.simulator.log().map(({ cancelled }) => cancelled)).toEqual([false, true])
    expect(stand.calls()).toHaveLength(2)
    expect(corrective).toMatchObject({ parentId: stand.calls()[0]?.callId, cost: { status: 'estimated' } })
    await until(() => stand.gateway.inFlight === 0)
  })

  it.each([
    ['while its tool runs', true],
    ['between the steps of its run', false],
  ])('%s', async (_when, isInTool) => {
    const began = Promise.withResolvers<AbortSignal>()
    const lookUp = tool({
      name: 'look_up',
      description: 'Looks up an order.',
      input: z.object({ order: z.string() }),
      run: (_order, { signal }) => {
        began.resolve(signal)
        return isInTool ? new Promise(() => {}) : 'shipped'
      },
    })
    const support = feature({
      name: 'support',
      model: 'fast',
      input: z.object({ message: z.string() }),
      tools: [lookUp],
      prompt: ({ message }) => prompt`Help the customer.\n\n${message}`,
    })
    const events = createMemoryEventSink()
    const { stand } = await openStill({ gateway: { features: [support] }, seam: { events } })
    await using _ = stand
    const reply = { toolCalls: [{ name: 'look_up', input: { order: '4711' } }] }
    stand.simulator.setScenario({ rules: [{ when: { request: { to: 1 } }, reply }, { fault: { type: 'no-answer' } }] })
    const socket = await dial(stand.gateway)
    ask(socket, asked('support', { message: 'Where is it?' }), doors['openai-chat'])
    const signal = await began.promise
    if (!isInTool) await reached(stand, 2)
    socket.destroy()
    await until(() => stand.gateway.inFlight === 0)
    if (isInTool) expect(signal.aborted).toBe(true)
    await stand.simulator.idle()
    expect(stand.simulator.log().map(({ cancelled }) => cancelled)).toEqual(isInTool ? [false] : [false, true])
    const runs = events.events().filter((event) => event.type === 'run')
    expect(runs).toMatchObject([{ outcome: { type: 'failed', errorCode: 'aborted' }, calls: isInTool ? 1 : 2 }])
    expect(events.events().filter((event) => event.type === 'step')).toHaveLength(1)
  })
})

describe('what follows a leaver on its connection', () => {
  it('is cancelled with it where it was sent ahead, and nobody is answered for another', async () => {
    const { stand } = await openStill()
    await using _ = stand
    const socket = await dial(stand.gateway)
    ask(socket, { model: 'simulator/sim-small', messages, max_tokens: 20 })
    await new Promise((resolve) => socket.once('data', resolve))
    ask(socket, chatStream('simulator/sim-small+stall:after=3'))
    ask(socket, { model: 'simulator/sim-small+no-answer', messages })
    await reached(stand, 3)
    socket.resetAndDestroy()
    await stand.simulator.idle()
    await until(() => stand.calls().length === 3 && stand.gateway.inFlight === 0)
    expect(stand.simulator.log().map(({ cancelled }) => cancelled)).toEqual([false, true, true])
    expect(stand.calls().map(({ outcome }) => outcome.errorCode)).toEqual([undefined, 'aborted', 'aborted'])
  })
})
