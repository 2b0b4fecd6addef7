import type { ServerResponse } from 'node:http'
import type { SimulatorState } from './simulator-state.ts'

/** How far a reader may fall behind before it is left, in bytes. */
const mostBehind = 4 * 1024 * 1024

/**
 * Writes the log as NDJSON, a line for each exchange that has ended, then one for each that ends, until the reader leaves or the
 * simulator closes. A reader that falls too far behind is cut off in the middle, so that it does not take what it has for all.
 */
export function followLog(state: SimulatorState, response: ServerResponse): void {
  const write = (line: unknown): void => {
    response.write(`${JSON.stringify(line)}\n`)
    if (response.writableLength > mostBehind) response.destroy()
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  response.flushHeaders()
  for (const attempt of state.log()) {
    if (response.destroyed) return
    if (attempt.endedAt !== null) write(attempt)
  }
  const stop = state.follow({ tell: write, end: () => response.end() })
  response.on('close', stop)
}
