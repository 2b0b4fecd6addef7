import type { DatabaseSync } from 'node:sqlite'
import { migrations } from './migrations.ts'
import { viewSql, views } from './views.ts'

/** Why a file cannot be the event store, and what to do. Plain data: it crosses from the worker. */
export interface StoreProblem {
  readonly message: string
  readonly fix: string
}

/**
 * Brings the schema up to date, forward only, in one transaction. Gives a problem, and changes nothing, where the file holds
 * something else or was written by a newer version.
 */
export function migrate(database: DatabaseSync, path: string, now: number): StoreProblem | undefined {
  database.exec('BEGIN IMMEDIATE')
  try {
    const problem = bringUpToDate(database, path, now)
    database.exec(problem ? 'ROLLBACK' : 'COMMIT')
    return problem
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

function bringUpToDate(database: DatabaseSync, path: string, now: number): StoreProblem | undefined {
  const tables = names(database, "SELECT name FROM sqlite_master WHERE type = 'table'")
  if (tables.size > 0 && !tables.has('inseam_migrations'))
    return {
      message: `${path} is a SQLite database of something else: it has no table "inseam_migrations".`,
      fix: 'Name another file for the events.',
    }
  database.exec('CREATE TABLE IF NOT EXISTS inseam_migrations (name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL)')
  const applied = names(database, 'SELECT name FROM inseam_migrations')
  const known = new Set(migrations.map(({ name }) => name))
  const newer = [...applied].find((name) => !known.has(name))
  if (newer !== undefined)
    return {
      message: `${path} was written by a newer version: it has the schema step "${newer}", which this one does not know.`,
      fix: 'Upgrade inseam, or name another file for the events.',
    }
  const note = database.prepare('INSERT INTO inseam_migrations (name, applied_at) VALUES (?, ?)')
  for (const { name, sql } of migrations) {
    if (applied.has(name)) continue
    database.exec(sql)
    note.run(name, now)
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

function names(database: DatabaseSync, sql: string): Set<string> {
  return new Set(
    database
      .prepare(sql)
      .all()
      .map(({ name }) => String(name)),
  )
}
