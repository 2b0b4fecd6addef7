import { InseamError } from '../../errors/index.ts'
import type { AnyFeature } from '../feature.ts'
import type { RunLimits } from './run-limits.ts'

/** Bounds of a run, with nothing left open. */
export type ActLimits = Required<RunLimits>

/** The limits of a feature's run, with the defaults. Throws `feature-invalid` for one that lets nothing happen. */
export function limitsOf({ name, limits = {} }: AnyFeature): ActLimits {
  const { steps = 10, totalMs = 300_000, costUsd = Number.POSITIVE_INFINITY, parallelTools = 4 }: RunLimits = limits
  const all: ActLimits = { steps, totalMs, costUsd, parallelTools }
  for (const [limit, value] of Object.entries(all)) {
    const isCount = limit === 'steps' || limit === 'parallelTools'
    if (isCount ? Number.isInteger(value) && value >= 1 : value > 0) continue
    throw new InseamError('feature-invalid', `\`limits.${limit}\` of "${name}" is ${value}.`, {
      fix: isCount ? 'Use a whole number of at least 1.' : 'Use a number above 0, or leave it out.',
    })
  }
  return all
}
