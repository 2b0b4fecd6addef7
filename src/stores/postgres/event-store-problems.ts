import { grouped } from '../../core/figures.ts'
import { InseamError } from '../../errors/index.ts'

/** Postgres is away, and nothing is lost yet. */
export function waitsOnDisk({ message, fix }: InseamError, path: string): InseamError {
  return new InseamError('store-failed', `${message} Events wait in ${path} and are sent once it is back.`, { fix })
}

/** Postgres is there again. */
export function isBack(name: string, waiting: number): string {
  return `Postgres at ${name} is back: ${grouped(waiting)} events that wait on disk are sent to it.`
}

/** The spool holds as much as it may. */
export function noRoom(path: string, maxBytes: number): InseamError {
  return new InseamError(
    'store-failed',
    `The spool ${path} holds ${grouped(maxBytes)} bytes of events: further ones are dropped.`,
    {
      fix: 'Bring Postgres back, or raise `events.spool.maxBytes`.',
    },
  )
}

/** The disk does not take what Postgres could not. */
export function spoolFailed(path: string, cause: unknown): InseamError {
  const said = cause instanceof Error ? cause.message : String(cause)
  return new InseamError('store-failed', `The spool ${path} cannot be used: ${said}.`, {
    fix: 'Make the folder writable for this user and room on its disk, or name another one in `events.spool.path`.',
    cause,
  })
}
