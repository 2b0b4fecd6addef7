import { once } from 'node:events'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Gateway, openGateway } from '../src/gateway/index.ts'
import { ask, dial, doors, hear, send, until } from './raw-client.ts'
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

/** A gateway of its own for each test: a drained one is gone. */
const open = (): Promise<Gateway> => openGateway({ pipeline: stand.seam, port: 0 })
const openaiFor = ({ url }: Gateway) => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 })
const anthropicFor = ({ url }: Gateway) => new Anthropic({ baseURL: url, apiKey: 'none', maxRetries: 0 })

const messages = [{ role: 'user' as const, content: 'Write 30 words about the sea.' }]
const frame = (delta: object, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`

/** The provider begins to answer, and goes on when it is told to. */
function heldStream(): () => void {
  let finish = () => {}
  upstream.respond = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(frame({ content: 'Hello' }))
    finish = () => response.end(`${frame({ content: ' there' })}${frame({}, 'stop')}data: [DONE]\n\n`)
  }
  return () => finish()
}

describe('a gateway that drains', () => {
  it('lets a stream finish, and refuses what comes meanwhile in a way that invites another try', async () => {
    let begun = 0
    let watched = 0
    await using gateway = await openGateway({
      pipeline: {
        ...stand.seam,
        begin(input) {
          begun++
          return stand.seam.begin(input)
        },
      },
      port: 0,
      problems() {
        watched++
        return []
      },
    })
    const finish = heldStream()
    const stream = { model: 'raw-openai-chat/m', messages, stream: true }
    const caller = await dial(gateway)
    ask(caller, stream)
    await once(caller, 'data')
    const finishOther = heldStream()
    const watcher = await dial(gateway)
    ask(watcher, stream)
    await once(watcher, 'data')

    const drained = gateway.drain()
    await expect(dial(gateway)).rejects.toThrow(/ECONNREFUSED/)
    const heard = [hear(caller), hear(watcher)]
    // What follows on a connection that is still open is answered, after what it still waits for.
    ask(caller, stream)
    watcher.write('GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n')
    await until(() => begun === 3 && watched === 1)
    finish()
    finishOther()
    const [refused = '', notReady = ''] = await Promise.all(heard)
    for (const whole of [refused, notReady]) expect(whole).toMatch(/ there.*"finish_reason":"stop".*\[DONE\]/s)
    expect(refused).toMatch(/HTTP\/1\.1 503/)
    expect(refused).toMatch(/connection: close/i)
    expect(refused).toContain('"code":"shutting-down"')
    expect(refused).not.toMatch(/x-should-retry/i)
    expect(notReady).toContain('{"status":"not ready","reasons":["draining"]}')
    await drained
    const id = /x-inseam-call: (\S+)/.exec(refused.slice(refused.indexOf('HTTP/1.1 503')))?.[1]
    const recorded = stand.calls().find(({ callId }) => callId === id)
    expect(recorded).toMatchObject({ outcome: { errorCode: 'shutting-down' }, attempts: 0, cost: { nanoUsd: 0 } })
    expect(gateway.inFlight).toBe(0)
  })

  it('says that it leaves, and serves on, a call a connection, until the time for balancers to notice is over', async () => {
    await using gateway = await open()
    upstream.respond = (response) =>
      response.end('{"id":"c","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}]}')
    const asked = () =>
      send(gateway, {
        headers: { connection: 'keep-alive' },
        body: JSON.stringify({ model: 'raw-openai-chat/m', messages }),
      })
    expect(await asked()).toMatchObject({ status: 200, headers: { connection: 'keep-alive' } })
    const patient = gateway.drain(600_000, 600_000)
    const readiness = await send(gateway, { method: 'GET', path: '/readyz' })
    expect(readiness).toMatchObject({ status: 503, text: '{"status":"not ready","reasons":["draining"]}' })
    expect((await send(gateway, { method: 'GET', path: '/healthz' })).status).toBe(200)
    expect(await asked()).toMatchObject({ status: 200, headers: { connection: 'close' } })
    await Promise.all([patient, gateway.drain(600_000)])
    await expect(dial(gateway)).rejects.toThrow(/ECONNREFUSED/)
  })

  it('lets a whole answer finish, and closes its connection with it', async () => {
    await using gateway = await open()
    let finish = () => {}
    upstream.respond = (response) => {
      finish = () =>
        response.end('{"id":"c","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}]}')
    }
    const before = upstream.received.length
    const asked = send(gateway, {
      headers: { connection: 'keep-alive' },
      body: JSON.stringify({ model: 'raw-openai-chat/m', messages }),
    })
    await until(() => upstream.received.length > before)
    const drained = gateway.drain()
    finish()
    const response = await asked
    expect(response).toMatchObject({ status: 200, headers: { connection: 'close' } })
    await drained
  })

  it('cuts a stream off with an error in its own dialect when its time is up', async () => {
    const stalled = { max_tokens: 50, messages, stream: true as const }
    for (const provider of ['simulator', 'simulator-anthropic']) {
      await using gateway = await open()
      const model = `${provider}/sim-small+stall@${1_000_000 + stand.calls().length}`
      const openai = await openaiFor(gateway).chat.completions.create({ ...stalled, model })
      const anthropic = await anthropicFor(gateway).messages.create({ ...stalled, model })
      const endings: string[] = []
      const read = async (stream: AsyncIterable<unknown>) => {
        for await (const part of stream)
          if (/"(stop|end_turn|message_stop)"/.test(JSON.stringify(part))) endings.push('!')
      }
      const openaiRead = expect(read(openai)).rejects.toMatchObject({ code: 'shutting-down' })
      const anthropicRead = expect(read(anthropic)).rejects.toThrow(/shutting down/)
      await until(() => gateway.inFlight === 2)
      await gateway.drain(1)
      await openaiRead
      await anthropicRead
      expect(endings).toEqual([])
      const cut = stand.calls().filter((call) => call.model === model)
      expect(cut.map(({ outcome }) => outcome.errorCode)).toEqual(['shutting-down', 'shutting-down'])
      expect(cut.every(({ cost }) => (cost.nanoUsd ?? 0) > 0)).toBe(true)
      await stand.simulator.idle()
      expect(stand.simulator.log().at(-1)?.cancelled).toBe(true)
    }
  })

  it('answers what it cuts off before it began with a plain 503', async () => {
    await using gateway = await open()
    const model = 'simulator/sim-small+no-answer@3000000'
    const refused = [false, true].map((stream) =>
      expect(openaiFor(gateway).chat.completions.create({ model, messages, stream })).rejects.toMatchObject({
        status: 503,
        code: 'shutting-down',
      }),
    )
    await until(() => gateway.inFlight === 2)
    await gateway.drain(1)
    await Promise.all(refused)
  })

  it('does not wait for connections on which nothing happens', async () => {
    const gateway = await open()
    await send(gateway, { method: 'GET', path: '/healthz' })
    const sockets = await Promise.all([dial(gateway), dial(gateway), dial(gateway)])
    sockets[1]?.write('POST /v1/chat/completions HTT')
    sockets[2]?.write('GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n')
    await new Promise((resolve) => sockets[2]?.once('data', resolve))
    const closed = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)))
    await gateway.drain(600_000)
    await Promise.all(closed)
  })

  it('cuts off a client that never ends its body, and one that never reads', async () => {
    const gateway = await open()
    const writer = await dial(gateway)
    writer.write(
      `POST ${doors['openai-chat']} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{`,
    )
    upstream.respond = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const more = () => {
        while (response.write(frame({ content: 'x'.repeat(60_000) })));
        response.once('drain', more)
      }
      more()
    }
    const reader = await dial(gateway)
    reader.pause()
    ask(reader, { model: 'raw-openai-chat/m', messages, stream: true })
    await until(() => gateway.inFlight === 2)
    await gateway.drain(1)
    expect(gateway.inFlight).toBe(0)
    reader.destroy()
    expect(
      stand
        .calls()
        .slice(-2)
        .map(({ outcome }) => outcome.errorCode)
        .sort(),
    ).toEqual(['aborted', 'shutting-down'])
  })

  it('may be told so twice, and be impatient the second time', async () => {
    const gateway = await open()
    heldStream()
    const stream = await openaiFor(gateway).chat.completions.create({
      model: 'raw-openai-chat/m',
      messages,
      stream: true,
    })
    const parts = stream[Symbol.asyncIterator]()
    await parts.next()
    const patient = gateway.drain(600_000)
    const impatient = gateway.drain(0)
    await expect(parts.next()).rejects.toThrow(/shutting down/)
    await Promise.all([patient, impatient])
  })
})
