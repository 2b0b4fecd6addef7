import type { Problem } from '../problem.ts'
import { type Fault, numberParam, textParam } from './faults.ts'

/** The error and the headers of a fault that answers with an HTTP error; nothing for any other fault. */
export function refuseByFault(fault: Fault): { problem: Problem; headers: Record<string, string> } | undefined {
  switch (fault.type) {
    case 'rate-limited': {
      const retryAfterSeconds = numberParam(fault, 'retryAfterSeconds')
      const retryAfter = { 'retry-after': String(retryAfterSeconds) }
      return { problem: { ...rateLimited, retryAfterSeconds }, headers: { ...retryAfter, ...pushback(fault) } }
    }
    case 'rate-limited-bare':
      return { problem: rateLimited, headers: {} }
    case 'quota-exhausted':
      return {
        problem: {
          kind: 'quota-exhausted',
          message: 'You exceeded your current quota, please check your plan and billing details.',
        },
        headers: {},
      }
    case 'bad-request':
      return { problem: { kind: 'invalid-request', message: 'The request cannot be served as it is.' }, headers: {} }
    case 'server-error':
      return { problem: { kind: 'server-error', message: 'Internal server error' }, headers: pushback(fault) }
    case 'unavailable':
      return { problem: { kind: 'unavailable', message: 'Service unavailable' }, headers: pushback(fault) }
    case 'overloaded':
      return { problem: { kind: 'overloaded', message: 'Overloaded' }, headers: pushback(fault) }
    default:
      return undefined
  }
}

const rateLimited: Problem = { kind: 'rate-limited', message: 'Rate limit reached. Please try again later.' }

function pushback(fault: Fault): Record<string, string> {
  const retryAfter = textParam(fault, 'retryAfter')
  const retryAfterMs = numberParam(fault, 'retryAfterMs')
  const shouldRetry = textParam(fault, 'shouldRetry')
  return {
    ...(retryAfter !== '' && { 'retry-after': retryAfter }),
    ...(retryAfterMs >= 0 && { 'retry-after-ms': String(retryAfterMs) }),
    ...(shouldRetry !== '' && { 'x-should-retry': shouldRetry }),
  }
}
