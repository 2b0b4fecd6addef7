import type { Server } from 'node:http'

/** Answers `CONNECT` with a refusal: without a listener of its own it is cut off without a word. */
export function refuseTunnels(server: Server): void {
  server.on('connect', (_request, socket) => {
    socket.on('error', () => undefined)
    const body = JSON.stringify({
      error: { type: 'method-not-allowed', message: 'The gateway opens no tunnels: CONNECT is not served here.' },
    })
    const head = ['HTTP/1.1 405 Method Not Allowed', 'content-type: application/json', 'connection: close']
    socket.end([...head, `content-length: ${Buffer.byteLength(body)}`, '', body].join('\r\n'))
  })
}
