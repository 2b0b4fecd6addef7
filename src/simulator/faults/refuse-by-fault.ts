import { STATUS_CODES } from 'node:http'
import type { DialectName } from '../dialect.ts'
import { invalid, type Problem } from '../problem.ts'
import { type Fault, numberParam, textParam } from './faults.ts'
import { type RefusalName, wordedRefusals } from './words/provider-words.ts'
import { wordsOf } from './words/words-of.ts'

/** An error, and how it is sent. */
export interface RefusalByFault {
  readonly problem: Problem
  readonly headers: Readonly<Record<string, string>>
  /** What its body is made into. Absent: nothing but itself. */
  readonly shape?: string
  /** How long its body is. Absent: as long as it is. */
  readonly bytes?: number
}

/** The error of a fault that answers with an HTTP error; nothing for any other fault. */
export function refuseByFault(fault: Fault, dialect: DialectName, model: string): RefusalByFault | undefined {
  switch (fault.type) {
    case 'rate-limited': {
      const retryAfterSeconds = numberParam(fault, 'retryAfterSeconds')
      const retryAfter = { 'retry-after': String(retryAfterSeconds) }
      return { problem: { ...rateLimited, retryAfterSeconds }, headers: { ...retryAfter, ...pushback(fault) } }
    }
    case 'rate-limited-bare':
      return { problem: rateLimited, headers: {} }
    case 'bad-request':
      return {
        problem: { kind: 'invalid-request', message: 'The request cannot be served as it is.' },
        headers: pushback(fault),
      }
    case 'server-error':
      return { problem: { kind: 'server-error', message: 'Internal server error' }, headers: pushback(fault) }
    case 'unavailable':
      return { problem: { kind: 'unavailable', message: 'Service unavailable' }, headers: pushback(fault) }
    case 'overloaded':
      return { problem: { kind: 'overloaded', message: 'Overloaded' }, headers: pushback(fault) }
    case 'status': {
      const problem = plainProblem(fault, dialect)
      return { problem, headers: pushback(fault), shape: textParam(fault, 'shape') }
    }
    case 'huge-error': {
      const problem = plainProblem(fault, dialect)
      return { problem, headers: {}, bytes: numberParam(fault, 'bytes') }
    }
    default:
      return isWorded(fault.type) ? wordedRefusal(fault, fault.type, dialect, model) : undefined
  }
}

const rateLimited: Problem = { kind: 'rate-limited', message: 'Rate limit reached. Please try again later.' }

function isWorded(name: string): name is RefusalName {
  return wordedRefusals.some((worded) => worded === name)
}

function wordedRefusal(fault: Fault, name: RefusalName, dialect: DialectName, model: string): RefusalByFault {
  const about = { model, code: textParam(fault, 'code'), limit: numberParam(fault, 'limit') }
  const problem = wordsOf[dialect].refusals[name](about)
  const resetsIn = name === 'quota-exhausted' ? numberParam(fault, 'resetsInSeconds') : -1
  return {
    problem: resetsIn < 0 ? problem : { ...problem, retryAfterSeconds: resetsIn },
    headers: pushback(fault),
  }
}

/** What says no more than its status does. */
function plainProblem(fault: Fault, dialect: DialectName): Problem {
  const status = numberParam(fault, 'code')
  if (!Number.isInteger(status) || status < 400 || status > 599) {
    return invalid(`The fault "${fault.type}" takes a code from 400 to 599, not ${status}.`)
  }
  return {
    kind: status === 429 ? 'rate-limited' : status >= 500 ? 'server-error' : 'invalid-request',
    status,
    type: wordsOf[dialect].typeOf(status),
    message: STATUS_CODES[status] ?? `Unknown status ${status}`,
  }
}

function pushback(fault: Fault): Record<string, string> {
  const retryAfter = textParam(fault, 'retryAfter')
  const retryAfterMs = fault.retryAfterMs ?? -1
  const shouldRetry = textParam(fault, 'shouldRetry')
  return {
    ...(retryAfter !== '' && { 'retry-after': retryAfter }),
    ...(Number(retryAfterMs) >= 0 && { 'retry-after-ms': String(retryAfterMs) }),
    ...(shouldRetry !== '' && { 'x-should-retry': shouldRetry }),
  }
}

/** Whether the fault strikes another key than this one. */
export function sparesKey(fault: Fault | undefined, key: string): boolean {
  const only = fault?.type === 'credential-rejected' ? textParam(fault, 'key') : ''
  return only !== '' && only !== key
}
