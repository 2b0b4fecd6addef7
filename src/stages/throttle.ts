import type { Call } from '../core/call.ts'
import type { Handler, Stage } from '../core/handler.ts'
import { breakerOpen } from './breaker-open.ts'
import type { Breakers } from './breakers.ts'
import type { Gate } from './gate.ts'
import type { Gates } from './gates.ts'
import { targetOf } from './routed.ts'

/** What throttling needs: the gates, which `attempt` tells what became of each exchange. */
export interface ThrottleOptions {
  readonly gates: Gates
  /** Those that `break` has asked before. Default: none. */
  readonly breakers?: Breakers
}

/**
 * Holds a call back while its target takes no more, so that it need not be turned away; sends it on to the next target where that
 * one need not wait. A call to a target that is not near any limit passes untouched. Stands below `break`, and below `retry`: a wait
 * here is no attempt, and neither the breaker nor the retry budget hears of it. Where the breaker opens while calls wait, they go no further.
 */
export function throttle({ gates, breakers }: ThrottleOptions): Stage {
  return (next) => {
    async function* held(call: Call, gate: Gate): ReturnType<Handler> {
      const target = targetOf(call)
      const refusalNow = breakers?.of(target).watch()
      const slot = await gate.enter(call)
      try {
        const refusal = refusalNow?.()
        if (refusal) throw breakerOpen(refusal, target, call)
        return yield* next({ ...call, slot })
      } finally {
        // What is read on though its caller has left still has its place at the provider.
        const { late } = call.story
        if (late.length === 0) slot.release()
        else void Promise.all(late.map(({ ended }) => ended)).then(() => slot.release())
      }
    }
    return function throttle(call) {
      // Counts are free, and have limits of their own.
      if (call.request.operation === 'count-tokens') return next(call)
      const gate = gates.of(targetOf(call))
      return gate.isFree(call) ? next(call) : held(call, gate)
    }
  }
}
