import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** A request as a provider received it, to the byte. */
export interface ReceivedBytes {
  readonly method: string
  readonly target: string
  readonly rawHeaders: readonly string[]
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** A provider on a real socket that keeps what it got, and answers as it is told. */
export interface BytesUpstream extends AsyncDisposable {
  readonly url: string
  readonly received: ReceivedBytes[]
  /** Connections that are open. */
  readonly sockets: ReadonlySet<Socket>
  /** Answers once the request is whole. Default: 200 and `{}`. */
  respond: (response: ServerResponse, received: ReceivedBytes) => void
  /** Takes a request in hand before its body is read; true where it did. Default: never. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean
}

/** Starts one. */
export async function startBytesUpstream(): Promise<BytesUpstream> {
  const received: ReceivedBytes[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    if (upstream.intercept(request, response)) return
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', rawHeaders, headers } = request
      const one = { method, target: url, rawHeaders, headers, body: Buffer.concat(chunks) }
      received.push(one)
      upstream.respond(response, one)
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const upstream: BytesUpstream = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    sockets,
    respond: (response) => response.setHeader('content-type', 'application/json').end('{}'),
    intercept: () => false,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return upstream
}
