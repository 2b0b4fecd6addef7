import type { DatabaseSync } from 'node:sqlite'
import { isForeign, migrate } from '../../sqlite/migrate.ts'
import { migrations } from './migrations.ts'
import { viewSql, views } from './views.ts'

/** Why a file cannot be the event store, and what to do. Plain data: it crosses from the worker. */
export interface StoreProblem {
  readonly message: string
  readonly fix: string
}

const noted = 'inseam_migrations'

/**
 * Brings the schema up to date, forward only, in one transaction. Gives a problem, and changes nothing, where the file holds
 * something else or was written by a newer version.
 */
export function bringUpToDate(database: DatabaseSync, path: string): StoreProblem | undefined {
  database.exec('BEGIN IMMEDIATE')
  try {
    const problem = tryToMigrate(database, path)
    database.exec(problem ? 'ROLLBACK' : 'COMMIT')
    return problem
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

function tryToMigrate(database: DatabaseSync, path: string): StoreProblem | undefined {
  if (isForeign(database, noted))
    return {
      message: `${path} is a SQLite database of something else: it has no table "${noted}".`,
      fix: 'Name another file for the events.',
    }
  const newer = migrate(database, noted, migrations)
  if (newer !== undefined)
    return {
      message: `${path} was written by a newer version: it has the schema step "${newer}", which this one does not know.`,
      fix: 'Upgrade inseam, or name another file for the events.',
    }
  refreshViews(database)
  return undefined
}

/** Views hold no data, so they follow the code: a changed one is made anew. */
function refreshViews(database: DatabaseSync): void {
  const current = database.prepare("SELECT sql FROM sqlite_master WHERE type = 'view' AND name = ?")
  for (const view of views) {
    const sql = viewSql(view)
    if (current.get(view.name)?.sql === sql) continue
    database.exec(`DROP VIEW IF EXISTS ${view.name}; ${sql}`)
  }
}
