import type { ServerResponse } from 'node:http'

/**
 * Cuts off a reader that takes nothing of an answer that waits for it whole, for `ms` milliseconds: called when all of the answer
 * was written. The socket's own timer sees what is taken, however little; keep-alive and what comes next set it anew.
 */
export function cutOffStalledReader(response: ServerResponse, ms: number): void {
  const { socket } = response
  if (!socket || response.writableFinished) return
  socket.setTimeout(ms)
  response.once('finish', () => {
    // Another answer follows on the same connection, and may be long in coming.
    if (socket.timeout === ms) socket.setTimeout(0)
  })
}
