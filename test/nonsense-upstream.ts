import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'

/** What an upstream does with its socket once it has a whole request. Bytes are sent, and the socket is closed behind them. */
export type Answer = string | Uint8Array | ((socket: Socket) => void)

/** A provider that answers with any bytes at all. Which ones, the requested model says. */
export interface NonsenseUpstream extends AsyncDisposable {
  readonly url: string
  readonly answers: Map<string, Answer>
  /** Resolves once no socket is open. */
  idle(): Promise<void>
}

/** Starts one on a real socket. */
export async function startNonsenseUpstream(): Promise<NonsenseUpstream> {
  const answers = new Map<string, Answer>()
  const sockets = new Set<Socket>()
  const watchers = new Set<() => void>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => {
      sockets.delete(socket)
      for (const look of watchers) look()
    })
    socket.on('error', () => undefined)
    socket.setNoDelay(true)
    let pending = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      pending += chunk
      const bodyStart = pending.indexOf('\r\n\r\n') + 4
      const length = Number(/content-length: *(\d+)/i.exec(pending)?.[1])
      if (bodyStart < 4 || pending.length < bodyStart + length) return
      const addressed = /^POST \/v1\/models\/(.+):\w+(?:\?\S*)? HTTP/.exec(pending)?.[1]
      const { model } = addressed
        ? { model: decodeURIComponent(addressed) }
        : JSON.parse(pending.slice(bodyStart, bodyStart + length))
      pending = pending.slice(bodyStart + length)
      const answer = answers.get(model) ?? `HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n`
      if (typeof answer === 'function') answer(socket)
      else socket.end(answer)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    answers,
    idle: () =>
      new Promise((resolve) => {
        const look = () => {
          if (sockets.size === 0) resolve()
        }
        watchers.add(look)
        look()
      }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A response to the byte. Without `length` the body has its own; `null`: none is stated, and the end of the socket ends it. */
export function response(
  body: string | Uint8Array,
  {
    status = 200,
    type = 'application/json',
    length,
    headers = [],
  }: { status?: number; type?: string; length?: number | null; headers?: readonly string[] } = {},
): Buffer {
  const bytes = Buffer.from(body)
  const stated = length === null ? [] : [`content-length: ${length ?? bytes.length}`]
  const lines = [`HTTP/1.1 ${status} Said`, ...(type === '' ? [] : [`content-type: ${type}`]), ...stated, ...headers]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes])
}

/** A body in chunks of its own; `end`: what follows the last one. */
export function chunked(pieces: readonly (string | Uint8Array)[], type: string, end = '0\r\n\r\n'): Buffer {
  const parts = pieces
    .map(Buffer.from)
    .flatMap((piece) => [Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')])
  const head = `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`
  return Buffer.concat([Buffer.from(head), ...parts, Buffer.from(end)])
}
