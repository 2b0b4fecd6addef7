import { compose, type Handler } from '../core/handler.ts'
import type { EventSink } from '../core/ports.ts'
import type { Provider } from '../core/provider.ts'
import type { VirtualClock } from '../core/virtual-clock.ts'
import { attempt } from './attempt.ts'
import { breakCircuit } from './break.ts'
import { cache } from './cache.ts'
import { coalesce } from './coalesce.ts'
import { deadline } from './deadline.ts'
import { decide } from './decide.ts'
import { hedge } from './hedge.ts'
import { holdBack } from './hold-back.ts'
import { observe } from './observe.ts'
import { planCache } from './plan-cache.ts'
import { recover } from './recover.ts'
import { type FindAlias, resolve } from './resolve.ts'
import { retry } from './retry.ts'
import { createRetryBudget } from './retry-budget.ts'
import { route } from './route.ts'
import { flatBooks, keepEvents, mapCache } from './scripted.suite.ts'
import { structure } from './structure.ts'

const random = () => 0.5

/** An attempt at a provider that answers as the handler does. */
export function attemptOn(inner: Handler, clock: VirtualClock, events: EventSink = keepEvents()): Handler {
  const provider = providerOf(inner)
  return attempt({ clock, random, books: flatBooks, events, providerOf: () => provider })
}

/** All stages in the order in which they ship, on top of {@link attemptOn}. */
export function pipelineOn(
  inner: Handler,
  clock: VirtualClock,
  { findAlias, events = keepEvents() }: { readonly findAlias: FindAlias; readonly events?: EventSink },
): Handler {
  const budget = createRetryBudget({ clock })
  const stages = [
    observe({ clock, events }),
    resolve({ findAlias }),
    deadline({ clock }),
    decide(),
    cache({ store: mapCache(), clock }),
    coalesce(),
    recover({ clock, budget }),
    hedge({ clock }),
    route({ random, budget }),
    retry({ clock, random, budget }),
    breakCircuit({ clock }),
    structure(),
    planCache(),
    holdBack({ clock }),
  ]
  return compose(stages, attemptOn(inner, clock, events))
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
