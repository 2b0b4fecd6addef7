import type { Handler } from '../core/handler.ts'
import { compose } from '../core/handler.ts'
import type { Provider } from '../core/provider.ts'
import type { VirtualClock } from '../core/virtual-clock.ts'
import { attempt } from './attempt.ts'
import { breakCircuit } from './break.ts'
import { cache } from './cache.ts'
import { coalesce } from './coalesce.ts'
import { deadline } from './deadline.ts'
import { decide } from './decide.ts'
import { observe } from './observe.ts'
import { resolve } from './resolve.ts'
import { retry } from './retry.ts'
import { createRetryBudget } from './retry-budget.ts'
import { route } from './route.ts'
import { anAlias, flatBooks, keepEvents, mapCache } from './scripted.suite.ts'
import { describeStage } from './stage.suite.ts'

const random = () => 0.5
const chosen = { cache: { ttlSeconds: 60 }, coalesce: true }

describeStage('resolve', (inner) => resolve({ findAlias: () => anAlias() })(inner))
describeStage('observe', (inner, clock) => observe({ clock, events: keepEvents() })(inner))
describeStage('deadline', (inner, clock) => deadline({ clock })(inner))
describeStage('decide', (inner) => decide()(inner))
describeStage('cache', (inner) => cache({ store: mapCache() })(inner), chosen)
describeStage('cache, switched off', (inner) => cache({ store: mapCache() })(inner))
describeStage('coalesce', (inner) => coalesce()(inner), chosen)
describeStage('coalesce, switched off', (inner) => coalesce()(inner))
describeStage('route', (inner, clock) => route({ random, budget: createRetryBudget({ clock }) })(inner))
describeStage('retry', (inner, clock) => retry({ clock, random, budget: createRetryBudget({ clock }) })(inner))
describeStage('breakCircuit', (inner, clock) => breakCircuit({ clock })(inner))
describeStage('attempt', attemptOn)
describeStage('the whole pipeline', pipelineOn)
describeStage('the whole pipeline with cache and coalescing', pipelineOn, chosen)

function attemptOn(inner: Handler, clock: VirtualClock): Handler {
  return attempt({ clock, random, books: flatBooks, events: keepEvents(), providerOf: () => providerOf(inner) })
}

/** A provider that answers as a handler does. */
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

function pipelineOn(inner: Handler, clock: VirtualClock): Handler {
  const budget = createRetryBudget({ clock })
  const findAlias = () => anAlias()
  return compose(
    [
      observe({ clock, events: keepEvents() }),
      (next) => (call) => (call.alias ? next(call) : resolve({ findAlias })(next)(call)),
      deadline({ clock }),
      decide(),
      cache({ store: mapCache() }),
      coalesce(),
      route({ random, budget }),
      retry({ clock, random, budget }),
      breakCircuit({ clock }),
    ],
    attemptOn(inner, clock),
  )
}
