import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { bindable, type SentCell, type Table, tables } from './event-rows.ts'
import { migrate, type StoreProblem } from './migrate.ts'

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

const busyTimeoutMs = 5_000
/** SQLite's codes of a row that does not fit: SQLITE_ERROR, SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH. */
const rowsFault = new Set([1, 18, 19, 20])

type Inserts = Readonly<Record<Table, StatementSync>>

const tableNames = Object.keys(tables) as Table[]

/** Opens the file and serves the store until it is told to close. Runs in a worker of its own. */
function serve(port: NonNullable<typeof parentPort>, path: string): void {
  const say = (message: FromWriter) => port.postMessage(message)
  const opened = open(path)
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

function open(path: string): DatabaseSync | StoreProblem {
  let database: DatabaseSync | undefined
  try {
    mkdirSync(dirname(path), { recursive: true })
    database = new DatabaseSync(path)
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
    switchToWal(database)
    // Checkpoints every 16 MB: at SQLite's own 4 MB, a fifth of the time goes into them.
    database.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864')
    const problem = migrate(database, path, Date.now())
    if (!problem) return database
    database.close()
    return problem
  } catch (error) {
    if (database?.isOpen) database.close()
    return problemOf(error, path)
  }
}

/** The switch does not wait for other openers by itself, and two processes may start at once. */
function switchToWal(database: DatabaseSync): void {
  for (let patience = 40; ; patience--) {
    try {
      database.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (sqliteCode(error) !== 5 || patience === 0) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
    }
  }
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

function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

function sqliteCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : -1
}

function problemOf(error: unknown, path: string): StoreProblem {
  const said = error instanceof Error ? error.message : String(error)
  const message = `The event store ${path} cannot be written: ${said}.`
  switch (sqliteCode(error)) {
    case 5:
    case 6:
      return { message, fix: 'Another process holds the file locked; stop it, or give each its own file.' }
    case 13:
      return { message, fix: 'Make room on the disk.' }
    case 11:
    case 26:
      return { message, fix: 'The file is damaged or no SQLite database: move it away, or name another one.' }
    default:
      return { message, fix: 'Make the directory and the file writable for this user, or name another file.' }
  }
}

if (parentPort) serve(parentPort, (workerData as WriterData).path)
