import type { Problem, ProblemKind } from '../problem.ts'

const types: Readonly<Record<ProblemKind, readonly [type: string, code: string | null]>> = {
  'invalid-request': ['invalid_request_error', null],
  unauthenticated: ['invalid_request_error', 'invalid_api_key'],
  'not-found': ['invalid_request_error', 'model_not_found'],
  'too-large': ['invalid_request_error', 'request_too_large'],
  'rate-limited': ['requests', 'rate_limit_exceeded'],
  'quota-exhausted': ['insufficient_quota', 'insufficient_quota'],
  'server-error': ['server_error', null],
  unavailable: ['server_error', 'service_unavailable'],
  overloaded: ['server_error', 'overloaded'],
  'content-blocked': ['invalid_request_error', 'content_policy_violation'],
}

/** OpenAI's error envelope. */
export function chatErrorBody(problem: Problem): object {
  const [type, code] = types[problem.kind]
  return {
    error: {
      message: problem.message,
      type: problem.type ?? type,
      param: problem.param ?? null,
      code: problem.code ?? (problem.type === undefined ? code : null),
    },
  }
}

export function chatErrorFrame(problem: Problem): string {
  return `data: ${JSON.stringify(chatErrorBody(problem))}\n\n`
}
