/** What a budget counts: everything, or what is spent for one key, feature or tenant. */
export type BudgetScope = 'global' | 'key' | 'feature' | 'tenant'

/** The calendar window of a budget, in UTC. */
export type BudgetWindow = 'hour' | 'day' | 'month'

/** How much may be spent for something in a calendar window. */
export interface Budget {
  /** The same for the same budget in every process and after every start: accounts are kept under it. */
  readonly id: string
  readonly scope: BudgetScope
  /** The key, feature or tenant; `*`: each of them by itself. Absent where the scope is global. */
  readonly name?: string
  readonly limitNanoUsd: number
  readonly per: BudgetWindow
  /** Whether calls that could overspend it are refused. Else it only warns. */
  readonly hard: boolean
  /** The shares of the limit at which is warned, above 0, ascending. */
  readonly warnAt: readonly number[]
}

/** What one budget counts for one subject in one window. */
export interface BudgetAccount {
  /** The budget's id, the subject and the window's beginning. */
  readonly id: string
  readonly budget: Budget
  /** The key's id, the feature or the tenant; empty where the scope is global. */
  readonly subject: string
  /** Milliseconds since the Unix epoch. */
  readonly startsAt: number
  /** When the next window begins, in milliseconds since the Unix epoch. */
  readonly endsAt: number
}

/** How an account stands. */
export interface BudgetState {
  readonly account: BudgetAccount
  /** What was spent, and what is held to have been spent by processes that died. */
  readonly settledNanoUsd: number
  /** The worst cases of attempts under way. */
  readonly reservedNanoUsd: number
}

/** A share of a budget that has been used: told once an account. */
export interface BudgetWarning {
  readonly state: BudgetState
  /** The share that was reached, as configured in `warnAt`. */
  readonly share: number
}

/** The account in which a budget counts what is spent for a subject at a time, in milliseconds since the Unix epoch. */
export function accountOf(budget: Budget, subject: string, at: number): BudgetAccount {
  const [startsAt, endsAt] = windowAt(budget.per, at)
  return { id: `${budget.id}|${subject}|${startsAt}`, budget, subject, startsAt, endsAt }
}

/** When the window that holds a time began, and when the next one begins. */
function windowAt(per: BudgetWindow, at: number): readonly [startsAt: number, endsAt: number] {
  if (per === 'month') {
    const date = new Date(at)
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
    return [Date.UTC(year, month), Date.UTC(year, month + 1)]
  }
  const length = per === 'hour' ? 3_600_000 : 86_400_000
  const startsAt = Math.floor(at / length) * length
  return [startsAt, startsAt + length]
}
