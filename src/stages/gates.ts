import type { Call } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import type { Books } from '../core/ports.ts'
import type { Slot } from '../core/slot.ts'
import type { Target } from '../core/target.ts'
import { createGate, type Gate, type GateOptions } from './gate.ts'
import { createOperatorLimits, type OperatorLimits } from './operator-limits.ts'

/** The gates of all targets: one for each provider, model and credential. */
export interface Gates {
  of(target: Target): Gate
  /** A place for an attempt that `throttle` has given none. */
  take(call: Call, target: Target): Slot
  /** What was learnt of these providers holds no more: they were configured anew. */
  forget(providers: ReadonlySet<string>): void
  /** Places that are taken, at all targets. */
  readonly inFlight: number
}

/** Callers choose names of models; more than these are not remembered. */
const most = 1_000

interface Kept {
  readonly provider: string
  readonly gate: Gate
  /** Of the limits that it shares. */
  readonly operatorKey: string
  /** Whether it is of a key that a caller brought. */
  readonly isGuest: boolean
}

/** Made with the first call to each target; a provider's models share the operator's limits for it. */
export function createGates(options: {
  readonly clock: Clock
  readonly books: Pick<Books, 'estimate'>
  readonly patienceMs?: GateOptions['patienceMs']
}): Gates {
  const known = new WeakMap<Target, Gate>()
  const kept = new Map<string, Kept>()
  const operators = new Map<string, { readonly provider: string; readonly limits: OperatorLimits }>()

  const operatorOf = ({ provider, limits }: Target, key: string): OperatorLimits => {
    const operator = operators.get(key) ?? { provider, limits: createOperatorLimits() }
    operators.set(key, operator)
    operator.limits.configure(limits)
    return operator.limits
  }
  /**
   * The one that was found longest ago goes, unless somebody is inside: of those of callers' own keys first, which come and go. With the last
   * gate of a credential go its limits.
   */
  const forgetOne = (newest: Gate) => {
    const idle = [...kept].filter(([, { gate }]) => gate !== newest && gate.inFlight === 0 && gate.waiting === 0)
    const [key, gone] = idle.find(([, { isGuest }]) => isGuest) ?? idle[0] ?? []
    if (key === undefined || !gone) return
    kept.delete(key)
    if (![...kept.values()].some(({ operatorKey }) => operatorKey === gone.operatorKey))
      operators.delete(gone.operatorKey)
  }
  /** A target that was not seen before is one of a configuration, or a name, that was not. */
  const find = (target: Target): Gate => {
    const { provider } = target
    const operatorKey = `${provider} ${target.credential}`
    const operator = operatorOf(target, operatorKey)
    const key = `${target.name} ${target.credential}`
    const gate = kept.get(key)?.gate ?? createGate({ ...options, target, operator })
    kept.delete(key)
    kept.set(key, { provider, gate, operatorKey, isGuest: target.insteadOf !== undefined })
    if (kept.size > most) forgetOne(gate)
    known.set(target, gate)
    return gate
  }
  const of = (target: Target) => known.get(target) ?? find(target)
  return {
    of,
    take: (call, target) => of(target).take(call),
    forget(providers) {
      for (const [key, { provider }] of kept) if (providers.has(provider)) kept.delete(key)
      for (const [key, { provider }] of operators) if (providers.has(provider)) operators.delete(key)
    },
    get inFlight() {
      return [...kept.values()].reduce((sum, { gate }) => sum + gate.inFlight, 0)
    },
  }
}
