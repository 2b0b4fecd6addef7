import type { Alias } from '../core/alias.ts'
import type { Call } from '../core/call.ts'
import type { Target } from '../core/target.ts'

/** The alias of a call that `resolve` has passed. */
export function aliasOf({ alias }: Call): Alias {
  if (!alias) throw new TypeError('The pipeline is out of order: this stage stands below `resolve`.')
  return alias
}

/** When the call must be over, on the monotonic clock, as far as is known now. */
export function deadlineOf({ deadlineAt, latestDeadline }: Call): number {
  return latestDeadline ? latestDeadline() : deadlineAt
}

/** The target of a call that `route` has passed. */
export function targetOf({ target }: Call): Target {
  if (!target) throw new TypeError('The pipeline is out of order: this stage stands below `route`.')
  return target
}
