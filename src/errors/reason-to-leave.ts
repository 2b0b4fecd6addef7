import { CallAborted } from './call-timed-out.ts'
import { type InseamError, isInseamError } from './inseam-error.ts'

/** Why a signal was aborted: the reason that it gives where that is an `InseamError`, else that the caller left. */
export function reasonToLeave(signal: AbortSignal | undefined): InseamError {
  const reason: unknown = signal?.reason
  return isInseamError(reason) ? reason : new CallAborted(reason)
}
