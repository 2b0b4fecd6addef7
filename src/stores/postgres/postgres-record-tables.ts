import type { RecordTables } from '../dashboard/dashboard-record.ts'
import { tables as recorded } from '../sqlite/event-rows.ts'
import type { Database, Session } from './open-database.ts'

/** The tables of a record in Postgres. Its roll-ups have every call from the moment on at which it is written. */
export function postgresRecordTables(database: Database, timeoutMs: number): RecordTables {
  return tablesOver(database, (work) =>
    database.transaction(
      (session) => {
        // It is one moment already.
        const within: RecordTables = tablesOver(session, (more) => more(within))
        return work(within)
      },
      { isReadOnly: true, timeoutMs },
    ),
  )
}

function tablesOver(session: Session, snapshot: RecordTables['snapshot']): RecordTables {
  return {
    rows: (sql, values = []) => {
      let place = 0
      return session.rows(
        sql.replaceAll('?', () => `$${++place}`),
        values,
      )
    },
    snapshot,
    rolledUp: async () => ({ upto: Number.MAX_SAFE_INTEGER, left: 0 }),
    columnsOf: async (table) => new Set(recorded[table].columns),
    rollUps: 'rollups',
    like: 'ILIKE',
  }
}
