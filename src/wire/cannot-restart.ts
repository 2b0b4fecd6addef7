import type { Dialect } from '../core/dialect.ts'
import { InseamError } from '../errors/index.ts'

/** An answer began again after some of it was sent, in a dialect that cannot take anything back. */
export function cannotRestart(dialect: Dialect): InseamError {
  return new InseamError(
    'internal-error',
    `An answer began again in ${dialect}, which cannot take back what it sent.`,
    {
      fix: 'Choose `error` or `splice` for what happens after the first content, or hold the answer back until it is whole.',
    },
  )
}
