import type { Problem, ProblemKind } from '../problem.ts'

const types: Readonly<Record<ProblemKind, string>> = {
  'invalid-request': 'invalid_request_error',
  unauthenticated: 'authentication_error',
  'not-found': 'not_found_error',
  'too-large': 'request_too_large',
  'rate-limited': 'rate_limit_error',
  'quota-exhausted': 'rate_limit_error',
  'server-error': 'api_error',
  unavailable: 'api_error',
  overloaded: 'overloaded_error',
  'content-blocked': 'invalid_request_error',
}

/** Whose codes are Anthropic's own. */
const limits: ReadonlySet<ProblemKind> = new Set<ProblemKind>(['rate-limited', 'quota-exhausted'])

/** Anthropic's error envelope. */
export function messagesErrorBody(problem: Problem, requestId: string): object {
  const own = limits.has(problem.kind) || problem.code?.startsWith('thread_') ? problem.code : undefined
  const code = own ?? (problem.kind === 'quota-exhausted' ? 'enforced_spend_limit_reached' : undefined)
  const details = code === undefined ? {} : { details: { error_code: code } }
  return {
    type: 'error',
    error: { type: problem.type ?? types[problem.kind], message: problem.message, ...details },
    request_id: requestId,
  }
}

export function messagesErrorFrame(problem: Problem, requestId: string): string {
  return `event: error\ndata: ${JSON.stringify(messagesErrorBody(problem, requestId))}\n\n`
}
