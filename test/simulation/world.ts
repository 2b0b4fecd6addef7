import { getEventListeners } from 'node:events'
import type { Alias } from '../../src/core/alias.ts'
import type { Call } from '../../src/core/call.ts'
import { sleep } from '../../src/core/clock.ts'
import type { Delta } from '../../src/core/delta.ts'
import type { AttemptEvent, CallEvent } from '../../src/core/event.ts'
import { compose, type Handler, type Stage } from '../../src/core/handler.ts'
import type { Reply } from '../../src/core/reply.ts'
import { beginStory } from '../../src/core/story.ts'
import { createVirtualClock } from '../../src/core/virtual-clock.ts'
import { attempt } from '../../src/stages/attempt.ts'
import { breakCircuit } from '../../src/stages/break.ts'
import { createBreakers } from '../../src/stages/breakers.ts'
import { cache } from '../../src/stages/cache.ts'
import { coalesce } from '../../src/stages/coalesce.ts'
import { deadline } from '../../src/stages/deadline.ts'
import { decide } from '../../src/stages/decide.ts'
import { createGates, type Gates } from '../../src/stages/gates.ts'
import { hedge } from '../../src/stages/hedge.ts'
import { holdBack } from '../../src/stages/hold-back.ts'
import { createLateReadings } from '../../src/stages/late-readings.ts'
import { observe } from '../../src/stages/observe.ts'
import { recover } from '../../src/stages/recover.ts'
import { resolve } from '../../src/stages/resolve.ts'
import { retry } from '../../src/stages/retry.ts'
import { createRetryBudget } from '../../src/stages/retry-budget.ts'
import { route } from '../../src/stages/route.ts'
import { anAlias, aTarget, flatBooks, keepEvents, mapCache } from '../../src/stages/scripted.suite.ts'
import { structure } from '../../src/stages/structure.ts'
import { throttle } from '../../src/stages/throttle.ts'
import { type Chance, createChance } from './chance.ts'
import { type FaultyProvider, faultyProvider } from './faulty-provider.ts'

/** Everything that a world is made of and that a saboteur may exchange: the stages by name, and the handler that ends them. */
export interface Parts {
  stages: Map<string, Stage>
  attempt: Handler
  /** Whom `throttle` and `attempt` ask, at whatever they do. */
  readonly gates: { -readonly [Name in keyof Gates]: Gates[Name] }
}

/** Changes the parts before the world runs. */
export type Sabotage = (parts: Parts) => void

/** One call as its caller lived it. */
export interface Lived {
  readonly call: Call
  readonly startedAt: number
  /** When the caller left, where it did. */
  leftAt: number | undefined
  readonly deltas: Delta[]
  reply: Reply | undefined
  error: unknown
  endedAt: number
  /** What came after the end. */
  after: unknown
  /** Listeners that were left on the caller's signal. */
  listeners: number
}

/** What happened in a world. */
export interface History {
  readonly lived: readonly Lived[]
  readonly providers: readonly FaultyProvider[]
  readonly calls: readonly CallEvent[]
  readonly attempts: readonly AttemptEvent[]
  /** What the operator allows each provider at once. */
  readonly concurrency: number | undefined
  /** Places that were not given back. */
  readonly placesLeft: number
  /** Timers that still wait. */
  readonly pending: number
}

