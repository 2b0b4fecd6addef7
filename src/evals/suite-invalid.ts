import { InseamError } from '../errors/index.ts'

/** A suite or its cases cannot be used. */
export function suiteInvalid(message: string, fix: string, cause?: unknown): InseamError {
  return new InseamError('suite-invalid', message, { fix, cause })
}
