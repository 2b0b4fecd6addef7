import type { DatabaseSync } from 'node:sqlite'
import { InseamError } from '../errors/index.ts'
import { inTransaction } from '../sqlite/in-transaction.ts'
import { chunkDocument, chunkingVersion } from './chunk-document.ts'
import type { FoundDocument } from './find-documents.ts'
import type { IndexProgress } from './index-messages.ts'
import { searchTable } from './index-migrations.ts'

/** What an update tells of itself, and asks. */
export interface UpdateWatch {
  report(progress: IndexProgress): void
  /** Whether it must end now: what is not committed is as it was. */
  isClosing(): boolean
  /** Lets others have the thread for a moment. */
  pause(): Promise<void>
}

/** A document as the index has it. */
export interface Known {
  readonly document: number
  readonly hash: string
  readonly chunking: string
  readonly stamp: string
}

/** A document that has been read, to be put into the index. */
export interface Fresh {
  readonly found: FoundDocument
  readonly text: string
  readonly hash: string
}

/** Writes documents of one set. */
export interface DocumentWriter {
  /** How documents are cut: one that was cut otherwise is cut anew. */
  readonly chunking: string
  /** Puts documents in the place of what the index has of them, in one transaction; gives how many had changed. */
  replace(documents: readonly Fresh[]): number
  /** Removes documents, in one transaction; gives how many. */
  remove(documents: readonly number[]): number
}

/** Prepares to write documents of a set, cut into chunks of about so many characters. */
export function documentWriter(
  database: DatabaseSync,
  set: number,
  chunkCharacters: number,
  watch: UpdateWatch,
): DocumentWriter {
  const table = searchTable(set)
  const chunking = `${chunkingVersion}:${chunkCharacters}`
  const find = database.prepare('SELECT * FROM documents WHERE set_id = ? AND id = ?')
  const forgetRows = database.prepare(
    `DELETE FROM ${table} WHERE rowid IN (SELECT chunk_id FROM chunks WHERE document_id = ?)`,
  )
  const forgetChunks = database.prepare('DELETE FROM chunks WHERE document_id = ?')
  const forgetDocument = database.prepare('DELETE FROM documents WHERE document_id = ?')
  const addDocument = database.prepare(
    `INSERT INTO documents (set_id, id, format, content_hash, chunking, stamp, indexed_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const touch = database.prepare('UPDATE documents SET stamp = ? WHERE document_id = ?')
  const addChunk = database.prepare(
    'INSERT INTO chunks (document_id, start_at, end_at, headings, text) VALUES (?, ?, ?, ?, ?)',
  )
  const addRow = database.prepare(`INSERT INTO ${table} (rowid, body, headings) VALUES (?, ?, ?)`)

  // The full-text table leaves rowids of its own, beyond what a number holds, as the last inserted one of whatever comes next.
  for (const statement of [forgetRows, forgetChunks, forgetDocument, touch, addRow]) statement.setReadBigInts(true)

  const forget = (document: number) => {
    forgetRows.run(document)
    forgetChunks.run(document)
    forgetDocument.run(document)
  }
  /** Whether it had changed: another process may have been here meanwhile. */
  const replaceOne = ({ found, text, hash }: Fresh): boolean => {
    const stamp = found.type === 'file' ? found.stamp : ''
    const fingerprint = `${chunking}:${found.format}`
    const row = find.get(set, found.id)
    const known = row && knownOf(row)
    if (known?.hash === hash && `${known.chunking}:${row?.format}` === fingerprint) {
      if (known.stamp !== stamp) touch.run(stamp, known.document)
      return false
    }
    if (known) forget(known.document)
    const { lastInsertRowid } = addDocument.run(set, found.id, found.format, hash, chunking, stamp, Date.now())
    for (const { start, end, plain, headings } of chunkDocument(text, found.format, chunkCharacters)) {
      stopIfClosing(watch)
      const chunk = addChunk.run(lastInsertRowid, start, end, headings, text.slice(start, end))
      addRow.run(chunk.lastInsertRowid, plain, headings)
    }
    return true
  }
  return {
    chunking,
    replace: (documents: readonly Fresh[]): number =>
      documents.length === 0
        ? 0
        : inTransaction(database, () => documents.reduce((sum, document) => sum + Number(replaceOne(document)), 0)),
    remove(documents: readonly number[]): number {
      if (documents.length > 0) inTransaction(database, () => documents.forEach(forget))
      return documents.length
    },
  }
}

/** The documents of a set, by their ids. */
export function knownDocuments(database: DatabaseSync, set: number): Map<string, Known> {
  const rows = database.prepare('SELECT document_id, id, content_hash, chunking, stamp FROM documents WHERE set_id = ?')
  return new Map(rows.all(set).map((row) => [String(row.id), knownOf(row)]))
}

function knownOf(row: Readonly<Record<string, unknown>>): Known {
  return {
    document: Number(row.document_id),
    hash: String(row.content_hash),
    chunking: String(row.chunking),
    stamp: String(row.stamp),
  }
}

/** Throws `index-failed` where the index is being closed. */
export function stopIfClosing(watch: UpdateWatch): void {
  if (!watch.isClosing()) return
  throw new InseamError('index-failed', 'The index is being closed.', { fix: 'Ask before the seam is closed.' })
}
