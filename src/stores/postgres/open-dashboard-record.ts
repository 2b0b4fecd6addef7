import { InseamError } from '../../errors/index.ts'
import type { DashboardRecord } from '../dashboard/dashboard-record.ts'
import { codeOf } from './database-problems.ts'
import { openPostgresEventReader } from './event-reader.ts'
import { openDatabase } from './open-database.ts'
import { postgresRecordTables } from './postgres-record-tables.ts'

/** What the page asks of a record in Postgres, but for eval runs. Rejects as `openPostgresEventReader`. */
export async function openDashboardRecord(
  url: string,
  limitMs: number,
): Promise<Pick<DashboardRecord, 'tables' | 'stories'> & { readonly close: () => Promise<void> }> {
  const stories = await openPostgresEventReader({ url })
  const database = await openDatabase({ url, maxConnections: 2, statementTimeoutMs: limitMs })
  return {
    tables: postgresRecordTables(database, limitMs),
    stories,
    async close() {
      await Promise.all([stories.close(), database.close()])
    },
  }
}

/** A failure of a question; that it took too long is said as such. */
export function dashboardProblem(problem: InseamError): InseamError {
  if (codeOf(problem) !== tookTooLong) return problem
  return new InseamError('timed-out', 'The record in Postgres did not answer in its time.', {
    fix: 'Ask for a shorter span of time, or for less.',
    cause: problem,
  })
}

/** SQLSTATE. */
const tookTooLong = '57014'
