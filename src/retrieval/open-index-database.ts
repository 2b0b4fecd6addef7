import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { InseamError } from '../errors/index.ts'
import { inTransaction } from '../sqlite/in-transaction.ts'
import { isForeign, migrate } from '../sqlite/migrate.ts'
import { writeAhead } from '../sqlite/write-ahead.ts'
import { indexMigrations } from './index-migrations.ts'

/** How long one process waits for another that writes the same index, in milliseconds. */
const busyTimeoutMs = 60_000

const noted = 'inseam_index_migrations'

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
  if (!isForeign(database, noted)) return
  throw new InseamError('index-failed', `${path} is a SQLite database of something else: it has no table "${noted}".`, {
    fix: 'Name another file as `index` of the set of documents.',
  })
}

function bringUpToDate(database: DatabaseSync, path: string): void {
  const newer = migrate(database, noted, indexMigrations)
  if (newer === undefined) return
  throw new InseamError(
    'index-failed',
    `${path} was written by a newer version: it has the schema step "${newer}", which this one does not know.`,
    { fix: 'Upgrade inseam, or name another file as `index` of the set of documents.' },
  )
}
