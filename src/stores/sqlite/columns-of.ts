import type { DatabaseSync } from 'node:sqlite'

/** The columns that a table has in this file; none where there is no such table. */
export function columnsOf(database: DatabaseSync, table: string): Set<string> {
  const rows = database.prepare('SELECT name FROM pragma_table_info(?)').all(table)
  return new Set(rows.map(({ name }) => String(name)))
}
