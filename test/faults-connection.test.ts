import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ProviderConfig } from '../src/config.ts'
import type { AddressKind, Simulator } from '../src/simulator/index.ts'
import { alias, openStand, type Stand } from './stand.ts'

const kinds: readonly AddressKind[] = [
  'unresolvable',
  'blackhole',
  'stalled-tls',
  'tls',
  'tls-expired',
  'tls-wrong-host',
  'tls-untrusted',
]
const clocks = { connectMs: 1_000, headersMs: 1_500, firstTokenMs: 1_500, idleMs: 1_500, totalMs: 8_000 }
/** A breaker that never opens: what is counted here is retries. */
const patient = { failures: 1_000, ratio: 1, windowMs: 1, probeEveryMs: 1_000 }
const question = { messages: [{ role: 'user' as const, content: 'Where is my order 4711?' }] }

/** What a client of the gateway sees: the ending, or the code of the error. */
async function ask({ openai }: Stand, model: string, stream: boolean): Promise<string> {
  try {
    if (!stream) return (await openai.chat.completions.create({ model, ...question })).choices[0]?.finish_reason ?? ''
    let ending = ''
    for await (const { choices } of await openai.chat.completions.create({ model, ...question, stream: true }))
      ending = choices[0]?.finish_reason ?? ending
    return ending
  } catch (thrown) {
    return (thrown as { code?: string }).code ?? String(thrown)
  }
}

/** The providers of the simulator at other addresses of its own. */
async function elsewhere(simulator: Simulator, known: readonly ProviderConfig[]): Promise<ProviderConfig[]> {
  const [first] = known
  if (!first) throw new Error('The simulator has no provider.')
  const ca = await simulator.authority()
  const at = async (kind: AddressKind) => ({
    ...first,
    name: kind,
    models: [],
    url: `${await simulator.address(kind)}/v1`,
    ca,
    breaker: patient,
  })
  return Promise.all(kinds.map(at))
}

describe('where a connection does not come about', () => {
  let stand: Stand
  beforeAll(async () => {
    stand = await openStand({
      aliases: kinds.flatMap((kind) => [
        alias(kind, [`${kind}/sim-small`], { timeouts: clocks }),
        alias(`rescued.${kind}`, [`${kind}/sim-small`, 'simulator/sim-large'], { timeouts: clocks }),
      ]),
      config: async (config, simulator) => ({
        ...config,
        providers: [...config.providers, ...(await elsewhere(simulator, config.providers))],
      }),
    })
  })
  afterAll(() => stand[Symbol.asyncDispose]())

  const outcomes: Readonly<Record<string, readonly [code: string, attempts: number]>> = {
    unresolvable: ['connection-failed', 2],
    blackhole: ['timed-out', 1],
    'stalled-tls': ['timed-out', 1],
    'tls-expired': ['certificate-rejected', 1],
    'tls-wrong-host': ['certificate-rejected', 1],
    'tls-untrusted': ['certificate-rejected', 1],
  }
  for (const [kind, [code, attempts]] of Object.entries(outcomes)) {
    for (const stream of [false, true]) {
      const how = `${kind}, ${stream ? 'streamed' : 'whole'}`
      it(`says so, and asks no more often than helps: ${how}`, async () => {
        const before = stand.attempts().length
        const logged = stand.simulator.log().length
        expect(await ask(stand, kind, stream)).toBe(code)
        const made = stand.attempts().slice(before)
        expect(made.map(({ outcome }) => outcome.errorCode)).toEqual(Array(attempts).fill(code))
        expect(made.every(({ cost }) => cost.nanoUsd === 0)).toBe(true)
        expect(stand.simulator.log()).toHaveLength(logged)
      })
      it(`falls back unseen: ${how}`, async () => {
        expect(await ask(stand, `rescued.${kind}`, stream)).toBe('stop')
      })
    }
  }

  it.each([false, true])('trusts the authority that the provider names (streamed: %s)', async (stream) => {
    expect(await ask(stand, 'tls', stream)).toBe('stop')
  })
})

it('trusts nobody whom neither Node nor the configuration knows', async () => {
  await using stand = await openStand({
    aliases: [alias('tls', ['tls/sim-small'])],
    config: async (config, simulator) => ({
      ...config,
      providers: [
        ...config.providers,
        ...(await elsewhere(simulator, config.providers)).map(({ ca: _, ...provider }) => provider),
      ],
    }),
  })
  expect(await ask(stand, 'tls', false)).toBe('certificate-rejected')
  expect(stand.simulator.log()).toEqual([])
})

/** A stand whose alias `model` has this fault at its one target, and one attempt at most unless told otherwise. */
const suffering = (fault: string, attempts = 1): Promise<Stand> =>
  openStand({
    aliases: [
      alias('model', [`simulator/sim-small+${fault}`], {
        timeouts: clocks,
        retry: { attempts, baseMs: 1, capMs: 1 },
      }),
      alias('well', ['simulator/sim-small']),
    ],
  })

