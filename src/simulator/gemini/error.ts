import { type Problem, type ProblemKind, statusOf } from '../problem.ts'

const names: Readonly<Record<ProblemKind, string>> = {
  'invalid-request': 'INVALID_ARGUMENT',
  unauthenticated: 'UNAUTHENTICATED',
  'not-found': 'NOT_FOUND',
  'too-large': 'INVALID_ARGUMENT',
  'rate-limited': 'RESOURCE_EXHAUSTED',
  'quota-exhausted': 'RESOURCE_EXHAUSTED',
  'server-error': 'INTERNAL',
  unavailable: 'UNAVAILABLE',
  overloaded: 'UNAVAILABLE',
  'content-blocked': 'INVALID_ARGUMENT',
}

/** Google's error envelope, with what google.rpc says of limits and waits. */
export function generateErrorBody(problem: Problem, _requestId?: string): object {
  const details = detailsOf(problem)
  return {
    error: {
      code: statusOf[problem.kind],
      message: problem.message,
      status: names[problem.kind],
      ...(details.length > 0 && { details }),
    },
  }
}

function detailsOf({ kind, retryAfterSeconds }: Problem): object[] {
  const limited = kind === 'rate-limited' || kind === 'quota-exhausted'
  const span = kind === 'quota-exhausted' ? 'Day' : 'Minute'
  const violations = [{ quotaId: `GenerateRequestsPer${span}PerProjectPerModel` }]
  return [
    ...(limited ? [{ '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations }] : []),
    ...(retryAfterSeconds === undefined
      ? []
      : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfterSeconds}s` }]),
  ]
}

export function generateErrorFrame(problem: Problem): string {
  return `data: ${JSON.stringify(generateErrorBody(problem))}\r\n\r\n`
}
