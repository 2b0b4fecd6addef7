import { once } from 'node:events'
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Gateway } from '../src/gateway/index.ts'

/** A request as no well-behaved client would send it. */
export interface RawRequest {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | Iterable<string | Uint8Array>
}

/** What came back. */
export interface RawResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** Where each dialect is spoken. */
export const doors = { 'openai-chat': '/v1/chat/completions', 'anthropic-messages': '/v1/messages' } as const

/** Sends a request over a connection of its own. A body in pieces goes out chunked. */
export async function send(
  { url }: Pick<Gateway, 'url'>,
  { method = 'POST', path = doors['openai-chat'], headers = {}, body = '' }: RawRequest,
): Promise<RawResponse> {
  const sent = request(url + path, {
    method,
    agent: new Agent(),
    headers: {
      ...(method === 'POST' && { 'content-type': 'application/json' }),
      ...(typeof body === 'string' && body !== '' && { 'content-length': String(Buffer.byteLength(body)) }),
      ...headers,
    },
  })
  sent.on('error', () => undefined)
  if (typeof body === 'string' || body instanceof Uint8Array) sent.end(body)
  else {
    for (const piece of body) sent.write(piece)
    sent.end()
  }
  const [response] = await once(sent, 'response')
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  sent.destroy()
  return { status: response.statusCode, headers: response.headers, text }
}

/** A bare socket to the gateway. */
export async function dial({ url }: Pick<Gateway, 'url'>): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ''))
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** Writes a request for this body on a bare socket. */
export function ask(socket: Socket, body: object, path: string = doors['openai-chat']): void {
  const text = JSON.stringify(body)
  const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json`
  socket.write(`${head}\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
}

/** All that a socket says until it is closed. */
export async function hear(socket: Socket): Promise<string> {
  let heard = ''
  socket.on('data', (bytes) => {
    heard += bytes
  })
  await new Promise((resolve) => socket.once('close', resolve))
  return heard
}

/** Resolves when something holds that nobody announces. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

/** Resolves when a number has stopped growing. */
export async function standsStill(count: () => number): Promise<number> {
  let last = count()
  let still = 0
  await until(() => {
    still = count() === last && last > 0 ? still + 1 : 0
    last = count()
    return still > 3_000
  })
  return last
}
