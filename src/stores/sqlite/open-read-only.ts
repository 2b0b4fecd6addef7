import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { InseamError } from '../../errors/index.ts'

/**
 * Opens the file of an event store to read only. Throws `not-found` where there is no file and `config-invalid` where it is no
 * event store.
 */
export function openReadOnly(path: string): DatabaseSync {
  if (!existsSync(path))
    throw new InseamError('not-found', `There is no event store at ${path}.`, {
      fix: 'Make a call through Inseam first, or name the file that it writes.',
    })
  try {
    const database = new DatabaseSync(path, { readOnly: true })
    database.exec('PRAGMA busy_timeout = 5000')
    const { tables } = database
      .prepare("SELECT count(*) AS tables FROM sqlite_master WHERE name IN ('calls', 'attempts', 'inseam_migrations')")
      .get() as { tables: number }
    if (tables === 3) return database
    database.close()
  } catch (cause) {
    throw notAStore(path, cause)
  }
  throw notAStore(path, undefined)
}

function notAStore(path: string, cause: unknown): InseamError {
  const said = cause instanceof Error ? `: ${cause.message}` : ''
  return new InseamError('config-invalid', `${path} cannot be read as an event store${said}.`, {
    fix: 'Name the file that Inseam writes its events to.',
    cause,
  })
}
