/** Why a request is refused, in no dialect's words. */
export type ProblemKind =
  | 'invalid-request'
  | 'unauthenticated'
  | 'not-found'
  | 'too-large'
  | 'rate-limited'
  | 'quota-exhausted'
  | 'server-error'
  | 'unavailable'
  | 'overloaded'
  | 'content-blocked'

export interface Problem {
  readonly kind: ProblemKind
  readonly message: string
  /** The field at fault, where the dialect names one. */
  readonly param?: string
  /** A finer code than the kind, where the dialect has one. */
  readonly code?: string
  /** The status, where it is not that of the kind. */
  readonly status?: number
  /** The provider's own word for the class of the error, where it is not that of the kind. */
  readonly type?: string
  /** What Google adds, where it is not that of the kind. */
  readonly details?: readonly object[]
  /** When to come back, where it is known and the dialect says it in the body. */
  readonly retryAfterSeconds?: number
}

export function invalid(message: string, param?: string, code?: string): Problem {
  return {
    kind: 'invalid-request',
    message,
    ...(param !== undefined && { param }),
    ...(code !== undefined && { code }),
  }
}

/** The HTTP status a problem travels under. */
export const statusOf: Readonly<Record<ProblemKind, number>> = {
  'invalid-request': 400,
  unauthenticated: 401,
  'not-found': 404,
  'too-large': 413,
  'rate-limited': 429,
  'quota-exhausted': 429,
  'server-error': 500,
  unavailable: 503,
  overloaded: 529,
  'content-blocked': 400,
}

/** There is nothing at such an address. */
export function notFound(method: string | undefined, path: string): Problem {
  return { kind: 'not-found', message: `Invalid URL (${method ?? ''} ${path})`, code: 'unknown_url' }
}
