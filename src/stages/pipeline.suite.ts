import type { Budget } from '../core/budget.ts'
import type { CallLimit } from '../core/call-limit.ts'
import { compose, type Handler } from '../core/handler.ts'
import type { EventSink, ReplyCache } from '../core/ports.ts'
import type { Provider } from '../core/provider.ts'
import type { VirtualClock } from '../core/virtual-clock.ts'
import { createMemoryLimiter } from '../stores/memory/index.ts'
import { admit } from './admit.ts'
import { attempt } from './attempt.ts'
import { breakCircuit } from './break.ts'
import { createBreakers } from './breakers.ts'
import { cache } from './cache.ts'
import { coalesce } from './coalesce.ts'
import { deadline } from './deadline.ts'
import { decide } from './decide.ts'
import { createGates, type Gates } from './gates.ts'
import { hedge } from './hedge.ts'
import { holdBack } from './hold-back.ts'
import { limitsInForce } from './limits-in-force.ts'
import { observe } from './observe.ts'
import { planCache } from './plan-cache.ts'
import { recover } from './recover.ts'
import { type ReserveOptions, reserve } from './reserve.ts'
import { type FindAlias, resolve } from './resolve.ts'
import { retry } from './retry.ts'
import { createRetryBudget } from './retry-budget.ts'
import { route } from './route.ts'
import { flatBooks, keepEvents, mapCache } from './scripted.suite.ts'
import { structure } from './structure.ts'
import { throttle } from './throttle.ts'

const random = () => 0.5

/** Numbers that do not come again: attempts under way need ids of their own. */
const unlike = () => {
  let drawn = 0
  return () => (drawn++ % 1e6) / 1e6
}

/** An attempt at a provider that answers as the handler does. */
export function attemptOn(
  inner: Handler,
  clock: VirtualClock,
  events: EventSink = keepEvents(),
  gates?: Gates,
): Handler {
  const provider = providerOf(inner)
  return attempt({ clock, random, books: flatBooks, events, providerOf: () => provider, gates })
}

/** All stages in the order in which they ship, on top of {@link attemptOn}. */
export function pipelineOn(
  inner: Handler,
  clock: VirtualClock,
  {
    findAlias,
    events = keepEvents(),
    store = mapCache(),
    budgets = [],
    ledger,
    limits = [],
  }: {
    readonly findAlias: FindAlias
    readonly events?: EventSink
    readonly store?: ReplyCache
    readonly budgets?: readonly Budget[]
    readonly ledger?: ReserveOptions['ledger']
    readonly limits?: readonly CallLimit[]
  },
): Handler {
  const budget = createRetryBudget({ clock })
  const gates = createGates({ clock, books: flatBooks })
  const breakers = createBreakers({ clock, random })
  const stages = [
    observe({ clock, events }),
    resolve({ findAlias }),
    deadline({ clock }),
    admit({ limiter: createMemoryLimiter({ clock }), books: flatBooks, findLimits: limitsInForce(limits) }),
    decide(),
    cache({ store, clock }),
    coalesce(),
    recover({ clock, budget }),
    hedge({ clock }),
    route({ random, budget }),
    retry({ clock, random, budget }),
    breakCircuit({ clock, breakers }),
    throttle({ gates, breakers }),
    structure(),
    planCache(),
    reserve({ clock, random: unlike(), books: flatBooks, budgets: () => budgets, ledger }),
    holdBack({ clock }),
  ]
  return compose(stages, attemptOn(inner, clock, events, gates))
}

function providerOf(handler: Handler): Provider {
  return {
    name: 'lab',
    async *run(call) {
      yield { type: 'connected' }
      yield { type: 'answered', status: 200 }
      const { content, ...reply } = yield* handler(call)
      return call.request.stream ? reply : { ...reply, content }
    },
    close: async () => {},
  }
}
