import type { DatabaseSync } from 'node:sqlite'
import { isForeign, migrate } from '../../sqlite/migrate.ts'
import type { StoreFile } from './store-file.ts'
import type { View } from './view.ts'
import { viewSql } from './views.ts'

/** Why a file cannot be the store, and what to do. Plain data: it crosses from the worker. */
export interface StoreProblem {
  readonly message: string
  readonly fix: string
}

/**
 * Brings the schema up to date, forward only, in one transaction. Gives a problem, and changes nothing, where the file holds
 * something else or was written by a newer version.
 */
export function bringUpToDate(
  database: DatabaseSync,
  path: string,
  file: StoreFile,
  onStep?: (name: string) => void,
): StoreProblem | undefined {
  database.exec('BEGIN IMMEDIATE')
  try {
    const problem = tryToMigrate(database, path, file, onStep)
    database.exec(problem ? 'ROLLBACK' : 'COMMIT')
    return problem
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

function tryToMigrate(
  database: DatabaseSync,
  path: string,
  { holds, noted, migrations, views }: StoreFile,
  onStep: ((name: string) => void) | undefined,
): StoreProblem | undefined {
  if (isForeign(database, noted)) return holdsSomethingElse(path, noted, holds)
  const newer = migrate(database, noted, migrations, onStep)
  if (newer !== undefined) return writtenByNewer(path, newer, holds)
  refreshViews(database, views)
  return undefined
}

/** Views hold no data, so they follow the code: a changed one is made anew. */
function refreshViews(database: DatabaseSync, views: readonly View[]): void {
  const current = database.prepare("SELECT sql FROM sqlite_master WHERE type = 'view' AND name = ?")
  for (const view of views) {
    const sql = viewSql(view)
    if (current.get(view.name)?.sql === sql) continue
    database.exec(`DROP VIEW IF EXISTS ${view.name}; ${sql}`)
  }
}

/** The file is a database that has tables of others. */
export function holdsSomethingElse(path: string, noted: string, holds: string): StoreProblem {
  return {
    message: `${path} is a SQLite database of something else: it has no table "${noted}".`,
    fix: `Name another file for the ${holds}.`,
  }
}

/** The file has a step that is not known here. */
export function writtenByNewer(path: string, step: string, holds: string): StoreProblem {
  return {
    message: `${path} was written by a newer version: it has the schema step "${step}", which this one does not know.`,
    fix: `Upgrade inseam, or name another file for the ${holds}.`,
  }
}
