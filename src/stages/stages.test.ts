// Loaded by `structure` when it is asked: under the virtual clock it must be there already.
import './ask-structure.ts'
import type { Budget } from '../core/budget.ts'
import type { Handler } from '../core/handler.ts'
import type { VirtualClock } from '../core/virtual-clock.ts'
import { createMemoryLedger, createMemoryLimiter } from '../stores/memory/index.ts'
import { admit } from './admit.ts'
import { breakCircuit } from './break.ts'
import { createBreakers } from './breakers.ts'
import { cache } from './cache.ts'
import { coalesce } from './coalesce.ts'
import { deadline } from './deadline.ts'
import { decide } from './decide.ts'
import { createGates } from './gates.ts'
import { hedge } from './hedge.ts'
import { holdBack } from './hold-back.ts'
import { limitsInForce } from './limits-in-force.ts'
import { observe } from './observe.ts'
import { attemptOn, pipelineOn } from './pipeline.suite.ts'
import { planCache } from './plan-cache.ts'
import { recover } from './recover.ts'
import { reserve } from './reserve.ts'
import { resolve } from './resolve.ts'
import { retry } from './retry.ts'
import { createRetryBudget } from './retry-budget.ts'
import { route } from './route.ts'
import { anAlias, aTarget, flatBooks, keepEvents, mapCache } from './scripted.suite.ts'
import { describeStage, type Wrap } from './stage.suite.ts'
import { asking, calling } from './structure.suite.ts'
import { structure } from './structure.ts'
import { throttle } from './throttle.ts'

const random = () => 0.5
const chosen = { cache: { ttlSeconds: 60 }, coalesce: true }

describeStage('resolve', (inner) => resolve({ findAlias: () => anAlias() })(inner))
describeStage('observe', (inner, clock) => observe({ clock, events: keepEvents() })(inner))
describeStage('observe, keeping content', (inner, clock) =>
  observe({ clock, events: keepEvents(), keepContent: () => (text) => text })(inner),
)
describeStage('deadline', (inner, clock) => deadline({ clock })(inner))
for (const [name, limits] of [
  ['admit', [{ id: 'all', scope: 'global', requests: 9, inputTokens: 999, outputTokens: 9_999, concurrency: 1 }]],
  ['admit, with no limit in force', []],
] as const) {
  describeStage(name, (inner, clock) =>
    admit({ limiter: createMemoryLimiter({ clock }), books: flatBooks, findLimits: limitsInForce(limits) })(inner),
  )
}
describeStage('decide', (inner) => decide()(inner))
describeStage('cache', (inner, clock) => cache({ store: mapCache(), clock })(inner), chosen)
describeStage('cache, switched off', (inner, clock) => cache({ store: mapCache(), clock })(inner))
describeStage('coalesce', (inner) => coalesce()(inner), chosen)
describeStage('coalesce, switched off', (inner) => coalesce()(inner))
describeStage('recover', (inner, clock) => recover({ clock, budget: createRetryBudget({ clock }) })(inner))
for (const onInterrupted of ['restart', 'splice'] as const) {
  const recovering: Wrap = (inner, clock) => recover({ clock, budget: createRetryBudget({ clock }) })(inner)
  describeStage(`recover, by ${onInterrupted}`, recovering, { onInterrupted })
}
describeStage('hedge', (inner, clock) => hedge({ clock })(inner), {
  targets: [aTarget('lab/a'), aTarget('second/b')],
  hedge: { after: 60_000, budget: 1 },
})
describeStage('hedge, switched off', (inner, clock) => hedge({ clock })(inner))
describeStage('holdBack', (inner, clock) => holdBack({ clock })(inner))
describeStage('route', (inner, clock) => route({ random, budget: createRetryBudget({ clock }) })(inner))
describeStage('retry', (inner, clock) => retry({ clock, random, budget: createRetryBudget({ clock }) })(inner))
describeStage('breakCircuit', (inner, clock) =>
  breakCircuit({ clock, breakers: createBreakers({ clock, random }) })(inner),
)
describeStage('throttle', (inner, clock) => throttle({ gates: createGates({ clock, books: flatBooks }) })(inner), {
  targets: [aTarget('lab/a', { limits: { concurrency: 1 } })],
})
describeStage('throttle, with nothing to hold back', (inner, clock) =>
  throttle({ gates: createGates({ clock, books: flatBooks }) })(inner),
)
describeStage('structure', (inner) => structure()(inner))
describeStage('structure, by a tool', (inner) => asking('tool', structure()(calling('answer', inner))))
describeStage('structure, in words', (inner) => asking('instructions', structure()(inner)))
const repeating: Wrap = (inner) => {
  const stage = planCache()(inner)
  return (call) => stage({ ...call, repeats: { leading: 'Hi', conversation: { sentBefore: 0 } } })
}
describeStage('planCache', repeating, {
  targets: [
    aTarget('lab/a', {
      dialect: 'anthropic-messages',
      promptCache: { minTokens: 1, keepsEnd: false, tellsMisses: true },
    }),
  ],
})
describeStage('planCache, switched off', (inner) => planCache()(inner), { promptCache: 'off' })
const aBudget: Budget = {
  id: 'global:day',
  scope: 'global',
  limitNanoUsd: 1e9,
  per: 'day',
  hard: true,
  warnAt: [],
}
const reserving = (budgets: readonly Budget[]) => (inner: Handler, clock: VirtualClock) =>
  reserve({ clock, random, books: flatBooks, budgets: () => budgets, ledger: createMemoryLedger({ clock }) })(inner)
describeStage('reserve', reserving([aBudget]))
describeStage('reserve, without budgets', reserving([]))
describeStage('attempt', attemptOn)
describeStage('the whole pipeline under a budget', (inner, clock) =>
  pipelineOn(inner, clock, {
    findAlias: () => anAlias(chosen),
    budgets: [aBudget],
    ledger: createMemoryLedger({ clock }),
  }),
)
for (const [name, changes] of [
  ['the whole pipeline', {}],
  ['the whole pipeline with cache and coalescing', chosen],
] as const) {
  describeStage(name, (inner, clock) => pipelineOn(inner, clock, { findAlias: () => anAlias(changes) }))
}
