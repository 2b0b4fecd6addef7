import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, dial, doors, standsStill, until } from './raw-client.ts'
import { type RawUpstream, startRawUpstream, withRawUpstream } from './raw-upstream.ts'
import { openStand, type Stand } from './stand.ts'

let stand: Stand
let upstream: RawUpstream
beforeAll(async () => {
  upstream = await startRawUpstream()
  stand = await openStand({ config: withRawUpstream(upstream.url) })
})
afterAll(async () => {
  await stand[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const messages = [{ role: 'user', content: 'Write 30 words about the sea.' }]
const dialects = ['openai-chat', 'anthropic-messages'] as const
const providers = ['simulator', 'simulator-anthropic'] as const

/** When a client leaves, and the fault that keeps the provider busy until it does. */
const phases = [
  { when: 'before any answer', fault: 'no-answer', stream: true },
  { when: 'before the first token', fault: 'slow-first-token:ms=600000', stream: true },
  { when: 'among pings', fault: 'ping-only:intervalMs=1', stream: true },
  { when: 'in the middle of a stream', fault: 'stall:after=3', stream: true },
  { when: 'before a whole answer', fault: 'no-answer', stream: false },
  { when: 'within a whole answer', fault: 'stall', stream: false },
] as const

const cases = phases.flatMap((phase) =>
  dialects.flatMap((dialect) => providers.map((provider) => ({ ...phase, dialect, provider }))),
)

describe('a client that leaves', () => {
  it.each(cases)(
    'stops the upstream and is on the record: $when, $dialect to $provider',
    async ({ when, fault, stream, dialect, provider }) => {
      stand.simulator.reset()
      const model = `${provider}/sim-small+${fault}@${1_000_000 + stand.calls().length}`
      const socket = await dial(stand.gateway)
      ask(socket, { model, max_tokens: 50, stream, messages }, doors[dialect])
      await until(() => {
        const line = stand.simulator.log()[0]
        return line !== undefined && (fault !== 'stall' || line.status === 200)
      })
      if (when === 'in the middle of a stream') await once(socket, 'data')
      socket.destroy()
      const event = await stand.callEnded((call) => call.model === model)
      expect(event).toMatchObject({ outcome: { ending: 'error', errorCode: 'aborted' }, attempts: 1 })
      await stand.simulator.idle()
      expect(stand.simulator.log()).toEqual([expect.objectContaining({ cancelled: true })])
      const attempts = stand.attempts().filter(({ callId }) => callId === event.callId)
      expect(attempts).toHaveLength(1)
      expect(attempts[0]).toMatchObject({ outcome: { errorCode: 'aborted' }, usage: { source: 'estimated' } })
      expect(event.cost).toEqual(attempts[0]?.cost)
      expect(event.cost.nanoUsd).toBeGreaterThan(0)
      await until(() => stand.gateway.inFlight === 0)
    },
  )

  it('takes with it what it had sent ahead on the same connection', async () => {
    stand.simulator.reset()
    const model = 'simulator/sim-small+no-answer@2000000'
    const before = stand.calls().length
    const socket = await dial(stand.gateway)
    for (let request = 0; request < 3; request++) ask(socket, { model, messages })
    await until(() => stand.simulator.log().length === 3)
    socket.destroy()
    await stand.simulator.idle()
    expect(stand.simulator.log().map(({ cancelled }) => cancelled)).toEqual([true, true, true])
    await until(() => stand.calls().length === before + 3)
    await until(() => stand.gateway.inFlight === 0)
  })
})

describe('a reader that does not keep up', () => {
  const delta = {
    'openai-chat': (text: string) => `data: {"id":"c","choices":[{"index":0,"delta":{"content":"${text}"}}]}\n\n`,
    'anthropic-messages': (text: string) =>
      `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${text}"}}\n\n`,
  }
  const head = {
    'openai-chat': '',
    'anthropic-messages':
      'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","model":"m","usage":{"input_tokens":3}}}\n\nevent: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
  }
  const tail = {
    'openai-chat':
      'data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}\n\ndata: [DONE]\n\n',
    'anthropic-messages':
      'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\nevent: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n',
  }
  const megabytes = 24
  const piece = 'x'.repeat(64 * 1024)
  const pieces = megabytes * 16

  it.each(dialects.flatMap((dialect) => dialects.map((target) => ({ dialect, target }))))(
    'holds up the provider, not our memory, and misses nothing: $dialect to $target',
    async ({ dialect, target }) => {
      let sent = 0
      upstream.respond = async (response: ServerResponse) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(head[target])
        for (let at = 0; at < pieces; at++) {
          sent++
          if (!response.write(delta[target](piece))) await once(response, 'drain')
        }
        response.end(tail[target])
      }
      const socket = await dial(stand.gateway)
      socket.pause()
      ask(socket, { model: `raw-${target}/m`, max_tokens: 10_000_000, stream: true, messages }, doors[dialect])
      expect(await standsStill(() => sent)).toBeLessThan(pieces / 2)
      let received = 0
      let end = ''
      socket.on('data', (bytes) => {
        for (const byte of bytes) if (byte === 0x78) received++
        end = (end + bytes.toString('latin1')).slice(-300)
      })
      socket.resume()
      await until(() => end.endsWith('0\r\n\r\n'))
      expect(received).toBeGreaterThanOrEqual(pieces * piece.length)
      expect(end).toMatch(dialect === 'openai-chat' ? /\[DONE\]/ : /message_stop/)
      socket.destroy()
      expect(await stand.callEnded(({ model }) => model === `raw-${target}/m`)).toMatchObject({
        outcome: { ending: 'completed' },
      })
    },
  )

  it('leaves, and the provider is let go', async () => {
    let closed: Promise<unknown> | undefined
    let sent = 0
    upstream.respond = async (response: ServerResponse) => {
      closed = once(response, 'close')
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      while (!response.destroyed) {
        sent++
        if (!response.write(delta['openai-chat'](piece))) await Promise.race([once(response, 'drain'), closed])
      }
    }
    const before = stand.calls().length
    const socket = await dial(stand.gateway)
    socket.pause()
    ask(socket, { model: 'raw-openai-chat/m', stream: true, messages })
    await standsStill(() => sent)
    socket.destroy()
    await until(() => stand.calls().length > before)
    await closed
    expect(stand.calls().at(-1)).toMatchObject({ outcome: { errorCode: 'aborted' } })
  })
})

describe('a provider that bills whatever it has begun', () => {
  const frame = (content: string) =>
    `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content } }] })}\n\n`
  const last =
    'data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":700}}\n\ndata: [DONE]\n\n'

  it('is read on when the client has gone, for its usage, and the gateway waits for that before it ends', async () => {
    await using provider = await startRawUpstream()
    await using house = await openStand({ config: withRawUpstream(provider.url, { drainTokens: 1_000 }) })
    let finish = () => {}
    provider.respond = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(frame('Hello'))
      finish = () => response.end(frame(' there') + last)
    }
    const socket = await dial(house.gateway)
    ask(socket, { model: 'raw-openai-chat/m', stream: true, messages })
    await once(socket, 'data')
    socket.destroy()
    await until(() => house.gateway.inFlight === 0)
    const drained = house.gateway.drain()
    expect(house.calls()).toEqual([])
    finish()
    await drained
    expect(house.calls()).toMatchObject([{ outcome: { errorCode: 'aborted' }, usage: { outputText: 700 } }])
    expect(house.attempts()).toMatchObject([
      { outcome: { errorCode: 'aborted' }, usage: { outputText: 700, source: 'measured' } },
    ])
  })

  it('is let go when the time to drain is over', async () => {
    await using provider = await startRawUpstream()
    await using house = await openStand({ config: withRawUpstream(provider.url, { drainTokens: 1_000 }) })
    let closed: Promise<unknown> | undefined
    provider.respond = (response) => {
      closed = once(response, 'close')
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(frame('Hello'))
    }
    const socket = await dial(house.gateway)
    ask(socket, { model: 'raw-openai-chat/m', stream: true, messages })
    await once(socket, 'data')
    socket.destroy()
    await until(() => house.gateway.inFlight === 0)
    await house.gateway.drain(1)
    await closed
    expect(house.attempts()).toMatchObject([{ outcome: { errorCode: 'aborted' }, usage: { source: 'estimated' } }])
    expect(house.calls()).toHaveLength(1)
  })
})
