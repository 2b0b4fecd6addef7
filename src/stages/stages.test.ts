import { breakCircuit } from './break.ts'
import { cache } from './cache.ts'
import { coalesce } from './coalesce.ts'
import { deadline } from './deadline.ts'
import { decide } from './decide.ts'
import { hedge } from './hedge.ts'
import { holdBack } from './hold-back.ts'
import { observe } from './observe.ts'
import { attemptOn, pipelineOn } from './pipeline.suite.ts'
import { planCache } from './plan-cache.ts'
import { recover } from './recover.ts'
import { resolve } from './resolve.ts'
import { retry } from './retry.ts'
import { createRetryBudget } from './retry-budget.ts'
import { route } from './route.ts'
import { anAlias, aTarget, keepEvents, mapCache } from './scripted.suite.ts'
import { describeStage, type Wrap } from './stage.suite.ts'
import { asking, calling } from './structure.suite.ts'
import { structure } from './structure.ts'

const random = () => 0.5
const chosen = { cache: { ttlSeconds: 60 }, coalesce: true }

describeStage('resolve', (inner) => resolve({ findAlias: () => anAlias() })(inner))
describeStage('observe', (inner, clock) => observe({ clock, events: keepEvents() })(inner))
describeStage('observe, keeping content', (inner, clock) =>
  observe({ clock, events: keepEvents(), keepContent: () => (text) => text })(inner),
)
describeStage('deadline', (inner, clock) => deadline({ clock })(inner))
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
describeStage('breakCircuit', (inner, clock) => breakCircuit({ clock })(inner))
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
describeStage('attempt', attemptOn)
for (const [name, changes] of [
  ['the whole pipeline', {}],
  ['the whole pipeline with cache and coalescing', chosen],
] as const) {
  describeStage(name, (inner, clock) => pipelineOn(inner, clock, { findAlias: () => anAlias(changes) }))
}
