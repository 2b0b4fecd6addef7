import type { DatabaseSync } from 'node:sqlite'
import { sqliteCode } from './sqlite-code.ts'

const busy = 5
const tries = 100
const pauseMs = 50

/**
 * Writes ahead (WAL), so that readers and a writer do not wait for each other. Checkpoints every 16 MB: at SQLite's own 4 MB, a
 * fifth of the time goes into them. Waits up to five seconds for others that open the file, and then throws what SQLite throws.
 */
export function writeAhead(database: DatabaseSync): void {
  switchToWal(database)
  database.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864')
}

/** The switch does not wait for other openers by itself, and two processes may start at once. */
function switchToWal(database: DatabaseSync): void {
  for (let tried = 1; ; tried++) {
    try {
      database.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (sqliteCode(error) !== busy || tried === tries) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
    }
  }
}
