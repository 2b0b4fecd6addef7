import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { inTransaction } from '../../sqlite/in-transaction.ts'
import { sqliteCode } from '../../sqlite/sqlite-code.ts'
import type { StoreProblem } from './bring-up-to-date.ts'
import { bindable, type SentCell, type Table, tables } from './event-rows.ts'
import { openToWrite, problemOf } from './open-to-write.ts'

/** What the store tells its writer. `rows` is JSON of {@link BatchRows}: one string crosses threads faster than many objects. */
export type ToWriter =
  | { readonly type: 'write'; readonly batch: number; readonly rows: string }
  | { readonly type: 'close' }

/** What the writer tells the store. A batch that is `written` is committed. */
export type FromWriter =
  | { readonly type: 'ready' }
  | { readonly type: 'unusable'; readonly problem: StoreProblem }
  | { readonly type: 'written'; readonly batch: number; readonly dropped: number; readonly problem?: StoreProblem }
  | { readonly type: 'closed' }

/** The rows of one batch. */
export type BatchRows = Readonly<Record<Table, readonly SentCell[][]>>

/** What the writer is started with. */
export interface WriterData {
  readonly path: string
}

/** SQLite's codes of a row that does not fit: SQLITE_ERROR, SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH. */
const rowsFault = new Set([1, 18, 19, 20])

type Inserts = Readonly<Record<Table, StatementSync>>

const tableNames = Object.keys(tables) as Table[]

/** Opens the file and serves the store until it is told to close. Runs in a worker of its own. */
function serve(port: NonNullable<typeof parentPort>, path: string): void {
  const say = (message: FromWriter) => port.postMessage(message)
  const opened = openToWrite(path)
  if (!(opened instanceof DatabaseSync)) {
    say({ type: 'unusable', problem: opened })
    port.close()
    return
  }
  const inserts = Object.fromEntries(tableNames.map((table) => [table, opened.prepare(insertSql(table))])) as Inserts
  port.on('message', (message: ToWriter) => {
    if (message.type === 'write') {
      say({ type: 'written', batch: message.batch, ...write(opened, inserts, path, JSON.parse(message.rows)) })
      return
    }
    opened.close()
    say({ type: 'closed' })
    port.close()
  })
  say({ type: 'ready' })
}

function insertSql(table: Table): string {
  const { key, columns } = tables[table]
  const marks = columns.map(() => '?').join(', ')
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks}) ON CONFLICT (${key}) DO NOTHING`
}

function write(
  database: DatabaseSync,
  inserts: Inserts,
  path: string,
  rows: BatchRows,
): { dropped: number; problem?: StoreProblem } {
  const whole = () => {
    for (const table of tableNames) for (const row of rows[table]) inserts[table].run(...bindable(row))
    return 0
  }
  try {
    return { dropped: inTransaction(database, whole) }
  } catch (error) {
    const problem = problemOf(error, path)
    try {
      if (rowsFault.has(sqliteCode(error)))
        return { dropped: inTransaction(database, () => spareOthers(inserts, rows)), problem }
    } catch {
      // The first problem says more than what followed from it.
    }
    return { dropped: eventsOf(rows), problem }
  }
}

/** A call's content is a row of its own, and no event. */
const isEvent = (table: Table): boolean => table !== 'contents'

const eventsOf = (rows: BatchRows): number =>
  tableNames.reduce((sum, table) => sum + (isEvent(table) ? rows[table].length : 0), 0)

/** One row that does not fit must not take its batch with it. */
function spareOthers(inserts: Inserts, rows: BatchRows): number {
  let dropped = 0
  for (const table of tableNames)
    for (const row of rows[table]) {
      try {
        inserts[table].run(...bindable(row))
      } catch (error) {
        if (!rowsFault.has(sqliteCode(error))) throw error
        dropped += Number(isEvent(table))
      }
    }
  return dropped
}

if (parentPort) serve(parentPort, (workerData as WriterData).path)
