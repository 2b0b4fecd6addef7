import { once } from 'node:events'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CallEvent } from '../src/core/event.ts'
import { createVirtualClock } from '../src/core/virtual-clock.ts'
import type { GatewayKey } from '../src/gateway/index.ts'
import { type BytesUpstream, startBytesUpstream } from './bytes-upstream.ts'
import { dial, hear, until } from './raw-client.ts'
import { withRawUpstream } from './raw-upstream.ts'
import { openStand, type Stand } from './stand.ts'

const providerKey = 'provider-key-canary-7361'
let upstream: BytesUpstream
let stand: Stand
beforeAll(async () => {
  upstream = await startBytesUpstream()
  stand = await openStand({ config: withRawUpstream(upstream.url) })
})
afterAll(async () => {
  await stand[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})
const respond = (response: ServerResponse) => response.end('{}')
beforeEach(() => {
  upstream.received.length = 0
  upstream.respond = respond
  upstream.intercept = () => false
})

interface Sent {
  readonly method?: string
  readonly path?: string
  readonly headers?: Record<string, string | string[]>
  readonly body?: Uint8Array
  /** Sent in pieces of this many bytes, without a length. */
  readonly pieces?: number
}

interface Came {
  readonly status: number
  readonly message: IncomingMessage
  readonly body: Buffer
}

/** Sends what a client might, and reads the answer to its end. Rejects where that breaks off. */
async function send(
  { method = 'GET', path = '/', headers = {}, body, pieces }: Sent,
  url = stand.gateway.url,
): Promise<Came> {
  const { port } = new URL(url)
  const length = !body
    ? {}
    : pieces === undefined
      ? { 'content-length': String(body.length) }
      : { 'transfer-encoding': 'chunked' }
  const sent = request({ host: '127.0.0.1', port, method, path, headers: { ...length, ...headers }, agent: false })
  if (body && pieces !== undefined) {
    for (let at = 0; at < body.length; at += pieces) sent.write(body.subarray(at, at + pieces))
    sent.end()
  } else sent.end(body)
  const [message] = (await once(sent, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  return { status: message.statusCode ?? 0, message, body: Buffer.concat(chunks) }
}

const received = () => upstream.received.at(-1)
const base = '/providers/raw-openai-chat/v1'

describe('a request that is passed through', () => {
  it('arrives to the byte, and so does its answer', async () => {
    const token = fc.stringMatching(/^[\w.~!$&'()*+,;=:@-]{1,12}$/).filter((part) => !/^\.{1,2}(;|$)/.test(part))
    const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/)
    const query = fc.stringMatching(/^(?:\?q=[\w~!$'()*+,;:@/?.%-]{0,20})?$/)
    const bytes = fc.uint8Array({ maxLength: 70_000 })
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          method: fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE'),
          parts: fc.array(token, { minLength: 1, maxLength: 4 }),
          query,
          type: value,
          beta: value,
          body: bytes,
          pieces: fc.option(fc.integer({ min: 1, max: 40_000 }), { nil: undefined }),
          status: fc.constantFrom(200, 201, 202, 206, 400, 404, 429, 500, 529),
          answer: bytes,
          isChunked: fc.boolean(),
          answerType: value,
        }),
        async ({ method, parts, query, type, beta, body, pieces, status, answer, isChunked, answerType }) => {
          fc.pre(body.length === 0 || (pieces ?? 1) * 500 > body.length)
          upstream.respond = (response) => {
            response.writeHead(status, {
              'content-type': answerType,
              etag: beta,
              ...(!isChunked && { 'content-length': String(answer.length) }),
            })
            response.end(answer)
          }
          const path = `/${parts.join('/')}`
          const headers = { 'content-type': type, 'x-beta': beta }
          const came = await send({ method, path: base + path + query, headers, body, pieces })
          expect(received()).toMatchObject({ method, target: `/v1${path}${query}` })
          expect(received()?.headers).toMatchObject({ 'content-type': type, 'x-beta': beta })
          expect(received()?.body.equals(body)).toBe(true)
          if (pieces === undefined && body.length > 0)
            expect(received()?.headers['content-length']).toBe(String(body.length))
          expect(came.status).toBe(status)
          expect(came.message.headers).toMatchObject({ 'content-type': answerType, etag: beta })
          expect(came.message.headers['content-length']).toBe(isChunked ? undefined : String(answer.length))
          expect(came.body.equals(answer)).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('keeps headers that come twice, and bytes beyond ASCII, as they are', async () => {
    upstream.respond = (response) => {
      response.setHeader('x-many', ['one', 'two'])
      response.setHeader('content-disposition', Buffer.from('attachment; filename="é.txt"').toString('latin1'))
      response.end(Buffer.from('x'))
    }
    const came = await send({ path: `${base}/files`, headers: { 'anthropic-beta': ['a', 'b'] } })
    expect(received()?.rawHeaders.filter((_, at, all) => all[at - 1] === 'anthropic-beta')).toEqual(['a', 'b'])
    expect(came.message.rawHeaders.filter((_, at, all) => all[at - 1] === 'x-many')).toEqual(['one', 'two'])
    expect(Buffer.from(came.message.headers['content-disposition'] ?? '', 'latin1').toString()).toContain('é.txt')
  })

  it('gets the credential of the operator, and nothing of the client’s own', async () => {
    await send({
      method: 'POST',
      path: `${base}/files?purpose=batch&key=client-canary&api_key=client-canary&after=file-1`,
      body: Buffer.from('x'),
      headers: {
        authorization: 'Bearer client-canary',
        'x-api-key': 'client-canary',
        'x-goog-api-key': 'client-canary',
        'api-key': 'client-canary',
        cookie: 'session=client-canary',
        'proxy-authorization': 'Basic client-canary',
        'x-forwarded-for': 'client-canary',
        forwarded: 'for=client-canary',
        'x-inseam-user': 'client-canary',
        'openai-organization': 'client-canary',
        'user-agent': 'client-canary',
        'x-stainless-os': 'client-canary',
        connection: 'close, x-mine',
        'x-mine': 'client-canary',
        'idempotency-key': 'kept',
      },
    })
    expect(received()?.target).toBe('/v1/files?purpose=batch&after=file-1')
    expect(received()?.rawHeaders.join('\n')).not.toMatch(/client-canary/)
    expect(received()?.headers).toMatchObject({ authorization: `Bearer ${providerKey}`, 'idempotency-key': 'kept' })
  })

  it('is one call and one attempt on the record, with what went through', async () => {
    upstream.respond = (response) => response.writeHead(200, { 'x-request-id': 'req_7' }).end('answer')
    const came = await send({ method: 'POST', path: `${base}/files?purpose=x`, body: Buffer.from('four') })
    const callId = came.message.headers['x-inseam-call']
    expect(stand.calls().find((call) => call.callId === callId)).toMatchObject({
      operation: 'pass-through',
      passed: { method: 'POST', path: '/v1/files', bytesIn: 4, bytesOut: 6 },
      target: 'raw-openai-chat',
      door: 'gateway',
      dialectIn: 'openai-chat',
      dialectOut: 'openai-chat',
      attempts: 1,
      outcome: { ending: 'completed', rawStop: '200' },
      cost: { nanoUsd: null, status: 'unpriced' },
    })
    expect(stand.attempts().filter((attempt) => attempt.callId === callId)).toMatchObject([
      { provider: 'raw-openai-chat', model: '', status: 200, requestId: 'req_7', headersMs: expect.any(Number) },
    ])
  })

  it('has its error passed on as it is, and told on the record', async () => {
    upstream.respond = (response) => response.writeHead(429, { 'retry-after': '7' }).end('{"error":"slow"}')
    const came = await send({ path: `${base}/files` })
    expect([came.status, came.body.toString(), came.message.headers['retry-after']]).toEqual([
      429,
      '{"error":"slow"}',
      '7',
    ])
    expect(stand.calls().at(-1)).toMatchObject({
      outcome: { ending: 'error', errorCode: 'rate-limited' },
      passed: { bytesOut: 16 },
      cost: { nanoUsd: 0 },
    })
  })

  it('has the answer to HEAD and the one without a body as they are', async () => {
    upstream.respond = (response) => response.writeHead(200, { 'content-length': '12345' }).end()
    expect((await send({ method: 'HEAD', path: `${base}/files/1` })).message.headers['content-length']).toBe('12345')
    upstream.respond = (response) => response.writeHead(204).end()
    expect(await send({ method: 'DELETE', path: `${base}/files/1` })).toMatchObject({
      status: 204,
      body: Buffer.alloc(0),
    })
    expect(received()?.headers).not.toHaveProperty('transfer-encoding')
  })

  it('is given each event of a stream as it comes', async () => {
    let release = () => {}
    upstream.respond = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: 1\n\n')
      release = () => response.end('data: 2\n\n')
    }
    const response = await fetch(`${stand.gateway.url}${base}/responses/r?stream=true`)
    const reader = response.body!.getReader()
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('data: 1\n\n')
    release()
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('data: 2\n\n')
  })

  it('keeps what belongs to the provider’s connection and host from the client', async () => {
    upstream.respond = (response) => {
      response.writeHead(200, {
        'set-cookie': '__cf_bm=1',
        'alt-svc': 'h3=":443"',
        'strict-transport-security': 'max-age=1',
        'access-control-allow-origin': '*',
        'x-inseam-target': 'forged',
        'x-echo': `you sent ${providerKey}`,
        'x-kept': 'kept',
      })
      response.end('{}')
    }
    const { message } = await send({ path: `${base}/files` })
    expect(message.headers).toMatchObject({ 'x-kept': 'kept', 'x-inseam-target': 'raw-openai-chat' })
    expect(JSON.stringify(message.headers)).not.toMatch(/__cf_bm|alt-svc|strict-transport|access-control|canary/)
  })
})

describe('an exchange that ends early', () => {
  const large = Buffer.alloc(3_000_000, 'x')

  it('breaks the client’s connection where the provider’s breaks, and says so on the record', async () => {
    for (const head of [{ 'content-length': '100' }, {}] as Record<string, string>[]) {
      upstream.respond = (response) => {
        response.writeHead(200, head)
        response.write('half', () => setImmediate(() => response.destroy()))
      }
      await expect(send({ path: `${base}/files/1/content` })).rejects.toThrow(/aborted|ECONNRESET/)
      expect(stand.calls().at(-1)).toMatchObject({
        outcome: { errorCode: 'stream-interrupted' },
        passed: { bytesOut: 4 },
      })
    }
  })

  it('stops the upload where the client leaves, and leaves no socket', async () => {
    let cut = 0
    upstream.intercept = (incoming) => {
      incoming.on('data', () => undefined)
      incoming.on('close', () => cut++)
      return true
    }
    const before = stand.calls().length
    const socket = await dial(stand.gateway)
    socket.write(`POST ${base}/files HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 1000\r\n\r\nhalf`)
    await until(() => upstream.sockets.size > 0)
    await until(() => stand.gateway.inFlight === 1)
    socket.destroy()
    await until(() => cut === 1 && stand.gateway.inFlight === 0)
    expect(stand.calls().length).toBe(before + 1)
    expect(stand.calls().at(-1)).toMatchObject({ outcome: { errorCode: 'aborted' } })
  })

  it('stops the provider where the client leaves in the middle of the answer', async () => {
    let closed = false
    upstream.intercept = (_, response) => {
      response.on('close', () => {
        closed = true
      })
      response.writeHead(200)
      response.write('begun')
      return true
    }
    const controller = new AbortController()
    const response = await fetch(`${stand.gateway.url}${base}/files/left/content`, { signal: controller.signal })
    await response.body!.getReader().read()
    controller.abort()
    await until(() => closed)
    expect(await stand.callEnded((call) => call.passed?.path === '/v1/files/left/content')).toMatchObject({
      outcome: { errorCode: 'aborted' },
    })
  })

  it('gives the answer that came before the body was read', async () => {
    upstream.intercept = (_, response) => {
      response.writeHead(413, { 'content-type': 'application/json' })
      response.end('{"error":"too large"}')
      return true
    }
    const came = await send({ method: 'POST', path: `${base}/files`, body: large })
    expect([came.status, came.body.toString()]).toEqual([413, '{"error":"too large"}'])
    await until(() => stand.gateway.inFlight === 0)
  })

  it('refuses a body over the limit, by its length or as it comes', async () => {
    await using small = await openStand({
      config: withRawUpstream(upstream.url),
      gateway: { passThrough: { connectMs: 5_000, headersMs: 5_000, idleMs: 5_000, maxBodyBytes: 1_000 } },
    })
    for (const pieces of [undefined, 700]) {
      const path = '/providers/raw-openai-chat/v1/files'
      const came = await send({ method: 'POST', path, body: large.subarray(0, 100_000), pieces }, small.gateway.url)
      expect(came.status).toBe(413)
      expect(JSON.parse(came.body.toString()).error.message).toMatch(/1,000 bytes.*passThrough\.maxBodyBytes/)
    }
    expect(upstream.received).toEqual([])
  })

  it('times out where the provider says nothing, in the client’s dialect', async () => {
    upstream.intercept = () => true
    await using quick = await openStand({
      config: withRawUpstream(upstream.url),
      gateway: { passThrough: { connectMs: 5_000, headersMs: 30, idleMs: 5_000, maxBodyBytes: 1_000 } },
    })
    const came = await send({ path: '/providers/raw-anthropic-messages/v1/files' }, quick.gateway.url)
    expect(came.status).toBe(504)
    expect(JSON.parse(came.body.toString())).toMatchObject({
      type: 'error',
      error: { message: expect.stringContaining('passThrough.headers') },
    })
  })

  describe('by the clock', () => {
    const limits = { connectMs: 1_000, headersMs: 20_000, idleMs: 5_000, totalMs: 8_000, maxBodyBytes: 100_000 }
    const timed = (url = upstream.url) => {
      const clock = createVirtualClock()
      const config = withRawUpstream(url)
      return openStand({ config, gateway: { passThrough: limits }, seam: { clock } }).then((stand) => ({
        clock,
        stand,
      }))
    }
    const endOf = ({ passed, outcome }: CallEvent) => ({ passed, outcome })

    it('cuts the client off where the answer stalls, and lets the provider go', async () => {
      const { clock, stand } = await timed()
      await using _ = stand
      let closed = false
      upstream.intercept = (_, response) => {
        response.on('close', () => {
          closed = true
        })
        response.writeHead(200, { 'content-length': '100' })
        response.write('begun')
        return true
      }
      const response = await fetch(`${stand.gateway.url}${base}/files/1/content`)
      const reader = response.body!.getReader()
      await reader.read()
      const broken = expect(reader.read()).rejects.toThrow()
      await clock.advance(5_000)
      await broken
      await until(() => closed && stand.gateway.inFlight === 0)
      expect(endOf(stand.calls().at(-1)!)).toMatchObject({
        passed: { bytesOut: 5 },
        outcome: { errorCode: 'timed-out' },
      })
      expect(clock.pending).toBe(0)
    })

    it('ends an upload that stalls, and one that never ends', async () => {
      for (const [step, setting] of [
        [5_000, 'idle'],
        [3_000, 'total'],
      ] as const) {
        const { clock, stand } = await timed()
        await using _ = stand
        let taken = 0
        upstream.intercept = (incoming) => {
          incoming.on('data', () => taken++)
          return true
        }
        const socket = await dial(stand.gateway)
        socket.write(
          `POST ${base}/files HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: 1000\r\n\r\n`,
        )
        const heard = hear(socket)
        for (let piece = 1; piece <= 3; piece++) {
          if (socket.writableEnded) break
          socket.write('piece')
          await until(() => taken === piece)
          await clock.advance(step)
          if (step >= limits.idleMs) break
        }
        const answer = await heard
        expect(answer).toMatch(/^HTTP\/1\.1 504 /)
        expect(answer).toContain(`passThrough.${setting}`)
        await until(() => stand.gateway.inFlight === 0)
      }
    })

    it('gives up a connection that stalls before it can be used, and does not hold up the next', async () => {
      const sockets: Socket[] = []
      const silent = createServer((socket) => sockets.push(socket.on('error', () => undefined).resume()))
      await once(silent.listen(0, '127.0.0.1'), 'listening')
      const { clock, stand } = await timed(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`)
      await using _ = stand
      for (const count of [1, 2, 3]) {
        const came = send({ path: `${base}/files` }, stand.gateway.url)
        await until(() => sockets.length === count)
        await clock.advance(1_000)
        const { status, body } = await came
        expect([status, body.toString()]).toEqual([504, expect.stringContaining('passThrough.connect')])
      }
      await stand[Symbol.asyncDispose]()
      for (const socket of sockets) socket.destroy()
      silent.close()
    })
  })

  it('is told a provider that is not there, and may try again', async () => {
    await using away = await openStand({ config: withRawUpstream('http://127.0.0.1:4') })
    const came = await send({ path: '/providers/raw-openai-chat/v1/files' }, away.gateway.url)
    expect([came.status, came.message.headers['x-should-retry']]).toEqual([502, undefined])
    expect(away.calls().at(-1)).toMatchObject({ outcome: { errorCode: 'connection-failed' }, cost: { nanoUsd: 0 } })
  })

  it('leaves a provider with no more sockets than it had requests at once', async () => {
    for (let round = 0; round < 20; round++) {
      await send({
        method: 'POST',
        path: `${base}/files`,
        body: large.subarray(0, 50_000),
        pieces: round % 2 ? 9_000 : undefined,
      })
    }
    expect(upstream.sockets.size).toBeLessThan(5)
  })

  it('ends when the gateway drains, without looking whole', async () => {
    await using draining = await openStand({ config: withRawUpstream(upstream.url) })
    upstream.respond = (response) => {
      response.writeHead(200)
      response.write('begun')
    }
    const response = await fetch(`${draining.gateway.url}${base}/files/1/content`)
    const text = response.text()
    const failed = expect(text).rejects.toThrow()
    await draining.gateway.drain(0)
    await failed
    expect(draining.calls().at(-1)).toMatchObject({ outcome: { errorCode: 'shutting-down' } })
  })
})

describe('a large upload', () => {
  it('is held up by a provider that reads slowly, and not held in memory', async () => {
    let taken = 0
    let open: (() => void) | undefined
    upstream.intercept = (incoming, response) => {
      incoming.pause()
      open = () => {
        incoming.on('data', (chunk: Buffer) => {
          taken += chunk.length
        })
        incoming.on('end', () => response.end(String(taken)))
        incoming.resume()
      }
      return true
    }
    const total = 200 * 1024 * 1024
    const piece = Buffer.alloc(1024 * 1024, 7)
    const { port } = new URL(stand.gateway.url)
    const socket = connect(Number(port), '127.0.0.1')
    await once(socket, 'connect')
    socket.write(
      `POST ${base}/files HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: ${total}\r\n\r\n`,
    )
    let sent = 0
    const before = process.memoryUsage().arrayBuffers
    const pump = (async () => {
      while (sent < total) {
        sent += piece.length
        if (!socket.write(piece)) await once(socket, 'drain')
      }
    })()
    await until(() => open !== undefined)
    // Until nothing moves any more: what is in flight then is what the way holds.
    for (let last = -1; last !== sent; ) {
      last = sent
      for (let turn = 0; turn < 2_000; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(sent).toBeLessThan(32 * 1024 * 1024)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024)
    open?.()
    const heard = hear(socket)
    await pump
    expect(await heard).toMatch(new RegExp(`${total}$`))
  })
})

describe('which provider is meant', () => {
  const keys: GatewayKey[] = [
    { name: 'plain', key: 'gateway-key-plain' },
    { name: 'some', key: 'gateway-key-some', tenant: 'acme', passThrough: ['raw-openai-chat'] },
    { name: 'whole', key: 'gateway-key-whole', passThrough: true },
  ]
  let keyed: Stand
  beforeAll(async () => {
    keyed = await openStand({ config: withRawUpstream(upstream.url), gateway: { keys } })
  })
  afterAll(() => keyed[Symbol.asyncDispose]())
  const ask = async (path: string, key: string, headers: Record<string, string> = {}, method = 'GET') => {
    const came = await send(
      { method, path, headers: { ...(key && { authorization: `Bearer gateway-key-${key}` }), ...headers } },
      keyed.gateway.url,
    )
    return { ...came, text: came.body.toString() }
  }

  it('is only reached by a key that may', async () => {
    for (const path of [
      '/providers/raw-openai-chat/v1/files',
      '/providers/nobody/v1/files',
      '/v1/files',
      '/v1beta/files',
    ]) {
      expect(await ask(path, '')).toMatchObject({ status: 401 })
      const refused = await ask(path, 'plain')
      expect(refused).toMatchObject({ status: 403, text: expect.stringContaining('passThrough') })
      expect(refused.text).not.toMatch(/raw-gemini|simulator/)
    }
    expect(upstream.received).toEqual([])
    expect((await ask('/providers/raw-openai-chat/v1/files', 'some')).status).toBe(200)
    expect(keyed.calls().at(-1)).toMatchObject({ keyId: 'some', tenant: 'acme' })
    expect((await ask('/providers/raw-anthropic-messages/v1/files', 'some')).status).toBe(403)
    expect((await ask('/providers/raw-anthropic-messages/v1/files', 'whole')).status).toBe(200)
  })

  it('is the one that the key reaches, where that is one', async () => {
    expect((await ask('/v1/files', 'some')).status).toBe(200)
    const unclear = await ask('/v1/files', 'whole')
    expect(unclear).toMatchObject({
      status: 404,
      text: expect.stringMatching(/simulator, raw-openai-chat.*x-inseam-provider/),
    })
    expect((await ask('/v1/files', 'whole', { 'x-inseam-provider': 'raw-openai-responses' })).status).toBe(200)
    expect((await ask('/v1/files', 'whole', { 'x-inseam-provider': 'nobody' })).status).toBe(404)
  })

  it('is never sent the gateway’s key, wherever that stands', async () => {
    const query = '?x=gateway-key-some&n=gateway%2Dkey%2Dsome&after=f'
    await ask(`/v1/files${query}`, 'some', { 'x-odd': 'it is gateway-key-some' })
    expect(received()?.target).toBe('/v1/files?after=f')
    expect(received()?.rawHeaders.join()).not.toContain('gateway-key-some')
  })

  it('answers in the dialect that the client speaks', async () => {
    const anthropic = JSON.parse((await ask('/v1/messages/batches', 'plain')).text)
    expect(anthropic).toMatchObject({ type: 'error', error: { message: expect.any(String) } })
    const gemini = JSON.parse((await ask('/v1beta/cachedContents', 'plain')).text)
    expect(gemini).toMatchObject({ error: { code: 403, status: expect.any(String) } })
    const named = JSON.parse((await ask('/providers/raw-gemini/v1beta/cachedContents', 'plain')).text)
    expect(named).toMatchObject({ error: { code: 403, status: expect.any(String) } })
  })

  it('is on the record where it was refused', async () => {
    await ask('/providers/raw-openai-chat/v1/files', 'plain')
    expect(keyed.calls().at(-1)).toMatchObject({
      operation: 'pass-through',
      keyId: 'plain',
      attempts: 0,
      outcome: { errorCode: 'forbidden' },
      passed: { method: 'GET', bytesIn: 0 },
      cost: { nanoUsd: 0 },
    })
  })
})

describe('nothing but the provider below its base URL', () => {
  afterEach(() => {
    expect(upstream.received.every(({ target }) => /^\/(?:upload\/)?v1(?:beta)?(?:[/?]|$)/.test(target))).toBe(true)
  })
  const paths = [
    '/../admin',
    '/files/../../admin',
    '/%2e%2e/admin',
    '/%2E%2e/x',
    '/.%2e/x',
    '/..;/x',
    '/files%2f..%2fx',
    '/%252e%252e/x',
    '/files//x',
    '//evil.example/x',
    '/%5c..%5cx',
    '/files/%00',
    '/files%0d%0aHost:%20evil',
    '/a/%2525252e',
    '/\\evil',
  ]

  it.each(paths)('refuses %s', async (path) => {
    const socket = await dial(stand.gateway)
    socket.write(`GET ${base}${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`)
    expect(await hear(socket)).toMatch(/^HTTP\/1\.1 400 /)
    expect(upstream.received).toEqual([])
  })

  it('is reached, whatever is asked for', async () => {
    const part = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '%2e%2e',
        '%2f',
        '@evil.example',
        ':80',
        '\\',
        '//',
        '/',
        ';',
        '?',
        '#',
        '%0d%0a',
        'v1',
        'files',
        '%',
        '%zz',
        'http:',
        '%c0%af',
      ),
      fc.stringMatching(/^[!-~]{0,6}$/),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          '/providers/raw-openai-chat',
          '/providers/raw-gemini',
          '/providers/raw-openai-chat/v1',
          '/v1',
          '/upload/v1beta',
          'http://evil.example/v1',
          '',
        ),
        fc.array(part, { maxLength: 6 }),
        fc.constantFrom('/', ''),
        async (start, parts, glue) => {
          const socket = await dial(stand.gateway)
          const head = `DELETE ${start}${glue}${parts.join(glue)} HTTP/1.1\r\nhost: 127.0.0.1\r\nx-inseam-provider: raw-openai-chat\r\nconnection: close\r\n\r\n`
          const answer = hear(socket)
          socket.write(head)
          expect(await answer).toMatch(/^HTTP\/1\.1 \d{3} /)
        },
      ),
      { numRuns: 150 },
    )
    for (const { target, headers } of upstream.received) {
      const { pathname, host } = new URL(target, upstream.url)
      expect(pathname).toMatch(/^\/(?:upload\/)?v1(?:beta)?(?:\/|$)/)
      expect([host, headers.host]).toEqual([new URL(upstream.url).host, new URL(upstream.url).host])
    }
  })

  it.each([
    ['a body with two lengths', 'POST', 'content-length: 5\r\ncontent-length: 6\r\n\r\nhello'],
    ['a body with a length and in chunks', 'POST', 'content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a body in another coding', 'POST', 'transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['a folded header', 'POST', 'x-a: 1\r\n folded\r\ncontent-length: 0\r\n\r\n'],
    ['a GET with a body', 'GET', 'content-length: 5\r\n\r\nhello'],
  ])('refuses %s', async (_, method, rest) => {
    const socket = await dial(stand.gateway)
    socket.write(`${method} ${base}/files HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n${rest}`)
    expect(await hear(socket)).toMatch(/^HTTP\/1\.1 400 /)
    expect(upstream.received).toEqual([])
  })

  it.each([
    ['TRACE', `${base}/files`, 405, ''],
    ['OPTIONS', `${base}/files`, 405, ''],
    ['CONNECT', 'evil.example:443', 405, ''],
    ['GET', `${base}/realtime`, 501, 'connection: upgrade\r\nupgrade: websocket\r\n'],
  ])('refuses %s', async (method, target, status, more) => {
    const socket = await dial(stand.gateway)
    const connection = more === '' ? 'connection: close\r\n' : more
    socket.write(`${method} ${target} HTTP/1.1\r\nhost: 127.0.0.1\r\n${connection}\r\n`)
    socket.once('data', () => setImmediate(() => socket.end()))
    expect(await hear(socket)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(upstream.received).toEqual([])
  })

  it('refuses what a page of another site sends from a browser here', async () => {
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { host: 'evil.example' },
    ] as Record<string, string>[]) {
      const came = await send({
        method: 'POST',
        path: `${base}/files`,
        headers: { 'content-type': 'text/plain', ...headers },
        body: Buffer.from('x'),
      })
      expect(came.status).toBe(403)
    }
    expect(upstream.received).toEqual([])
  })
})

describe('an answer that leads on', () => {
  const lead = async (name: string, to: string, status = 302) => {
    upstream.respond = (response) => response.writeHead(status, { [name]: to }).end()
    return send({ path: '/providers/raw-gemini/v1beta/files/1', headers: { host: 'localhost:9' } })
  }

  it('leads back through the gateway where it stays with the provider', async () => {
    const cases = [
      ['location', '/v1beta/files/2?x=1', '/v1/files/2?x=1', 307],
      ['location', `${upstream.url}/v1beta/files/2`, '/v1/files/2', 201],
      ['x-goog-upload-url', `${upstream.url}/upload/v1beta/files?upload_id=7`, '/upload/v1/files?upload_id=7', 200],
    ] as const
    for (const [name, to, path, status] of cases) {
      const { message } = await lead(name, to, status)
      expect(message.headers[name]).toBe(`http://localhost:9/providers/raw-gemini${path}`)
      expect((await send({ path: `/providers/raw-gemini${path}` })).status).toBe(status)
      expect(received()?.target).toBe(to.replace(upstream.url, ''))
    }
  })

  it('is refused where it leads elsewhere, and the place is not told whole', async () => {
    for (const to of [
      'https://evil.example/x?sig=canary',
      '//evil.example/',
      '/admin',
      `${upstream.url}/v2`,
      `/v1beta/x?key=${providerKey}`,
    ]) {
      const came = await lead('location', to)
      expect(came.status).toBe(502)
      expect(came.message.headers.location).toBeUndefined()
      expect(came.message.headers['x-inseam-error']).toBe('redirect-refused')
      expect(came.body.toString()).not.toMatch(/canary/)
    }
    expect((await lead('x-goog-upload-url', 'https://evil.example/', 200)).status).toBe(502)
  })
})
