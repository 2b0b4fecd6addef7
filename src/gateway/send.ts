import type { ServerResponse } from 'node:http'

/** Response headers by name. */
export type Headers = Record<string, string | number>

/** Sends a whole JSON response, if anybody is there to take it. */
export function send(response: ServerResponse, status: number, body: string | Uint8Array, headers: Headers = {}): void {
  if (response.destroyed || response.headersSent) return
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': length, ...headers })
  if (typeof body !== 'string' && length <= oneWriteBytes)
    response.end(Buffer.from(body.buffer, body.byteOffset, length).toString('latin1'), 'latin1')
  else response.end(body)
}

/** Up to so many bytes, head and body go out as one text: copying them costs less than a second buffer in the write. */
const oneWriteBytes = 64 * 1024
