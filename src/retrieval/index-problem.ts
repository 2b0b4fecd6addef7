import { type ErrorCode, InseamError, isInseamError } from '../errors/index.ts'
import { sqliteCode } from '../sqlite/sqlite-code.ts'

/** A failure as plain data: it crosses from the worker. */
export interface IndexProblem {
  readonly code: ErrorCode
  readonly message: string
  readonly fix: string
}

/** A document that cannot be read, and what to do. */
export function unreadable(message: string, fix: string, cause?: unknown): InseamError {
  return new InseamError('documents-unreadable', message, { fix, cause })
}

/** A problem of the worker as the error that it stands for. */
export function errorOf({ code, message, fix }: IndexProblem): InseamError {
  return new InseamError(code, message, { fix })
}

/** What was thrown in the worker, with what to do about SQLite's failures. */
export function problemOf(thrown: unknown, path: string): IndexProblem {
  if (isInseamError(thrown)) return { code: thrown.code, message: thrown.message, fix: thrown.fix }
  const said = thrown instanceof Error ? thrown.message : String(thrown)
  return { code: 'index-failed', message: `The index ${path} failed: ${said}.`, fix: fixOf(sqliteCode(thrown)) }
}

function fixOf(code: number): string {
  switch (code) {
    case 5:
    case 6:
      return 'Another process holds the file locked; stop it, or give each its own file.'
    case 11:
    case 26:
      return 'The file is damaged or no SQLite database: move it away and it is made anew, or name another one as `index`.'
    case 13:
      return 'Make room on the disk.'
    default:
      return 'Make the directory and the file writable for this user, or name another file as `index`.'
  }
}
