import { asInseamError, InseamError } from '../errors/index.ts'

/**
 * A call of the seam failed, told so that `ai` and its users recognise it: `APICallError.isInstance` holds, `statusCode` is the gateway's,
 * and `isRetryable` is false, for the seam has made all the attempts that its policy allows. `cause` is the error as the seam threw it.
 */
export class SeamCallFailed extends InseamError {
  readonly isRetryable = false
  readonly statusCode: number
  /** `inseam:` and the model that was asked. */
  readonly url: string
  readonly requestBodyValues = {}
  readonly data: { readonly code: string; readonly fix: string; readonly callId: string }

  constructor(cause: InseamError, model: string, callId: string) {
    const { code, message, fix, advice, retryAfterMs, arrived } = cause
    super(code, message, { fix, advice, retryAfterMs, cause })
    this.statusCode = cause.status
    this.url = `inseam:${model}`
    this.data = { code, fix, callId }
    if (arrived) this.arrived = arrived
    for (const mark of marks) Object.defineProperty(this, mark, { value: true })
  }
}

/** By these the AI SDK knows its own errors, whichever copy of it made them. */
const marks = [Symbol.for('vercel.ai.error'), Symbol.for('vercel.ai.error.AI_APICallError')]

/** What a failed call throws: the signal's own reason where the caller left, as fetch does, else {@link SeamCallFailed}. */
export function failureOf(thrown: unknown, model: string, callId: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason
  return new SeamCallFailed(asInseamError(thrown), model, callId)
}
