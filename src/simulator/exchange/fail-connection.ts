import { STATUS_CODES } from 'node:http'
import type { Dialect } from '../dialect.ts'
import { type Fault, numberParam, textParam } from '../faults/faults.ts'
import { spellingOf } from '../faults/raw-answer.ts'
import type { Exchange } from './exchange.ts'
import { rateLimits, refuse } from './refuse.ts'

/** Ends a connection before a header of the answer was sent. Whether the fault is one that does. */
export async function breakOff(exchange: Exchange, fault: Fault): Promise<boolean> {
  const how = breaks(exchange, fault)
  if (how === undefined) return false
  exchange.attempt.fault = fault.type
  await exchange.cut(how)
  return true
}

function breaks({ request }: Exchange, fault: Fault): 'close' | 'reset' | undefined {
  switch (fault.type) {
    case 'connection-refused':
    case 'closed-before-headers':
      return 'close'
    case 'reset-before-headers':
      return 'reset'
    case 'reset-on-reuse':
      return request.socket.bytesWritten > 0 ? 'reset' : undefined
    default:
      return undefined
  }
}

/** Answers with HTTP that is no answer of a model, or has the answer spelt as the fault does. Whether there is nothing more to say. */
export async function failConnection(
  exchange: Exchange,
  dialect: Dialect,
  fault: Fault,
  around: { readonly refusedUrl: string; readonly now: () => number },
): Promise<boolean> {
  const spelling = spellingOf(fault)
  if (spelling) exchange.spell(spelling)
  if (fault.type === 'informational-first') exchange.inform(fault.continue === true)
  const headers = dialect.headers(exchange.id, rateLimits(around, 9_999))
  const location = redirectOf(exchange, fault, around.refusedUrl)
  if (location !== undefined) {
    const written = numberParam(fault, 'status')
    const status = STATUS_CODES[written] !== undefined && written >= 300 && written < 400 ? written : 307
    exchange.send(status, { ...headers, location }, '')
  } else if (fault.type === 'no-content') exchange.send(204, headers, '')
  else if (fault.type === 'answer-before-body') {
    refuse(exchange, dialect, { kind: 'unavailable', message: 'Service unavailable' }, around)
    if (fault.reset === true) await exchange.cut('reset')
  } else return false
  return true
}

function redirectOf({ attempt }: Exchange, fault: Fault, refusedUrl: string): string | undefined {
  switch (fault.type) {
    case 'redirect':
      return `${(textParam(fault, 'to') || refusedUrl).replace(/\/$/, '')}${attempt.path}`
    case 'redirect-within':
      return attempt.path
    case 'redirect-to-metadata':
      return 'http://169.254.169.254/latest/meta-data/iam/security-credentials/'
    default:
      return undefined
  }
}
