import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { migrate, type StoreProblem } from './migrate.ts'

const busyTimeoutMs = 5_000

/** Opens the file of an event store to write it, with its directory, in WAL mode and with its schema up to date. */
export function openToWrite(path: string): DatabaseSync | StoreProblem {
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

/** Does the work in one transaction; what throws undoes it. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
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

/** SQLite's own code of an error, or -1. */
export function sqliteCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : -1
}

/** A failure to write, and what to do about it. */
export function problemOf(error: unknown, path: string): StoreProblem {
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
