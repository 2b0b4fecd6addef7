import { grouped } from '../core/figures.ts'
import { InseamError } from './inseam-error.ts'

/** What is said of a body over the limit of what is passed through. */
export function passageTooLarge(maxBodyBytes: number): InseamError {
  return new InseamError('request-too-large', `The body has more than ${grouped(maxBodyBytes)} bytes.`, {
    fix: 'Send less, or raise `gateway.passThrough.maxBodyBytes`.',
  })
}