describe('a connection that the host closed while it lay idle', () => {
  it.each([false, true])('costs neither an attempt nor the retry budget (streamed: %s)', async (stream) => {
    await using stand = await suffering('reset-on-reuse')
    const endings = [await ask(stand, 'model', stream), await ask(stand, 'model', stream)]
    expect(endings).toEqual(['stop', 'stop'])
    expect(stand.attempts()).toHaveLength(2)
    expect(stand.simulator.log().map(({ status }) => status)).toEqual([200, null, 200])
  })

  it('is asked again once, and no more', async () => {
    await using stand = await suffering('reset-before-headers')
    expect(await ask(stand, 'well', false)).toBe('stop')
    expect(await ask(stand, 'model', false)).toBe('connection-failed')
    // After the answer to the first: the reset of its connection, and that of a fresh one.
    expect(stand.simulator.log()).toHaveLength(3)
    expect(await ask(stand, 'model', false)).toBe('connection-failed')
    expect(stand.simulator.log()).toHaveLength(4)
  })

  it.each(['', ':announced=false'])('may be closed behind any answer%s', async (param) => {
    await using stand = await suffering(`closed-after-answer${param}`)
    for (let time = 0; time < 5; time++) expect(await ask(stand, 'model', time % 2 === 0)).toBe('stop')
    expect(stand.attempts()).toHaveLength(5)
  })
})

describe('HTTP that is none', () => {
  const outcomes: Readonly<Record<string, readonly [whole: string, streamed: string]>> = {
    'headers-too-large': ['reply-too-large', 'reply-too-large'],
    'content-length-twice': ['reply-unreadable', 'reply-unreadable'],
    'content-length-twice:same=true': ['reply-unreadable', 'reply-unreadable'],
    'content-length-and-chunked': ['reply-unreadable', 'reply-unreadable'],
    'body-too-short': ['stream-interrupted', 'stream-interrupted'],
    'body-too-long': ['reply-unreadable', 'stream-interrupted'],
    'chunk-size-invalid': ['stream-interrupted', 'stream-interrupted'],
    'last-chunk-missing': ['stream-interrupted', 'stop'],
    'last-chunk-missing:half=true': ['stream-interrupted', 'stream-interrupted'],
    'body-too-long:forged=true': ['stop', 'stop'],
    'no-content': ['reply-unreadable', 'reply-unreadable'],
    'headers-dripped:intervalMs=50': ['deadline-exceeded', 'timed-out'],
    'no-answer': ['deadline-exceeded', 'timed-out'],
    'redirect-within:status=301': ['redirect-refused', 'redirect-refused'],
    'redirect-within': ['redirect-refused', 'redirect-refused'],
    'redirect-to-metadata': ['redirect-refused', 'redirect-refused'],
    'informational-first': ['stop', 'stop'],
    trailers: ['stop', 'stop'],
  }
  for (const [fault, expected] of Object.entries(outcomes)) {
    it.concurrent(`is told as what it is, and its connection is not used again: ${fault}`, async ({ expect }) => {
      await using stand = await suffering(fault)
      for (const [index, stream] of [false, true].entries()) {
        expect(await ask(stand, 'model', stream)).toBe(expected[index])
        expect(await ask(stand, 'well', stream)).toBe('stop')
      }
      expect(stand.simulator.log().map(({ fault }) => fault === null)).toEqual([false, true, false, true])
    })
  }
})

describe('a redirect', () => {
  it('leads nobody to another origin, with a credential or without', async () => {
    const other = createServer()
    const visits: unknown[] = []
    other.on('connection', (socket) => visits.push(socket.destroy()))
    await once(other.listen(0, '127.0.0.1'), 'listening')
    const { port } = other.address() as AddressInfo
    for (const status of [301, 302, 303, 307, 308]) {
      await using stand = await suffering(`redirect:status=${status},to=http://127.0.0.1:${port}`)
      for (const stream of [false, true]) expect(await ask(stand, 'model', stream)).toBe('redirect-refused')
      expect(stand.simulator.log()).toHaveLength(2)
    }
    expect(visits).toEqual([])
    other.close()
  })
})

describe('an answer that comes before the request was read', () => {
  it.each([false, true])('is read, although the request goes on (streamed: %s)', async (stream) => {
    await using stand = await openStand({
      aliases: [alias('model', ['early/sim-small'], { retry: { attempts: 1, baseMs: 1, capMs: 1 } })],
      config: (config) => ({
        ...config,
        providers: config.providers.flatMap((provider, index) =>
          index > 0
            ? [provider]
            : [provider, { ...provider, name: 'early', models: [], headers: { 'x-simulate': 'answer-before-body' } }],
        ),
      }),
    })
    const content = 'Where is my order 4711? '.repeat(150_000)
    const asked = stand.openai.chat.completions.create({
      model: 'model',
      messages: [{ role: 'user', content }],
      stream,
    })
    await expect(asked).rejects.toMatchObject({ code: 'overloaded' })
    expect(stand.simulator.log()).toMatchObject([{ fault: 'answer-before-body', status: 503 }])
  })
})
