import type { DatabaseSync } from 'node:sqlite'
import type { StoreProblem } from './bring-up-to-date.ts'
import { openToWrite } from './open-to-write.ts'
import { stateFile } from './state-file.ts'

/**
 * Opens the file of what processes share, with its directory, and with its schema up to date. What is committed to it survives the
 * machine's power, too.
 */
export function openState(path: string): DatabaseSync | StoreProblem {
  const database = openToWrite(path, stateFile)
  if ('exec' in database) database.exec('PRAGMA synchronous = FULL')
  return database
}
