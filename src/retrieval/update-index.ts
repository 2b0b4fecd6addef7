import { hash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from '../sqlite/in-transaction.ts'
import {
  documentWriter,
  type Fresh,
  type Known,
  knownDocuments,
  stopIfClosing,
  type UpdateWatch,
} from './document-writer.ts'
import { type FoundDocument, findDocuments } from './find-documents.ts'
import type { UpdateResult, UpdateWork } from './index-messages.ts'
import { searchTableSql } from './index-migrations.ts'
import { readDocument } from './read-document.ts'

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

function isUnchanged(found: FoundDocument, known: Known | undefined, chunking: string): boolean {
  return found.type === 'file' && found.stamp !== '' && known?.stamp === found.stamp && known.chunking === chunking
}

function countChunks(database: DatabaseSync, set: number): number {
  const sql = 'SELECT count(*) AS count FROM chunks JOIN documents USING (document_id) WHERE set_id = ?'
  return Number(database.prepare(sql).get(set)?.count)
}
