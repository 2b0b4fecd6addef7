import type { Budget } from './budget.ts'
import type { CallLimit } from './call-limit.ts'

/** What a key brings of its own, beside the budgets and limits of the configuration. */
export interface Terms {
  readonly budgets: readonly Budget[]
  readonly limits: readonly CallLimit[]
}
