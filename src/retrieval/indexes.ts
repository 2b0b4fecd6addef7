import type { Documents } from './documents.ts'

/** A piece of a document, with where it stands: `document.slice(start, end) === text`. */
export interface Chunk {
  readonly document: string
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A chunk that was found, best first. */
export interface Passage extends Chunk {
  /** Higher is better; comparable within one search only. */
  readonly score: number
}

/** An open index over one set of documents. */
export interface Index {
  search(query: string, limit: number, signal: AbortSignal): Promise<readonly Passage[]>
}

/** The indexes that a seam has open: each is opened by the first question, brought up to date then, and closed with the seam. */
export interface Indexes {
  open(documents: Documents, signal: AbortSignal): Promise<Index>
  close(): Promise<void>
}

/** Nothing is opened yet. */
export function createIndexes(): Indexes {
  return {
    open: () => Promise.reject(new Error('not here yet')),
    close: async () => undefined,
  }
}
