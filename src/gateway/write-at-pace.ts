import type { ServerResponse } from 'node:http'

/** Sends a chunk; a promise where the reader must catch up first. */
export type Write = (chunk: string | Uint8Array) => Promise<void> | undefined

/**
 * Writes to a response at its reader's pace: what the socket does not take holds up the upstream and does not fill our
 * memory. One that takes nothing for `stalledMs` is cut off. The promise rejects with the signal's reason when the reader leaves.
 */
export function writeAtPace(response: ServerResponse, signal: AbortSignal, stalledMs: number): Write {
  return (chunk) => {
    if (response.write(chunk) || response.destroyed) return undefined
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(stalled)
        response.off('drain', drained)
        signal.removeEventListener('abort', left)
      }
      const drained = () => {
        settle()
        resolve()
      }
      const left = () => {
        settle()
        reject(signal.reason)
      }
      const stalled = setTimeout(() => response.destroy(), stalledMs)
      response.on('drain', drained)
      signal.addEventListener('abort', left, { once: true })
    })
  }
}
