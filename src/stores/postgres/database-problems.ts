import { InseamError, isInseamError } from '../../errors/index.ts'

/** What Postgres or its client says of a failure: an SQLSTATE of five characters, or a code of Node's. */
export function codeOf(error: unknown): string | undefined {
  const told = isInseamError(error) ? error.cause : error
  const code = told instanceof Error && 'code' in told ? told.code : undefined
  return typeof code === 'string' ? code : undefined
}

/**
 * Whether Postgres could not be asked, or cannot work now: it is away, starting, full, or was stopped. What it said no to for good is not
 * that.
 */
export function isAway(error: unknown): boolean {
  const code = codeOf(error)
  // 08: connection; 53: no room; 57P: stopped or starting; 57014: took too long; 58: its disk; 25006: a replica; 40: collided.
  return code === undefined || !isSqlState(code) || /^(?:08|53|57|58|25006|40)/.test(code)
}

/** Whether a connection is of no use after this: the failure is not one that Postgres itself answered, or it ends. */
export function failedToAsk(error: unknown): boolean {
  const code = codeOf(error)
  const isOurs = isInseamError(error) && error.code !== 'store-failed'
  return !isOurs && (code === undefined || !isSqlState(code) || /^(?:08|57P)/.test(code))
}

/** A failure of Postgres as `store-failed`, with what to do about it and nothing of the URL; what is an InseamError is given as it is. */
export function databaseProblem(error: unknown, name: string): InseamError {
  if (isInseamError(error)) return error
  const said = error instanceof Error ? error.message : String(error)
  return new InseamError('store-failed', `Postgres at ${name} failed: ${said}.`, {
    fix: fixFor(codeOf(error)),
    cause: bare(error),
  })
}

/** The client's errors carry the client, and that the password. */
function bare(error: unknown): Error {
  const told = new Error(error instanceof Error ? error.message : String(error))
  return Object.assign(told, { code: codeOf(error) })
}

/** Node's `EPIPE` has five characters too. */
const isSqlState = (code: string): boolean => /^(?!E[A-Z])[0-9A-Z]{5}$/.test(code)

function fixFor(code: string | undefined): string {
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'Start it, or correct host and port of its URL.'
    case '28P01':
    case '28000':
      return 'Correct user and password of its URL, or allow this user in pg_hba.conf.'
    case '3D000':
      return 'Create the database, or name another one in the URL.'
    case '42501':
      return 'Grant the user what it needs: CREATE on the database once, for `inseam migrate`, and its schema afterwards.'
    case '42P01':
    case '42703':
    case '3F000':
      return 'Run `inseam migrate`.'
    case '53300':
      return 'Raise max_connections of the server, or put a pooler before it.'
    case '53100':
    case '53200':
      return 'Make room on the disk or in the memory of the server.'
    case '57014':
      return 'Ask for less, or look for what holds locks or lacks an index on the server.'
    case '57P03':
      return 'Wait until the server has started.'
    case '25006':
      return 'Name the primary in the URL: a replica cannot be written.'
    default:
      return 'Look into the log of the server, and that it can be reached from here.'
  }
}
