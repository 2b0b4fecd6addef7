import type { Call } from '../core/call.ts'
import type { CallLimit, LimitScope, LimitSubject } from '../core/call-limit.ts'

/** Finds the limits that count a call: of the configuration, and of its key's own. */
export type FindLimits = (call: Call) => readonly LimitSubject[]

const scopes = ['global', 'key', 'feature', 'tenant', 'alias'] as const satisfies readonly LimitScope[]

const none: readonly LimitSubject[] = []

/** The limits of a configuration by scope and name: finding those of a call does not cost more where there are more. */
export function limitsInForce(limits: readonly CallLimit[]): FindLimits {
  const known = new Map<LimitScope, Map<string, CallLimit[]>>()
  for (const limit of limits) {
    const byName = known.get(limit.scope) ?? new Map<string, CallLimit[]>()
    const name = nameOf(limit)
    byName.set(name, [...(byName.get(name) ?? []), limit])
    known.set(limit.scope, byName)
  }
  return (call) => {
    const own = call.terms?.limits
    if (known.size === 0 && !own?.length) return none
    const found: LimitSubject[] = []
    for (const scope of scopes) {
      const subject = subjectOf(scope, call)
      if (subject === undefined) continue
      const byName = known.get(scope)
      for (const limit of byName?.get(subject) ?? []) found.push({ limit, subject })
      if (subject !== '*') for (const limit of byName?.get('*') ?? []) found.push({ limit, subject })
    }
    for (const limit of own ?? []) {
      const subject = subjectOf(limit.scope, call)
      const name = nameOf(limit)
      if (subject !== undefined && (name === '*' || name === subject)) found.push({ limit, subject })
    }
    return found
  }
}

/** A name that is left out means each of them, but for the one global subject. */
const nameOf = ({ scope, name }: CallLimit): string => (scope === 'global' ? '' : (name ?? '*'))

/** Whom a scope counts the call as; undefined where it does not count it. */
function subjectOf(scope: LimitScope, { caller, alias }: Call): string | undefined {
  switch (scope) {
    case 'global':
      return ''
    case 'key':
      return caller.keyId
    case 'feature':
      return caller.feature
    case 'tenant':
      return caller.tenant
    case 'alias':
      return alias?.name
  }
}