/** Some callers, some providers with bad weather, and the real stages between them, all under one clock and one seed. */
export async function live(seed: number, sabotage: Sabotage = () => undefined): Promise<History> {
  const chance = createChance(seed)
  const clock = createVirtualClock()
  const events = keepEvents()
  const storms = chance.between(0, 3)
  const outage = { from: chance.between(0, 4_000), until: chance.between(4_000, 12_000) }
  const weather = (isFirst: boolean) => (now: number) =>
    isFirst && now >= outage.from && now < outage.until ? 0.95 : storms * 0.2
  const providers = ['lab', 'second', 'third'].map((name, index) =>
    faultyProvider(name, clock, chance, weather(index === 0)),
  )
  const providerOf = (name: string) => providers.find((provider) => provider.name === name) ?? providers[0]
  const concurrency = chance.happens(0.4) ? chance.between(1, 3) : undefined
  const aliases = ['one', 'two'].map((name) => anyAlias(name, chance, concurrency))
  const budget = createRetryBudget({ clock })
  const late = createLateReadings(clock)
  const { random } = chance
  const honest = createGates({ clock, books: flatBooks })
  const gates: Parts['gates'] = { ...honest }
  const breakers = createBreakers({ clock, random })
  const parts: Parts = {
    gates,
    stages: new Map<string, Stage>([
      ['observe', observe({ clock, events, late })],
      ['resolve', resolve({ findAlias: (model) => aliases.find(({ name }) => name === model) ?? aliasNone() })],
      ['deadline', deadline({ clock })],
      ['decide', decide()],
      ['cache', cache({ store: mapCache(), clock })],
      ['coalesce', coalesce()],
      ['recover', recover({ clock, budget })],
      ['hedge', hedge({ clock })],
      ['route', route({ random, budget })],
      ['retry', retry({ clock, random, budget })],
      ['break', breakCircuit({ clock, breakers })],
      ['throttle', throttle({ gates, breakers })],
      ['structure', structure()],
      ['holdBack', holdBack({ clock })],
    ]),
    attempt: attempt({
      clock,
      random,
      books: flatBooks,
      events,
      gates,
      providerOf: ({ provider }) => providerOf(provider) as FaultyProvider,
    }),
  }
  sabotage(parts)
  const run = compose([...parts.stages.values()], parts.attempt)

  const callers = Array.from({ length: chance.between(3, 10) }, (_, index) => ({
    index,
    startsAt: chance.between(0, 8_000),
    stops: chance.happens(0.15) ? chance.between(1, 6) : undefined,
    leavesAfter: chance.happens(0.15) ? chance.between(0, 3_000) : undefined,
    question: chance.pick(['a', 'bb', 'ccc', 'dddd']),
    isStream: chance.happens(0.6),
    alias: chance.pick(aliases).name,
    timeoutMs: chance.happens(0.2) ? chance.between(100, 5_000) : undefined,
  }))
  const lived: Lived[] = []
  await clock.run(async () => {
    await Promise.all(
      callers.map(async (caller) => {
        await sleep(clock, caller.startsAt, new AbortController().signal)
        const controller = new AbortController()
        const call: Call = {
          id: `call_${caller.index}`,
          door: 'library',
          model: caller.alias,
          request: {
            messages: [{ role: 'user', content: [{ type: 'text', text: caller.question }] }],
            stream: caller.isStream,
          },
          caller: {},
          timeoutMs: caller.timeoutMs,
          deadlineAt: Number.POSITIVE_INFINITY,
          signal: controller.signal,
          story: beginStory(clock),
        }
        const life: Lived = {
          call,
          startedAt: clock.now(),
          leftAt: undefined,
          deltas: [],
          reply: undefined,
          error: undefined,
          endedAt: 0,
          after: undefined,
          listeners: 0,
        }
        lived.push(life)
        const leave =
          caller.leavesAfter === undefined
            ? undefined
            : clock.timer(caller.leavesAfter, () => {
                life.leftAt = clock.now()
                controller.abort(new Error('The caller left.'))
              })
        await read(run(call), life, caller.stops)
        leave?.cancel()
        life.endedAt = clock.now()
        life.listeners = getEventListeners(controller.signal, 'abort').length
      }),
    )
    await late.settle(Number.POSITIVE_INFINITY)
  })
  return {
    lived,
    providers,
    calls: events.calls,
    attempts: events.attempts,
    concurrency,
    placesLeft: honest.inFlight,
    pending: clock.pending,
  }
}

async function read(answer: ReturnType<Handler>, life: Lived, stops: number | undefined): Promise<void> {
  try {
    for (;;) {
      if (stops !== undefined && life.deltas.length >= stops && life.call.request.stream) {
        await answer.return(undefined as never)
        life.error = new Error('The reader stopped.')
        return
      }
      const step = await answer.next()
      if (step.done) {
        life.reply = step.value
        const next = await answer.next()
        if (!next.done || next.value !== undefined) life.after = next
        return
      }
      life.deltas.push(step.value)
    }
  } catch (thrown) {
    life.error = thrown
  }
}

function anyAlias(name: string, chance: Chance, concurrency: number | undefined): Alias {
  const limits = concurrency === undefined ? undefined : { concurrency }
  const targets = ['lab/a', 'second/b', 'third/c'].slice(0, chance.between(1, 3)).map((target) =>
    aTarget(target, {
      ...(limits && { limits }),
      ...(chance.happens(0.2) && { drainTokens: chance.pick([2, 1_000]) }),
    }),
  )
  return anAlias({
    name,
    targets,
    order: chance.pick(['priority', 'weighted']),
    timeouts: {
      connectMs: 1_000,
      headersMs: 2_000,
      firstTokenMs: 2_000,
      idleMs: 1_000,
      totalMs: chance.pick([3_000, 8_000, 20_000]),
    },
    retry: { attempts: chance.between(1, 3), baseMs: 100, capMs: 1_000 },
    coalesce: chance.happens(0.3),
    ...(chance.happens(0.2) && { loadClass: 'batch' as const }),
    onInterrupted: chance.pick(['error', 'error', 'restart', 'splice']),
    ...(chance.happens(0.3) && { cache: { ttlSeconds: 60 } }),
    ...(chance.happens(0.3) && { hedge: { after: chance.between(50, 1_000), budget: 0.5 } }),
    ...(chance.happens(0.3) && { holdBack: chance.pick(['whole' as const, { ms: 100 }, { tokens: 3 }]) }),
  })
}

function aliasNone(): never {
  throw new TypeError('No such alias.')
}
