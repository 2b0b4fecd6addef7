import type { StateView } from '../../src/admin/api.ts'

/** What who has the page open is allowed. The listener decides; the page offers nothing else. */
export interface May {
  /** See what everybody did. */
  readonly readAll: boolean
  /** Make, change and end keys: their own and those made with it, or all. */
  readonly manageKeys: boolean
  /** See and change every key, and the log of changes. */
  readonly manageAllKeys: boolean
  /** Change how the gateway answers. */
  readonly rule: boolean
}

/** What a role may. */
export function mayOf({ role, seesAll }: StateView['you']): May {
  const manageAllKeys = role === 'admin' && seesAll
  return { readAll: seesAll, manageKeys: role === 'manager' || role === 'admin', manageAllKeys, rule: manageAllKeys }
}
