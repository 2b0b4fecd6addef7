import { idOf, type SeamEvent } from '../../core/event.ts'
import { grouped } from '../../core/figures.ts'
import { InseamError } from '../../errors/index.ts'
import type { StoreProblem } from './bring-up-to-date.ts'
import type { StoreFile } from './store-file.ts'

/** A problem that the writer found. */
export function problemWith(code: 'config-invalid' | 'store-failed', { message, fix }: StoreProblem): InseamError {
  return new InseamError(code, message, { fix })
}

/** The worker thread ended by itself. */
export function writerDied(path: string, { name }: StoreFile, cause: unknown): InseamError {
  const said = cause instanceof Error ? `: ${cause.message}` : ''
  return new InseamError('store-failed', `The writer of the ${name} ${path} died${said}.`, {
    fix: 'Restart the process; what was committed is safe.',
    cause,
  })
}

/** Something happened after the end. */
export function recordedTooLate(path: string): InseamError {
  return new InseamError('store-failed', `A call was made after ${path} was closed: it is not on the record.`, {
    fix: 'Close the seam last, once nothing calls it any more.',
  })
}

/** The event holds what no row can. */
export function notWritable(event: SeamEvent, cause: unknown): InseamError {
  return new InseamError('store-failed', `The event ${idOf(event)} cannot be written as a row.`, {
    fix: 'Please report it, with its cause.',
    cause,
  })
}

/** The disk is slower than the calls, and the buffer is full. */
export function tooManyWait(maxPending: number, path: string): InseamError {
  return new InseamError(
    'store-failed',
    `${grouped(maxPending)} events wait to be written to ${path}; further ones are dropped.`,
    { fix: 'Put the event store on a faster disk, or raise `maxPending`.' },
  )
}
