import type { Socket } from 'node:net'
import { isInseamError } from '../errors/index.ts'

/** What connections failed with that had brought an answer before. */
const afterAnswers = new WeakSet<Error>()

/** How a host closes a connection. Anything else that a connection fails with is what it answered. */
const closings: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE'])

/** Remembers what the connection fails with, if it has brought anything by then and the host closed it. */
export function watchReuse(socket: Socket): void {
  const before = socket.bytesRead
  socket.prependListener('error', (error: NodeJS.ErrnoException) => {
    if (closings.has(error.code) && socket.bytesRead > before) afterAnswers.add(error)
  })
}

/**
 * Whether a request got no answer because its connection, which had brought answers before, was closed by the host: it closes
 * what lies idle, and did so while the request was on its way. Says nothing of the host or of the request.
 */
export function metClosedConnection(thrown: unknown): boolean {
  if (!isInseamError(thrown) || thrown.code !== 'connection-failed' || !(thrown.cause instanceof Error)) return false
  const { cause } = thrown
  if (afterAnswers.has(cause)) return true
  const { socket } = cause as Error & { readonly socket?: { readonly bytesRead?: number } }
  return cause.message === 'other side closed' && (socket?.bytesRead ?? 0) > 0
}
