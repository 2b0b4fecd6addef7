import type { Problem, ProblemKind } from '../problem.ts'
import { eventMessage } from './event-stream.ts'

const exceptions: Readonly<Record<ProblemKind, readonly [name: string, status: number]>> = {
  'invalid-request': ['ValidationException', 400],
  unauthenticated: ['UnrecognizedClientException', 403],
  'not-found': ['ResourceNotFoundException', 404],
  'too-large': ['ValidationException', 400],
  'rate-limited': ['ThrottlingException', 429],
  'quota-exhausted': ['ServiceQuotaExceededException', 400],
  'server-error': ['InternalServerException', 500],
  unavailable: ['ServiceUnavailableException', 503],
  overloaded: ['ServiceUnavailableException', 503],
  'content-blocked': ['ValidationException', 400],
}

/** The status of a refusal, and the header that names its exception. */
export function converseRefusal(problem: Problem): { status: number; headers: Record<string, string> } {
  const name = nameOf(problem)
  const status = problem.status ?? exceptions[problem.kind][1]
  return { status, headers: { 'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/` } }
}

/** What every service of AWS says of an error. */
export function converseErrorBody(problem: Problem): object {
  return { __type: nameOf(problem), message: problem.message }
}

function nameOf({ kind, type }: Problem): string {
  return type ?? exceptions[kind][0]
}

/** An exception within a stream: those that a stream may have, by their names there. */
export function converseErrorFrame(problem: Problem): Uint8Array {
  const name = nameOf(problem)
  const known = /^(?:InternalServer|ServiceUnavailable|Throttling|Validation)Exception$/.test(name)
  const type = known ? name.charAt(0).toLowerCase() + name.slice(1) : 'modelStreamErrorException'
  const headers = { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' }
  return eventMessage(headers, JSON.stringify({ message: problem.message }))
}
