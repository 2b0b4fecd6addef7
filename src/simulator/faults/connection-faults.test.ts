import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { type DialectName, type Simulator, startSimulator } from '../index.ts'
import { connectionFaults } from './connection-faults.ts'
import { type Expected, faultsAreSeen } from './faults.suite.ts'

const answered = /^(stop|STOP|completed|end_turn) .+ usage/

/** What the official clients see of each fault: not streamed, streamed. */
const expected: Expected = {
  'connection-refused': [/^! none/, /^! none/],
  'closed-before-headers': [/^! none/, /^! none/],
  'reset-before-headers': [/^! none/, /^! none/],
  'reset-on-reuse': [answered, answered],
  'closed-after-answer': [answered, answered],
  'no-answer': [/^waiting/, /^waiting/],
  'headers-dripped': [/^waiting/, /^waiting/],
  'headers-too-large': [/^! none/, /^! none/],
  'content-length-twice': [/^! none/, /^! none/],
  'content-length-and-chunked': [/^! none/, /^! none/],
  'body-too-short': [/^! none/, /^! none/],
  'body-too-long': [/^! none/, /^(! none|null )/],
  'chunk-size-invalid': [/^! none/, /^! none/],
  'last-chunk-missing': [/^! none/, /^(! none|stop .+ usage)/],
  'informational-first': [answered, answered],
  'no-content': [/^! none/, /^(! none|null )/],
  'redirect-within': [/^! 307/, /^! 307/],
  redirect: [/^! 307/, /^! 307/],
  'answer-before-body': [/^! 503/, /^! 503/],
  trailers: [answered, answered],
}

/** Bedrock's client quotes the status of what it cannot read, and takes no body for an empty answer. */
const expectedOfBedrock: Expected = {
  'body-too-short': [/^! 200/, /^! none/],
  'body-too-long': [/^! 200/, /^(! none|null )/],
  'chunk-size-invalid': [/^! 200/, /^! none/],
  'last-chunk-missing': [/^! 200/, /^! none/],
  'no-content': [/^null {2}no usage/, /^(! none|null )/],
}

/** Gemini's client follows redirects. */
const expectedOfGemini: Expected = {
  redirect: [/^! none/, /^! none/],
  'redirect-within': [/^! none/, /^! none/],
}

// Whoever follows it would leave this machine.
const { 'redirect-to-metadata': _, ...kinds } = connectionFaults
faultsAreSeen(kinds, expected, { 'bedrock-converse': expectedOfBedrock, gemini: expectedOfGemini })

const question = 'How do I make sourdough bread at home?'

