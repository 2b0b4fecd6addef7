import { hash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { InseamError } from '../errors/index.ts'
import { inTransaction } from '../sqlite/in-transaction.ts'
import { chunkDocument, chunkingVersion } from './chunk-document.ts'
import { type FoundDocument, findDocuments } from './find-documents.ts'
import type { IndexProgress, UpdateResult, UpdateWork } from './index-messages.ts'
import { searchTable, searchTableSql } from './index-migrations.ts'
import { readDocument } from './read-document.ts'

/** What an update tells of itself, and asks. */
export interface UpdateWatch {
  report(progress: IndexProgress): void
  /** Whether it must end now: what is not committed is as it was. */
  isClosing(): boolean
  /** Lets others have the thread for a moment. */
  pause(): Promise<void>
}

/** A document as the index has it. */
interface Known {
  readonly document: number
  readonly hash: string
  readonly chunking: string
  readonly stamp: string
}

/** A document that has been read, to be put into the index. */
interface Fresh {
  readonly found: FoundDocument
  readonly text: string
  readonly hash: string
}

const charactersPerTransaction = 2_000_000
const turnMs = 25

/**
 * Brings a set of documents up to date: indexes what is new or has changed, by content, and removes what is gone, last. A
 * file whose times and size are those of its last reading is not read again. A document is replaced whole within a transaction,
 * so at every moment the index has it as it was or as it is. Throws `documents-unreadable` at the first that cannot be read; it
 * stays in the index as it was.
 */
export async function updateIndex(
  database: DatabaseSync,
  { set, from, chunkCharacters, maxFileBytes }: UpdateWork,
  watch: UpdateWatch,
): Promise<UpdateResult> {
  const found = findDocuments(from, Date.now())
  const setId = inTransaction(database, () => setCalled(database, set))
  const known = knownDocuments(database, setId)
  const writer = documentWriter(database, setId, chunkCharacters, watch)
  let waiting: Fresh[] = []
  let characters = 0
  let indexed = 0
  let done = 0
  const write = () => {
    indexed += writer.replace(waiting)
    waiting = []
    characters = 0
  }

  let turnEnds = performance.now() + turnMs
  for (const document of found.values()) {
    if (!isUnchanged(document, known.get(document.id), writer.chunking)) {
      const text = readDocument(document, maxFileBytes)
      waiting.push({ found: document, text, hash: hash('sha256', text) })
      characters += text.length
      if (characters >= charactersPerTransaction) write()
    }
    done++
    if (performance.now() < turnEnds) continue
    watch.report({ set, done, of: found.size })
    await watch.pause()
    stopIfClosing(watch)
    turnEnds = performance.now() + turnMs
  }
  write()
  const removed = writer.remove([...known].filter(([id]) => !found.has(id)).map(([, { document }]) => document))
  watch.report({ set, done, of: found.size })
  return { documents: found.size, chunks: countChunks(database, setId), indexed, removed }
}

function stopIfClosing(watch: UpdateWatch): void {
  if (!watch.isClosing()) return
  throw new InseamError('index-failed', 'The index is being closed.', { fix: 'Ask before the seam is closed.' })
}

/** The id of the set, which is made where there is none. */
function setCalled(database: DatabaseSync, name: string): number {
  const known = findSet(database, name)
  if (known !== undefined) return known
  const { lastInsertRowid } = database.prepare('INSERT INTO sets (name) VALUES (?)').run(name)
  database.exec(searchTableSql(Number(lastInsertRowid)))
  return Number(lastInsertRowid)
}

/** The id of the set, where the index has it. */
export function findSet(database: DatabaseSync, name: string): number | undefined {
  const row = database.prepare('SELECT set_id FROM sets WHERE name = ?').get(name)
  return row && Number(row.set_id)
}

function knownDocuments(database: DatabaseSync, set: number): Map<string, Known> {
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

function isUnchanged(found: FoundDocument, known: Known | undefined, chunking: string): boolean {
  return found.type === 'file' && found.stamp !== '' && known?.stamp === found.stamp && known.chunking === chunking
}

function countChunks(database: DatabaseSync, set: number): number {
  const sql = 'SELECT count(*) AS count FROM chunks JOIN documents USING (document_id) WHERE set_id = ?'
  return Number(database.prepare(sql).get(set)?.count)
}

function documentWriter(database: DatabaseSync, set: number, chunkCharacters: number, watch: UpdateWatch) {
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
