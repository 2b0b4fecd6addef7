import type { IndexProgress } from '../index.ts'
import { say } from './welcome.ts'

const everyMs = 2_000

/** Says every two seconds how far an index is that is being made; nothing where it takes less. */
export function sayIndexing(): (progress: IndexProgress) => void {
  const saidAt = new Map<string, number>()
  return ({ set, done, of }) => {
    const now = performance.now()
    const last = saidAt.get(set) ?? now
    if (done === of) saidAt.delete(set)
    else if (now - last < everyMs) saidAt.set(set, last)
    else {
      saidAt.set(set, now)
      say(`Indexing ${set}: ${done.toLocaleString('en-US')} of ${of.toLocaleString('en-US')} documents.`)
    }
  }
}
