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

/** Google's error envelope, with what google.rpc says of limits and waits; a prompt that is blocked is no error there. */
export function generateErrorBody(problem: Problem, _requestId?: string): object {
  if (problem.kind === 'content-blocked' && problem.status === 200) {
    return { promptFeedback: { blockReason: problem.message } }
  }
  const details = detailsOf(problem)
  return {
    error: {
      code: problem.status ?? statusOf[problem.kind],
      message: problem.message,
      status: problem.type ?? names[problem.kind],
      ...(details.length > 0 && { details }),
    },
  }
}

function detailsOf({ kind, details, retryAfterSeconds }: Problem): object[] {
  return [
    ...(details ?? limitDetails(kind)),
    ...(retryAfterSeconds === undefined
      ? []
      : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfterSeconds}s` }]),
  ]
}

function limitDetails(kind: ProblemKind): object[] {
  if (kind !== 'rate-limited' && kind !== 'quota-exhausted') return []
  const span = kind === 'quota-exhausted' ? 'Day' : 'Minute'
  const violations = [{ quotaId: `GenerateRequestsPer${span}PerProjectPerModel` }]
  return [{ '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations }]
}

export function generateErrorFrame(problem: Problem): string {
  return `data: ${JSON.stringify(generateErrorBody(problem))}\r\n\r\n`
}
