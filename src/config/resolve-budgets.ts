import type { Budget } from '../core/budget.ts'
import type { Report } from './report.ts'
import type { WrittenConfig } from './schema.ts'

const defaultWarnAt: readonly number[] = [0.8, 1]

/** The budgets as written, over their defaults. Two of the same scope, name and window are refused. */
export function resolveBudgets(written: WrittenConfig['budgets'], report: Report): readonly Budget[] {
  const seen = new Map<string, number>()
  return (written ?? []).map((budget, index): Budget => {
    const { scope, name, limit, per, hard = true, warnAt = defaultWarnAt } = budget
    const path = ['budgets', index]
    if (scope === 'global' && name !== undefined) {
      report.add([...path, 'name'], 'A global budget counts everything, and has no name.', 'Remove the name.')
    }
    if (scope !== 'global' && name === undefined) {
      report.add(
        [...path, 'scope'],
        `It does not say which ${scope}.`,
        `Add name: NAME, or name: "*" for each ${scope} by itself.`,
      )
    }
    const id = [scope, ...(name === undefined ? [] : [encodeURIComponent(name)]), per].join(':')
    const twin = seen.get(id)
    if (twin !== undefined) {
      report.add(
        path,
        `It counts the same as budgets[${twin}]: scope, name and window.`,
        'Keep one of them; warnAt has the thresholds at which is warned.',
      )
    }
    seen.set(id, index)
    const shares = [...new Set(warnAt)].sort((left, right) => left - right)
    return { id, scope, ...(name !== undefined && { name }), limitNanoUsd: limit, per, hard, warnAt: shares }
  })
}
