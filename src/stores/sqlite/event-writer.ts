import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { inTransaction } from '../../sqlite/in-transaction.ts'
import { sqliteCode } from '../../sqlite/sqlite-code.ts'
import type { StoreProblem } from './bring-up-to-date.ts'
import { eventFile } from './event-file.ts'
import { bindable, type SentCell, type Table, tables } from './event-rows.ts'
import { openToWrite, problemOf } from './open-to-write.ts'
import { createRollUpWriter, type RollUpWriter } from './roll-up-writer.ts'
import type { OpenedOrNot, WriterData } from './start-writer.ts'

/** What the store tells its writer. `rows` is JSON of {@link BatchRows}: one string crosses threads faster than many objects. */
export type ToWriter =
  | { readonly type: 'write'; readonly batch: number; readonly rows: string }
  | { readonly type: 'close' }

/** What the writer tells the store. A batch that is `written` is committed. */
export type FromWriter =
  | OpenedOrNot
  | { readonly type: 'written'; readonly batch: number; readonly dropped: number; readonly problem?: StoreProblem }
  /** So many calls are not in the roll-ups yet. */
  | { readonly type: 'rolled-up'; readonly left: number; readonly problem?: StoreProblem }
  | { readonly type: 'closed' }

/** The rows of one batch. */
export type BatchRows = Readonly<Record<Table, readonly SentCell[][]>>

/** SQLite's codes of a row that does not fit: SQLITE_ERROR, SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH. */
const rowsFault = new Set([1, 18, 19, 20])

type Inserts = Readonly<Record<Table, StatementSync>>

const tableNames = Object.keys(tables) as Table[]

/** Opens the file and serves the store until it is told to close. Runs in a worker of its own. */
function serve(port: NonNullable<typeof parentPort>, path: string): void {
  const say = (message: FromWriter) => port.postMessage(message)
  const opened = openToWrite(path, eventFile)
  if (!(opened instanceof DatabaseSync)) {
    say({ type: 'unusable', problem: opened })
    port.close()
    return
  }
  const inserts = Object.fromEntries(tableNames.map((table) => [table, opened.prepare(insertSql(table))])) as Inserts
  port.on('message', (message: ToWriter) => {
    if (message.type === 'write') {
      say({ type: 'written', batch: message.batch, ...write(opened, inserts, path, JSON.parse(message.rows)) })
      rolling.soon()
      return
    }
    rolling.stop()
    opened.close()
    say({ type: 'closed' })
    port.close()
  })
  say({ type: 'ready' })
  const rolling = keepRollingUp(createRollUpWriter(opened), (left, error) =>
    say({ type: 'rolled-up', left, ...(error !== undefined && { problem: problemOf(error, path, eventFile) }) }),
  )
  rolling.soon()
}

/** Calls that wait to be rolled up while others are written: many together cost less each. */
const mostWaiting = 20_000
const callsPerStep = 5_000
const quietMs = 50

/**
 * Rolls calls up when it is quiet, and where too many wait; those that are left are rolled up by whoever opens the file next.
 * Says how many are left after each step.
 */
function keepRollingUp(rollUps: RollUpWriter, say: (left: number, error?: unknown) => void) {
  let timer: NodeJS.Timeout | undefined
  const step = (most: number): number => {
    try {
      rollUps.step(most)
      const left = rollUps.left()
      say(left)
      return left
    } catch (error) {
      // The calls themselves are written; the next batch tries again.
      say(rollUps.left(), error)
      return 0
    }
  }
  const rollOn = (): void => {
    timer = undefined
    if (step(callsPerStep) > 0) timer = setTimeout(rollOn, 0)
  }
  let sinceStep = 0
  return {
    /** Some calls were written. */
    soon() {
      clearTimeout(timer)
      if (++sinceStep >= batchesBetween && rollUps.left() >= mostWaiting) {
        sinceStep = 0
        step(mostWaiting)
      }
      timer = setTimeout(rollOn, quietMs)
    },
    stop() {
      clearTimeout(timer)
      if (rollUps.left() < mostWaiting) step(mostWaiting)
    },
  }
}

/** Batches after which is looked how many calls wait. */
const batchesBetween = 40

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
    const problem = problemOf(error, path, eventFile)
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
