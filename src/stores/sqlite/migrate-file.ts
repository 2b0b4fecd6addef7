import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { isForeign } from '../../sqlite/migrate.ts'
import { holdsSomethingElse, type StoreProblem, writtenByNewer } from './bring-up-to-date.ts'
import { eventFile } from './event-file.ts'
import { openToWrite, problemOf } from './open-to-write.ts'
import { stateFile } from './state-file.ts'
import type { StoreFile } from './store-file.ts'
import { problemWith } from './store-problems.ts'

/** A file of ours, and what is kept in it. */
export interface FileToMigrate {
  readonly path: string
  readonly holds: 'events' | 'state'
}

const files: Readonly<Record<FileToMigrate['holds'], StoreFile>> = { events: eventFile, state: stateFile }

/**
 * The names of the steps that a file has not taken yet: of one that is not there, all of them. Changes nothing. Throws
 * `config-invalid` where a newer version wrote it, where it holds something else, or where it cannot be read.
 */
export function pendingInFile({ path, holds }: FileToMigrate): readonly string[] {
  const file = files[holds]
  const all = file.migrations.map(({ name }) => name)
  if (!existsSync(path)) return all
  let found: readonly string[] | StoreProblem
  try {
    found = read(path, file, all)
  } catch (error) {
    found = problemOf(error, path, file)
  }
  if ('message' in found) throw problemWith('config-invalid', found)
  return found
}

/**
 * Takes those steps, all of them or none, in one transaction; makes the file where it is not there. Others that open it meanwhile wait
 * up to five seconds. Gives the steps that were taken here. Throws `config-invalid` where it cannot, and the file is as it was.
 */
export function migrateFile({ path, holds }: FileToMigrate): readonly string[] {
  const taken: string[] = []
  const opened = openToWrite(path, files[holds], (name) => taken.push(name))
  if ('message' in opened) throw problemWith('config-invalid', opened)
  opened.close()
  return taken
}

function read(path: string, { noted, holds }: StoreFile, all: readonly string[]): readonly string[] | StoreProblem {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    database.exec('PRAGMA busy_timeout = 5000')
    if (isForeign(database, noted)) return holdsSomethingElse(path, noted, holds)
    const hasNotes = database.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(noted) !== undefined
    const rows = hasNotes ? database.prepare(`SELECT name FROM ${noted}`).all() : []
    const taken = new Set(rows.map(({ name }) => String(name)))
    const newer = [...taken].find((name) => !all.includes(name))
    return newer === undefined ? all.filter((name) => !taken.has(name)) : writtenByNewer(path, newer, holds)
  } finally {
    database.close()
  }
}
