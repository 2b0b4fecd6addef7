import type { IncomingMessage } from 'node:http'
import { CallAborted } from '../errors/index.ts'

/** A request's body, read no faster than it is taken. */
export interface BodyAtPace extends AsyncIterable<Uint8Array> {
  /** Reads and forgets what is left, so that the client can go on to read what it was answered. */
  drop(): void
}

/** More than this many bytes that nobody has taken pause the client. */
const highWaterBytes = 256 * 1024

/**
 * A body that can be left in the middle: unlike a stream's own iterator it neither destroys the connection then nor goes on
 * waiting. Reading throws `CallAborted` where the client leaves.
 */
export function bodyAtPace(request: IncomingMessage): BodyAtPace {
  const chunks: Buffer[] = []
  let size = 0
  let state: 'open' | 'ended' | 'left' | 'dropped' = 'open'
  let wake: (() => void) | undefined
  const become = (next: typeof state): void => {
    if (state === 'open') state = next
    wake?.()
  }
  const take = (chunk: Buffer): void => {
    chunks.push(chunk)
    size += chunk.length
    if (size > highWaterBytes) request.pause()
    wake?.()
  }
  let isBegun = false
  const begin = (): void => {
    if (isBegun) return
    isBegun = true
    if (request.destroyed && !request.readableEnded) {
      become('left')
      return
    }
    request.on('data', take)
    request.once('end', () => become('ended'))
    request.once('error', () => become('left'))
    request.once('close', () => become('left'))
  }
  async function* read(): AsyncGenerator<Uint8Array, void, void> {
    begin()
    for (;;) {
      const chunk = chunks.shift()
      if (chunk) {
        size -= chunk.length
        if (chunks.length === 0) request.resume()
        yield chunk
        continue
      }
      if (state === 'ended' || state === 'dropped') return
      if (state === 'left') throw new CallAborted()
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return {
    [Symbol.asyncIterator]: read,
    drop: () => {
      become('dropped')
      chunks.length = 0
      request.off('data', take)
      request.resume()
    },
  }
}
