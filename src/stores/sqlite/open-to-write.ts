import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sqliteCode } from '../../sqlite/sqlite-code.ts'
import { writeAhead } from '../../sqlite/write-ahead.ts'
import { bringUpToDate, type StoreProblem } from './bring-up-to-date.ts'
import type { StoreFile } from './store-file.ts'

const busyTimeoutMs = 5_000

/** Opens a file to write it, with its directory, in WAL mode and with its schema up to date; `onStep` hears of each step that it took. */
export function openToWrite(
  path: string,
  file: StoreFile,
  onStep?: (name: string) => void,
): DatabaseSync | StoreProblem {
  let database: DatabaseSync | undefined
  try {
    mkdirSync(dirname(path), { recursive: true })
    database = new DatabaseSync(path)
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
    writeAhead(database)
    const problem = bringUpToDate(database, path, file, onStep)
    if (!problem) return database
    database.close()
    return problem
  } catch (error) {
    if (database?.isOpen) database.close()
    return problemOf(error, path, file)
  }
}

/** A failure to write, and what to do about it. */
export function problemOf(error: unknown, path: string, { name }: StoreFile): StoreProblem {
  const said = error instanceof Error ? error.message : String(error)
  const message = `The ${name} ${path} cannot be written: ${said}.`
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
