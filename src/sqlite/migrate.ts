import type { DatabaseSync } from 'node:sqlite'

/** One step of a schema. Never edited once released: what is wrong is put right by a later step. */
export interface Migration {
  readonly name: string
  readonly sql: string
}

/** Whether a file holds a database of something else: it has tables, and not the one in which its steps are noted. */
export function isForeign(database: DatabaseSync, noted: string): boolean {
  const tables = names(database, "SELECT name FROM sqlite_master WHERE type = 'table'")
  return tables.size > 0 && !tables.has(noted)
}

/**
 * Takes the steps that a file has not taken yet, oldest first, and notes them in the table `noted`: within a transaction of the
 * caller's. Forward only. Where a newer version has written the file, nothing is done, and the name of its step is given.
 * `onStep` hears of each step.
 */
export function migrate(
  database: DatabaseSync,
  noted: string,
  steps: readonly Migration[],
  onStep: (name: string) => void = () => {},
): string | undefined {
  database.exec(`CREATE TABLE IF NOT EXISTS ${noted} (name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL)`)
  const taken = names(database, `SELECT name FROM ${noted}`)
  const known = new Set(steps.map(({ name }) => name))
  const newer = [...taken].find((name) => !known.has(name))
  if (newer !== undefined) return newer
  const note = database.prepare(`INSERT INTO ${noted} (name, applied_at) VALUES (?, ?)`)
  for (const { name, sql } of steps) {
    if (taken.has(name)) continue
    database.exec(sql)
    note.run(name, Date.now())
    onStep(name)
  }
  return undefined
}

function names(database: DatabaseSync, sql: string): Set<string> {
  const rows = database.prepare(sql).all()
  return new Set(rows.map(({ name }) => String(name)))
}
