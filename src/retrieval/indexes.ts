import { resolve } from 'node:path'
import { type Clock, systemClock } from '../core/clock.ts'
import { InseamError } from '../errors/index.ts'
import { reasonToLeave } from '../errors/reason-to-leave.ts'
import type { Documents } from './documents.ts'
import { type IndexFile, openIndexFile } from './index-file.ts'
import type { IndexProgress } from './index-messages.ts'
import type { PlainText } from './plain-text.ts'

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
  /** What a reader sees of `text` where that is not `text` itself: of HTML, with each character's place in `text`. */
  readonly plain?: PlainText
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

/** How indexes are kept. */
export interface IndexesOptions {
  /** Hears how far an index has come that is being brought up to date, about every 25 ms. Must not throw. */
  readonly onProgress?: (progress: IndexProgress) => void
  readonly clock?: Clock
}

/** Files are looked at again where the last look is older than this, in milliseconds. */
const freshForMs = 5_000

/** One set of documents in an index file. */
interface OpenSet {
  readonly documents: Documents
  /** The look at its files that is under way, or the last one that succeeded. */
  current?: Promise<unknown>
  /** When that look ended; infinite while it is under way. */
  checkedAt: number
}

/**
 * Opens indexes on demand. Questions that come at the same time share one opening and one look at the files. The first look
 * brings the index up to date; later ones happen before a question, at most every five seconds, and read only files whose times or
 * size have changed. Documents in memory are taken as they were at first.
 *
 * `open` throws `documents-unreadable`, `index-failed`, and `feature-invalid` where two different sets of documents have the
 * same name in one index file: each would remove the other's documents.
 */
export function createIndexes({ onProgress = () => undefined, clock = systemClock }: IndexesOptions = {}): Indexes {
  const files = new Map<string, Promise<IndexFile>>()
  const sets = new Map<string, OpenSet>()
  let isClosed = false

  const fileAt = async (path: string): Promise<IndexFile> => {
    const open = files.get(path)
    if (open && (await open).isAlive) return open
    if (isClosed) throw closed()
    if (files.get(path) === open) files.set(path, openFile(path))
    return files.get(path) as Promise<IndexFile>
  }
  const openFile = (path: string): Promise<IndexFile> => {
    const opening = openIndexFile(path, onProgress)
    // One that could not be opened is tried again by the next question.
    opening.catch(() => files.get(path) === opening && files.delete(path))
    return opening
  }
  const look = (set: OpenSet, path: string): Promise<unknown> => {
    const isFresh =
      set.checkedAt + freshForMs > clock.now() || set.documents.from.every((one) => typeof one !== 'string')
    if (set.current && isFresh) return set.current
    const { name, from, chunkCharacters, maxFileBytes } = set.documents
    const looking = fileAt(path).then((file) => file.update({ set: name, from, chunkCharacters, maxFileBytes }))
    set.current = looking
    set.checkedAt = Number.POSITIVE_INFINITY
    looking.then(
      () => {
        set.checkedAt = clock.now()
      },
      () => {
        set.current = undefined
      },
    )
    return looking
  }

  return {
    async open(documents, signal) {
      if (isClosed) throw closed()
      const path = resolve(documents.index)
      const set = setOf(sets, path, documents)
      await unlessAborted(look(set, path), signal)
      const search: Index['search'] = async (query, limit, signal) => {
        const file = await unlessAborted(fileAt(path), signal)
        return file.search({ set: documents.name, query, limit }, signal)
      }
      return { search }
    },
    async close() {
      isClosed = true
      const opened = await Promise.allSettled(files.values())
      await Promise.all(opened.map((file) => (file.status === 'fulfilled' ? file.value.close() : undefined)))
    },
  }
}

function setOf(sets: Map<string, OpenSet>, path: string, documents: Documents): OpenSet {
  const key = JSON.stringify([path, documents.name])
  const known = sets.get(key)
  if (!known) {
    const set: OpenSet = { documents, checkedAt: Number.NEGATIVE_INFINITY }
    sets.set(key, set)
    return set
  }
  if (known.documents === documents || isSame(known.documents, documents)) return known
  throw new InseamError(
    'feature-invalid',
    `Two different sets of documents are called "${documents.name}" in the index ${path}.`,
    { fix: 'Give one of them another `name`, or let features share one `documents(…)`.' },
  )
}

function isSame(left: Documents, right: Documents): boolean {
  return left.chunkCharacters === right.chunkCharacters && JSON.stringify(left.from) === JSON.stringify(right.from)
}

function closed(): InseamError {
  return new InseamError('index-failed', 'The indexes of this seam are closed.', {
    fix: 'Ask before the seam is closed.',
  })
}

/** What the work gives, or the signal's reason as soon as it aborts. The work itself goes on for others. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(reasonToLeave(signal))
    if (signal.aborted) leave()
    signal.addEventListener('abort', leave, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}
