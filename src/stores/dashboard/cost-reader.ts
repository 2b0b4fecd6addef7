import type { CostReport } from '../rollup/cost-report.ts'
import { openReadOnly } from '../sqlite/open-read-only.ts'
import { recordTables } from '../sqlite/record-tables.ts'
import { type CostQuestion, costs } from './cost-query.ts'
import type { RecordTables } from './dashboard-record.ts'

/** Tells what was spent. */
export interface CostReader extends AsyncDisposable {
  report(question: CostQuestion): Promise<CostReport>
}

/** How long Postgres may take for one statement. */
const limitMs = 30_000

/**
 * Opens a record to ask what was spent, also while a gateway writes to it, and where an older version wrote its file. Throws
 * `not-found` where there is none, `config-invalid` where a file is no event store, and `store-failed` where Postgres cannot be asked.
 */
export async function openCostReader(at: { readonly path: string } | { readonly url: string }): Promise<CostReader> {
  if ('url' in at) {
    const { openDashboardRecord } = await import('../postgres/open-dashboard-record.ts')
    const { tables, close } = await openDashboardRecord(at.url, limitMs)
    return readerOf(tables, close)
  }
  const database = openReadOnly(at.path)
  return readerOf(recordTables(database), async () => database.close())
}

function readerOf(tables: RecordTables, close: () => Promise<void>): CostReader {
  return { report: (question) => costs(tables, question), [Symbol.asyncDispose]: close }
}
