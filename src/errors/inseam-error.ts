import type { Cost } from '../core/cost.ts'
import type { Block } from '../core/message.ts'
import type { Usage } from '../core/usage.ts'
import { type Advice, type ErrorCode, errorCodes } from './codes.ts'
import { failureText } from './failure-text.ts'

const brand = Symbol.for('inseam.error')

/** What an attempt had brought, and what it cost, when it failed. */
export interface Arrived {
  readonly content: readonly Block[]
  readonly usage: Usage
  readonly cost: Cost
}

/** What an error can say beside its message. */
export interface ErrorDetails {
  /** What to change so that it does not happen again. */
  readonly fix: string
  readonly cause?: unknown
  /** Overrides the advice that follows from the code. */
  readonly advice?: Advice
  /** How long to wait before the same is worth trying again, in milliseconds, where somebody said. */
  readonly retryAfterMs?: number
}

/**
 * The root of everything that the seam throws. `message` says what happened, with the numbers; `fix` says what to do about
 * it. Recognise it with {@link isInseamError}, which also works across two copies of the package.
 */
export class InseamError extends Error {
  readonly code: ErrorCode
  readonly fix: string
  /** What the stages above may do about it. */
  readonly advice: Advice
  /** How long to wait before the same is worth trying again, in milliseconds; undefined where nobody said. */
  readonly retryAfterMs?: number
  /** What had arrived before it failed; absent where nothing was sent. */
  arrived?: Arrived

  constructor(code: ErrorCode, message: string, { fix, cause, advice, retryAfterMs }: ErrorDetails) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = new.target.name
    this.code = code
    this.fix = fix
    this.advice = advice ?? errorCodes[code].advice
    this.retryAfterMs = retryAfterMs
    Object.defineProperty(this, brand, { value: true })
  }

  /** Whether the same call may succeed when it is made again. */
  get retryable(): boolean {
    return this.advice !== 'stop'
  }

  /** The HTTP status with which the gateway answers. */
  get status(): number {
    return errorCodes[this.code].status
  }
}

/** Whether something thrown is an {@link InseamError}, from whichever copy of the package. */
export function isInseamError(thrown: unknown): thrown is InseamError {
  return typeof thrown === 'object' && thrown !== null && (thrown as Record<symbol, unknown>)[brand] === true
}

/** The thrown thing as an {@link InseamError}: itself, or wrapped as a defect of ours. */
export function asInseamError(thrown: unknown): InseamError {
  if (isInseamError(thrown)) return thrown
  return new InseamError('internal-error', `The seam failed in a way it does not know: ${failureText(thrown)}`, {
    fix: 'Please report it, with the stack trace of its cause.',
    cause: thrown,
  })
}
