import type { Outcome } from '../core/event.ts'
import type { Reply } from '../core/reply.ts'
import type { InseamError } from '../errors/index.ts'

/** How a finished reply is written down. */
export function outcomeOf({ ending, rawStop }: Pick<Reply, 'ending' | 'rawStop'>): Outcome {
  return { ending: ending.type, rawStop }
}

/** How a failure is written down. */
export function failureOf(error: InseamError): Outcome {
  return { ending: 'error', errorCode: error.code, errorMessage: error.message }
}