/** Where each dialect is asked, and with what. */
const requests: Readonly<Record<DialectName, (model: string, stream: boolean) => { path: string; body: object }>> = {
  'openai-chat': (model, stream) => ({
    path: '/v1/chat/completions',
    body: { model, stream, messages: [{ role: 'user', content: question }] },
  }),
  'openai-responses': (model, stream) => ({ path: '/v1/responses', body: { model, stream, input: question } }),
  'anthropic-messages': (model, stream) => ({
    path: '/v1/messages',
    body: { model, stream, max_tokens: 300, messages: [{ role: 'user', content: question }] },
  }),
  gemini: (model, stream) => ({
    path: `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: { contents: [{ role: 'user', parts: [{ text: question }] }] },
  }),
  'bedrock-converse': (model, stream) => ({
    path: `/model/${encodeURIComponent(model)}/converse${stream ? '-stream' : ''}`,
    body: { messages: [{ role: 'user', content: [{ text: question }] }] },
  }),
}

const modes = (Object.keys(requests) as DialectName[]).flatMap((dialect) =>
  [false, true].map((stream) => [dialect, stream ? 'streamed' : 'whole', stream] as const),
)

interface Dialled {
  readonly socket: Socket
  /** All that came so far. */
  heard(): string
  /** Resolves when what came matches. */
  hears(what: RegExp): Promise<string>
  /** Resolves when the other side is done, with `end` or the code of the error. */
  readonly over: Promise<string>
}

async function dial({ port }: Simulator): Promise<Dialled> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let heard = ''
  const over = new Promise<string>((resolve) => {
    socket.on('end', () => resolve('end'))
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })
  socket.on('data', (bytes) => {
    heard += bytes.toString('latin1')
  })
  await once(socket, 'connect')
  return {
    socket,
    over,
    heard: () => heard,
    async hears(what) {
      while (!what.test(heard)) await once(socket, 'data')
      return heard
    },
  }
}

function ask(
  { socket }: Dialled,
  model: string,
  dialect: DialectName = 'openai-chat',
  stream = false,
  headers: Readonly<Record<string, string>> = {},
): void {
  const { path, body } = requests[dialect](model, stream)
  const text = JSON.stringify(body)
  const all = { ...headers, 'anthropic-version': '2023-06-01', authorization: 'Bearer test', 'x-api-key': 'test' }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: simulator\r\n${lines.join('')}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  )
}

/** Asks once over a connection of its own; resolves when the other side closes it. */
async function toTheEnd(simulator: Simulator, fault: string, dialect: DialectName, stream: boolean) {
  const dialled = await dial(simulator)
  ask(dialled, `sim-small+${fault}`, dialect, stream)
  const over = await dialled.over
  dialled.socket.destroy()
  const [head = '', ...body] = dialled.heard().split('\r\n\r\n')
  return { over, head: head.toLowerCase(), body: body.join('\r\n\r\n') }
}

const lengths = (head: string) => [...head.matchAll(/content-length: (\d+)/gi)].map(([, bytes]) => Number(bytes))

test.each(modes)('%s, %s: a body that is too short is half of what was announced', async (dialect, _, stream) => {
  await using simulator = await startSimulator()
  const { over, head, body } = await toTheEnd(simulator, 'body-too-short', dialect, stream)
  expect(over).toBe('end')
  expect(head).toMatch(/^http\/1.1 200 /)
  expect(lengths(head)).toEqual([expect.any(Number)])
  expect(body.length).toBe(Math.floor((lengths(head)[0] ?? 0) / 2))
  const [line] = simulator.invoice().lines
  expect(line).toMatchObject({ fault: 'body-too-short', status: 200, bytes: body.length, reportedUsage: false })
  expect(line?.usage.output).toBeGreaterThan(5)
})

test.each(modes)('%s, %s: chunks without the last one hold the whole body', async (dialect, _, stream) => {
  await using simulator = await startSimulator()
  const { over, head, body } = await toTheEnd(simulator, 'last-chunk-missing', dialect, stream)
  expect(over).toBe('end')
  expect(head).toContain('transfer-encoding: chunked')
  const size = Number.parseInt(body, 16)
  expect(body.length).toBe(size.toString(16).length + 2 + size + 2)
  expect(simulator.invoice().lines[0]).toMatchObject({ bytes: size, cancelled: false })
})

test.each(modes)('%s, %s: trailers stand behind the last chunk', async (dialect, _, stream) => {
  await using simulator = await startSimulator()
  const { head, body } = await toTheEnd(simulator, 'trailers', dialect, stream)
  expect(head).toContain('trailer: x-checksum')
  expect(body).toMatch(/\r\n0\r\nx-checksum: 4711\r\n\r\n$/)
  expect(simulator.invoice().lines[0]).toMatchObject({ fault: 'trailers', status: 200 })
})

test.each(modes)('%s, %s: what says how long the body is contradicts itself', async (dialect, _, stream) => {
  await using simulator = await startSimulator()
  const dialled = await dial(simulator)
  ask(dialled, 'sim-small+content-length-twice', dialect, stream)
  const [one = 0, two = 0] = lengths(await dialled.hears(/\r\n\r\n/))
  expect(two - one).toBe(1)
  const both = await dial(simulator)
  ask(both, 'sim-small+content-length-and-chunked', dialect, stream)
  const heard = await both.hears(/\r\n\r\n/)
  expect(lengths(heard)).toHaveLength(1)
  expect(heard).toContain('transfer-encoding: chunked')
  for (const { socket } of [dialled, both]) socket.destroy()
})

test.each(modes)('%s, %s: a body that is too long goes on past its end', async (dialect, _, stream) => {
  await using simulator = await startSimulator()
  const dialled = await dial(simulator)
  ask(dialled, 'sim-small+body-too-long', dialect, stream)
  const [head = ''] = (await dialled.hears(/\r\n\r\n/)).split('\r\n\r\n')
  await simulator.idle()
  const [announced = 0] = lengths(head)
  const { bytes = 0 } = simulator.invoice().lines[0] ?? {}
  expect(announced).toBe(Math.floor(bytes / 2))
  expect(dialled.heard().length - head.length - 4).toBe(bytes)
  dialled.socket.destroy()
})

test('a forged answer follows the one that was asked for', async () => {
  await using simulator = await startSimulator()
  const dialled = await dial(simulator)
  ask(dialled, 'sim-small+body-too-long:forged=true')
  expect(await dialled.hears(/forged/)).toMatch(/\}HTTP\/1\.1 200 OK\r\n/)
  dialled.socket.destroy()
})

test.each(modes)('%s, %s: the size of a chunk is no number', async (dialect, _, stream) => {
  await using simulator = await startSimulator()
  const dialled = await dial(simulator)
  ask(dialled, 'sim-small+chunk-size-invalid', dialect, stream)
  await dialled.hears(/\r\nmany\r\n$/)
  dialled.socket.destroy()
})

test.each(modes)('%s, %s: headers come a byte at a time, until the client has enough', async (dialect, _, stream) => {
  await using simulator = await startSimulator()
  const dialled = await dial(simulator)
  ask(dialled, 'sim-small+headers-dripped:intervalMs=60000', dialect, stream)
  await dialled.hears(/^H$/)
  expect(simulator.log()[0]).toMatchObject({ status: 200, firstByteAt: null, endedAt: null })
  dialled.socket.destroy()
  await simulator.idle()
  expect(simulator.invoice().lines[0]).toMatchObject({ cancelled: true, bytes: 0 })
})

test('headers that come a byte at a time are the answer once they are all there', async () => {
  await using simulator = await startSimulator()
  const { head, body } = await toTheEnd(simulator, 'headers-dripped:intervalMs=0.01', 'openai-chat', false)
  expect(head).toMatch(/^http\/1.1 200 ok/)
  expect(JSON.parse(body)).toMatchObject({ object: 'chat.completion' })
})

test('headers are as large as they are told to be', async () => {
  await using simulator = await startSimulator()
  const dialled = await dial(simulator)
  ask(dialled, 'sim-small+headers-too-large:bytes=17000')
  const [head = ''] = (await dialled.hears(/\r\n\r\n/)).split('\r\n\r\n')
  expect(head.length).toBeGreaterThan(17_000)
  dialled.socket.destroy()
})

test.each(modes)(
  '%s, %s: the second request on a connection is reset, a first one is answered',
  async (dialect, _, stream) => {
    await using simulator = await startSimulator()
    const dialled = await dial(simulator)
    ask(dialled, 'sim-small+reset-on-reuse', dialect, stream)
    await dialled.hears(stream ? /\r\n0\r\n\r\n$/ : /\}$/)
    ask(dialled, 'sim-small+reset-on-reuse', dialect, stream)
    expect(await dialled.over).toBe('ECONNRESET')
    await simulator.idle()
    const [answered, reset] = simulator.invoice().lines
    expect(answered).toMatchObject({ status: 200 })
    expect(reset).toMatchObject({ status: null, fault: 'reset-on-reuse', costNanoUsd: 0 })
  },
)

test.each([
  ['', 'connection: close'],
  [':announced=false', 'connection: keep-alive'],
])('closes the connection behind a whole answer%s', async (param, connection) => {
  await using simulator = await startSimulator()
  const { over, head, body } = await toTheEnd(simulator, `closed-after-answer${param}`, 'openai-chat', false)
  expect([over, head.includes(connection)]).toEqual(['end', true])
  expect(JSON.parse(body)).toMatchObject({ object: 'chat.completion' })
})

test('closes without a word where it was asked to, with FIN', async () => {
  await using simulator = await startSimulator()
  const { over, head } = await toTheEnd(simulator, 'closed-before-headers', 'anthropic-messages', true)
  expect([over, head]).toEqual(['end', ''])
})

test('tells 103 before the answer, and 100 before that where it is wanted, and keeps the connection', async () => {
  await using simulator = await startSimulator()
  const dialled = await dial(simulator)
  ask(dialled, 'sim-small+informational-first:continue=true')
  const heard = await dialled.hears(/\}$/)
  expect([...heard.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['100', '103', '200'])
  ask(dialled, 'sim-small')
  await dialled.hears(/\}HTTP\/1\.1 200[\s\S]*\}$/)
  dialled.socket.destroy()
})

test.each([
  ['redirect-within:status=301', 301, '/v1/chat/completions'],
  ['redirect-within', 307, '/v1/chat/completions'],
  ['redirect:to=http://127.0.0.1:9/', 307, 'http://127.0.0.1:9/v1/chat/completions'],
  ['redirect-to-metadata:status=302', 302, 'http://169.254.169.254/latest/meta-data/iam/security-credentials/'],
])('redirects: %s', async (fault, status, location) => {
  await using simulator = await startSimulator()
  const { path, body } = requests['openai-chat'](`sim-small+${fault}`, false)
  const answer = await fetch(simulator.url + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { authorization: 'Bearer test' },
    body: JSON.stringify(body),
  })
  expect([answer.status, answer.headers.get('location')]).toEqual([status, location])
  expect(simulator.invoice().lines[0]).toMatchObject({ status, costNanoUsd: 0 })
})

test('answers 503 while the request is still being sent', async () => {
  await using simulator = await startSimulator()
  const sent = httpRequest(`${simulator.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer test', 'x-simulate': 'answer-before-body', 'content-length': '1000' },
  })
  sent.write('{')
  const [answer] = await once(sent, 'response')
  expect(answer.statusCode).toBe(503)
  expect(simulator.invoice().lines[0]).toMatchObject({ fault: 'answer-before-body', status: 503, costNanoUsd: 0 })
  sent.destroy()
})

test('no content is what 204 says', async () => {
  await using simulator = await startSimulator()
  const dialled = await dial(simulator)
  ask(dialled, 'sim-small+no-content')
  expect(await dialled.hears(/\r\n\r\n$/)).toMatch(/^HTTP\/1\.1 204 No Content/)
  dialled.socket.destroy()
})
