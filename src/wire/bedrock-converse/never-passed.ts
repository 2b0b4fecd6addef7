import { InseamError } from '../../errors/index.ts'

/** No client speaks this dialect, so no bytes of one can be passed on. Always throws. */
export function neverPassed(): never {
  throw new InseamError(
    'internal-error',
    'A request was to be passed to Bedrock as it came, and no client speaks its dialect.',
    {
      fix: 'Report this as a defect of Inseam, with what was sent.',
    },
  )
}
