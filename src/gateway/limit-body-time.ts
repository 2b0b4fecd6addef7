import type { IncomingMessage } from 'node:http'

/** Cuts a client off that has not sent the whole of its request within `ms` milliseconds from now. */
export function limitBodyTime(request: IncomingMessage, ms: number): void {
  if (request.complete || request.destroyed) return
  const timer = setTimeout(() => {
    if (!request.complete) request.destroy()
  }, ms).unref()
  const stop = () => clearTimeout(timer)
  request.once('end', stop)
  request.once('close', stop)
}
