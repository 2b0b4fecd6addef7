import type { DatabaseSync } from 'node:sqlite'
import type { Cells, RecordTables, RolledUp } from '../dashboard/dashboard-record.ts'
import { columnsOf } from './columns-of.ts'

/** The tables of a record in a file, also where an older version wrote it. */
export function recordTables(database: DatabaseSync): RecordTables {
  const tables: RecordTables = {
    async rows(sql, values = []) {
      const statement = database.prepare(sql)
      statement.setReturnArrays(true)
      return statement.iterate(...values) as unknown as Iterable<Cells>
    },
    async snapshot(work) {
      database.exec('BEGIN')
      try {
        return await work(tables)
      } finally {
        if (database.isTransaction) database.exec('ROLLBACK')
      }
    },
    rolledUp: async () => rolledUp(database),
    columnsOf: async (table) => columnsOf(database, table),
    // The order in which they are read is that of the words.
    rollUps: 'rollups CROSS JOIN rollup_subjects USING (subject)',
    like: 'LIKE',
  }
  return tables
}

function rolledUp(database: DatabaseSync): RolledUp {
  const newest = Number(database.prepare('SELECT coalesce(max(seq), 0) AS seq FROM calls').get()?.seq ?? 0)
  if (columnsOf(database, 'rollup_progress').size === 0) return { upto: 0, left: newest }
  const noted = Number(database.prepare('SELECT upto FROM rollup_progress').get()?.upto ?? 0)
  const upto = Math.min(noted, newest)
  return { upto, left: newest - upto }
}
