import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { InseamError } from '../errors/index.ts'
import { inTransaction } from '../sqlite/in-transaction.ts'
import { writeAhead } from '../sqlite/write-ahead.ts'
import { indexMigrations } from './index-migrations.ts'

/** How long one process waits for another that writes the same index, in milliseconds. */
const busyTimeoutMs = 60_000

/**
 * Opens an index file, or makes it, with its directory, and brings its schema up to date. Throws `index-failed` where the file
 * holds something else or was written by a newer version, and SQLite's own error where it is damaged.
 */
export function openIndexDatabase(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true })
  const database = new DatabaseSync(path)
  try {
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
    refuseForeign(database, path)
    writeAhead(database)
    inTransaction(database, () => bringUpToDate(database, path))
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Before anything is written to the file, its journal mode included. */
function refuseForeign(database: DatabaseSync, path: string): void {
  const tables = names(database, "SELECT name FROM sqlite_master WHERE type = 'table'")
  if (tables.size === 0 || tables.has('inseam_index_migrations')) return
  throw new InseamError(
    'index-failed',
    `${path} is a SQLite database of something else: it has no table "inseam_index_migrations".`,
    { fix: 'Name another file as `index` of the set of documents.' },
  )
}

function bringUpToDate(database: DatabaseSync, path: string): void {
  database.exec(
    'CREATE TABLE IF NOT EXISTS inseam_index_migrations (name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL)',
  )
  const applied = names(database, 'SELECT name FROM inseam_index_migrations')
  const known = new Set(indexMigrations.map(({ name }) => name))
  const newer = [...applied].find((name) => !known.has(name))
  if (newer !== undefined)
    throw new InseamError(
      'index-failed',
      `${path} was written by a newer version: it has the schema step "${newer}", which this one does not know.`,
      { fix: 'Upgrade inseam, or name another file as `index` of the set of documents.' },
    )
  const note = database.prepare('INSERT INTO inseam_index_migrations (name, applied_at) VALUES (?, ?)')
  for (const { name, sql } of indexMigrations) {
    if (applied.has(name)) continue
    database.exec(sql)
    note.run(name, Date.now())
  }
}

function names(database: DatabaseSync, sql: string): Set<string> {
  const rows = database.prepare(sql).all()
  return new Set(rows.map(({ name }) => String(name)))
}
