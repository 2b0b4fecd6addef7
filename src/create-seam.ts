import { secretsIn } from './config/secrets.ts'
import type { Config } from './config.ts'
import type { BreakerHints } from './core/breaker-hints.ts'
import { accountOf, type Budget, type BudgetState } from './core/budget.ts'
import { type BudgetStanding, standingsOf } from './core/budget-standing.ts'
import type { Limiter } from './core/call-limit.ts'
import { type Clock, systemClock } from './core/clock.ts'
import { compose, drain, type Handler } from './core/handler.ts'
import { newId } from './core/identifier.ts'
import type { Ledger } from './core/ledger.ts'
import type { Pipeline } from './core/pipeline.ts'
import type { Books, EventSink, ReplyCache } from './core/ports.ts'
import type { OwnProvider, Provider } from './core/provider.ts'
import type { Reply } from './core/reply.ts'
import { beginStory } from './core/story.ts'
import type { Target } from './core/target.ts'
import { createBooks } from './models/index.ts'
import { openCatalogue } from './open-catalogue.ts'
import type { Run } from './patterns/act/act.ts'
import type { Answer } from './patterns/answer/answer.ts'
import type { CallOptions, DoorOptions } from './patterns/begin-call.ts'
import { complete, type StreamPart, stream } from './patterns/complete.ts'
import type { TokenCount } from './patterns/count-tokens.ts'
import type { Embeddings, EmbedOptions } from './patterns/embed.ts'
import type { Extraction, ExtractPart } from './patterns/extract/extract.ts'
import type { AnyFeature, Feature } from './patterns/feature.ts'
import type { FeatureResult } from './patterns/run-feature.ts'
import { redact } from './providers/redact.ts'
import type { IndexProgress } from './retrieval/index-messages.ts'
import type { Indexes } from './retrieval/indexes.ts'
import { admit } from './stages/admit.ts'
import { attempt } from './stages/attempt.ts'
import { breakCircuit } from './stages/break.ts'
import { createBreakers, type OpenBreaker } from './stages/breakers.ts'
import { cache } from './stages/cache.ts'
import { coalesce } from './stages/coalesce.ts'
import { deadline } from './stages/deadline.ts'
import { decide } from './stages/decide.ts'
import { createGates } from './stages/gates.ts'
import { hedge } from './stages/hedge.ts'
import { holdBack } from './stages/hold-back.ts'
import { createLateReadings } from './stages/late-readings.ts'
import { limitsInForce } from './stages/limits-in-force.ts'
import { observe } from './stages/observe.ts'
import { planCache } from './stages/plan-cache.ts'
import { recordEvent } from './stages/record-event.ts'
import { recover } from './stages/recover.ts'
import { refuseUnread, reserve } from './stages/reserve.ts'
import { resolve } from './stages/resolve.ts'
import { retry } from './stages/retry.ts'
import { createRetryBudget } from './stages/retry-budget.ts'
import { route } from './stages/route.ts'
import { structure } from './stages/structure.ts'
import { throttle } from './stages/throttle.ts'
import { createMemoryLimiter } from './stores/memory/memory-limiter.ts'
import { budgetAlerts } from './webhooks/budget-alerts.ts'

/** What a seam is made of. */
export interface SeamOptions {
  readonly config: Config
  /** Where events go. */
  readonly events: EventSink
  /** Where replies are kept for aliases that opted in. */
  readonly cache: ReplyCache
  /** What keeps the budgets of the configuration and of keys. Default: none, and what a hard budget counts is refused. */
  readonly ledger?: Ledger
  /** What counts calls against limits. Default: one in memory, for this process alone. It is closed with the seam. */
  readonly limiter?: Limiter
  /** Tells other processes of targets that fail, and hears of theirs. Default: each finds out by itself. It is closed with the seam. */
  readonly breakerHints?: BreakerHints
  /**
   * Providers that the program brings itself (`aiSdkProvider` of `inseam/ai-sdk` makes one), beside those of the configuration, whose
   * aliases may name them. They stay through a reload and are closed with the seam.
   */
  readonly providers?: readonly OwnProvider[]
  /** Default: the machine's clock. */
  readonly clock?: Clock
  /** Numbers from 0 to 1, for jitter, weights and ids. Default `Math.random`. */
  readonly random?: () => number
  /** Hears how far an index of documents has come that is being brought up to date. Must neither throw nor take long. */
  readonly onIndexing?: (progress: IndexProgress) => void
  /** Ends what was opened for this seam alone. Called last when it closes. */
  readonly onClosed?: () => Promise<void>
}

/** The seam: what features call, and what the gateway stands on. */
export interface Seam extends Pipeline, AsyncDisposable {
  /** Answers a feature's call with the whole reply. Throws an `InseamError`, never anything else. */
  complete<Input>(feature: Feature<Input>, input: Input, options?: CallOptions): Promise<Reply>
  /** Answers a feature's call as it arrives: deltas, then the reply. Stop reading and the upstream stops. */
  stream<Input>(feature: Feature<Input>, input: Input, options?: CallOptions): AsyncGenerator<StreamPart, Reply, void>
  /**
   * Gives a value that the feature's output schema has passed, after one corrective turn at most. Throws an `InseamError`:
   * `output-invalid` with both attempts, `reply-incomplete` where the model did not finish, `feature-invalid` where the schema is at fault.
   *
   * @example
   * ```ts
   * import { createSeam, feature, prompt } from 'inseam'
   * import { defaultConfig } from 'inseam/config'
   * import { startSimulator } from 'inseam/simulator'
   * import { createMemoryCache, createMemoryEventSink } from 'inseam/stores'
   * import { z } from 'zod'
   *
   * const triage = feature({
   *   name: 'triage-ticket',
   *   model: 'fast',
   *   output: z.object({ category: z.enum(['billing', 'delivery', 'other']), urgent: z.boolean() }),
   *   prompt: ({ ticket }: { ticket: string }) => prompt`Classify the support ticket.\n\n${ticket}`,
   * })
   * const simulator = await startSimulator()
   * const seam = createSeam({
   *   config: defaultConfig({}, { simulatorUrl: simulator.url }),
   *   events: createMemoryEventSink(),
   *   cache: createMemoryCache(),
   * })
   * const { output } = await seam.extract(triage, { ticket: 'My delivery has not arrived.' })
   * console.assert(output.category === 'delivery')
   * await seam.close()
   * await simulator.close()
   * ```
   */
  extract<Input, Output>(
    feature: Feature<Input, Output>,
    input: Input,
    options?: CallOptions,
  ): Promise<Extraction<Output>>
  /** The same as it arrives: the value as it grows, `restart` where a correction voids it, the checked value last. */
  extractStream<Input, Output>(
    feature: Feature<Input, Output>,
    input: Input,
    options?: CallOptions,
  ): AsyncGenerator<ExtractPart<Output>, Extraction<Output>, void>
  /** Answers from the feature's documents, with citations that were checked, or abstains and says why. Throws an `InseamError`. */
  answer<Input>(feature: Feature<Input>, input: Input, options?: CallOptions): Promise<Answer>
  /** Lets the model use the feature's tools, within the limits of the run. Throws an `InseamError`. */
  act<Input>(feature: Feature<Input>, input: Input, options?: CallOptions): Promise<Run>
  /**
   * Gives a vector for each text, all of one model, in as many requests as it takes. Throws an `InseamError`; `invalid-request` names
   * a text that is empty.
   *
   * @example
   * ```ts
   * import { createSeam } from 'inseam'
   * import { defaultConfig } from 'inseam/config'
   * import { startSimulator } from 'inseam/simulator'
   * import { createMemoryCache, createMemoryEventSink } from 'inseam/stores'
   *
   * const simulator = await startSimulator()
   * const seam = createSeam({
   *   config: defaultConfig({}, { simulatorUrl: simulator.url }),
   *   events: createMemoryEventSink(),
   *   cache: createMemoryCache(),
   * })
   * const { vectors, cost } = await seam.embed(['red shoes', 'blue shoes'], { model: 'simulator/sim-embed', dimensions: 64 })
   * console.assert(vectors.length === 2 && vectors[0]?.length === 64 && cost.status === 'priced')
   * await seam.close()
   * await simulator.close()
   * ```
   */
  embed(texts: readonly string[], options: EmbedOptions): Promise<Embeddings>
  /**
   * Counts the tokens of what a feature would send to its model first: prompt, tools, schema and passages, as the target is told them.
   * The provider counts where it can; else it is an estimate, and says so. Free, and on the record. Rules and the search for
   * documents run, tools do not. Throws an `InseamError`.
   *
   * @example
   * ```ts
   * import { feature, openSeam, prompt } from 'inseam'
   *
   * const summarise = feature({
   *   name: 'summarise-ticket',
   *   model: 'simulator-anthropic/sim-small',
   *   prompt: ({ ticket }: { ticket: string }) => prompt`Summarise the ticket in one sentence.\n\n${ticket}`,
   * })
   * const seam = await openSeam({ simulate: true })
   * const { tokens, source } = await seam.countTokens(summarise, { ticket: 'My parcel is late.' })
   * console.assert(tokens > 10 && source === 'measured')
   * await seam.close()
   * ```
   */
  countTokens<Input, Output>(feature: Feature<Input, Output>, input: Input, options?: CallOptions): Promise<TokenCount>
  /** The same for doors that know a feature by name only. */
  countFeature(feature: AnyFeature, input: unknown, options?: DoorOptions): Promise<Reply>
  /** Runs a feature by its own pattern, for doors that know it by name only: the gateway, evals. */
  runFeature(feature: AnyFeature, input: unknown, options?: DoorOptions): Promise<FeatureResult>
  /** Puts another configuration in force for the calls to come; those in flight end under the old one. */
  reload(config: Config): void
  /** Resolves once every event recorded so far is durable. */
  flush(): Promise<void>
  /** How many events are not durable yet. */
  unflushed(): number
  /** How budgets that a key brings of its own stand in this window, in their order; of none where there is no ledger. */
  standingOf(budgets: readonly Budget[]): Promise<readonly BudgetState[]>
  /**
   * How every budget of the configuration stands in this window, and these that keys bring of their own; none where there is no ledger.
   * Rejects with `store-failed` where the ledger cannot be asked.
   */
  standings(ofKeys?: readonly Budget[]): Promise<readonly BudgetStanding[]>
  /** The circuit breakers of this process that are open now. */
  openBreakers(): readonly OpenBreaker[]
  /** What is not well at this moment, and keeps no call from being answered: a store that cannot be reached, say. */
  problems(): readonly string[]
  /** Closes providers, cache and event store, once what is in flight has ended. */
  close(): Promise<void>
}

/**
 * Assembles the pipeline: the one place that knows every stage, and their order. What `openSeam` opens for you is given here:
 * configuration, event sink and cache.
 *
 * @example
 * ```ts
 * import { createSeam, feature, prompt } from 'inseam'
 * import { defaultConfig } from 'inseam/config'
 * import { startSimulator } from 'inseam/simulator'
 * import { createMemoryCache, createMemoryEventSink } from 'inseam/stores'
 *
 * const simulator = await startSimulator()
 * const seam = createSeam({
 *   config: defaultConfig({}, { simulatorUrl: simulator.url }),
 *   events: createMemoryEventSink(),
 *   cache: createMemoryCache(),
 * })
 * const greet = feature({ name: 'greet', model: 'fast', prompt: ({ name }: { name: string }) => prompt`Greet ${name}.` })
 * const { ending, cost } = await seam.complete(greet, { name: 'Ada' })
 * console.assert(ending.type === 'completed' && cost.status === 'priced')
 * await seam.close()
 * await simulator.close()
 * ```
 */
export function createSeam({
  config,
  events,
  cache: store,
  ledger,
  providers = [],
  clock = systemClock,
  limiter = createMemoryLimiter({ clock }),
  breakerHints,
  random = Math.random,
  onIndexing,
  onClosed,
}: SeamOptions): Seam {
  const served = new WeakMap<Target, Provider>()
  const open = (config: Config) => ({
    keepContent: config.events.keepContent ? redactor(secretsIn(config)) : undefined,
    catalogue: openCatalogue(config, served, providers),
    findLimits: limitsInForce(config.limits),
    books: createBooks({ overrides: config.prices, unpricedAt: config.unpricedAt }),
  })
  let inForce = open(config)
  let current = config

  const books: Books = {
    price: (target, usage) => inForce.books.price(target, usage),
    estimate: (target, request, arrived) => inForce.books.estimate(target, request, arrived),
    worstCase: (target, request, wire) => inForce.books.worstCase(target, request, wire),
  }
  const providerOf = (target: Target): Provider => {
    const provider = served.get(target.insteadOf ?? target)
    if (!provider) throw new TypeError(`No provider serves the target ${target.name}.`)
    return provider
  }
  const indexes = indexesWhenAsked(async () =>
    (await import('./retrieval/indexes.ts')).createIndexes({ onProgress: onIndexing, clock }),
  )
  const newIdHere = (prefix: string) => newId(prefix, clock.date(), random)
  const budget = createRetryBudget({ clock })
  const breakers = createBreakers({ clock, random, hints: breakerHints })
  const gates = createGates({ clock, books })
  const keepsContent = () => inForce.keepContent
  const late = createLateReadings(clock)
  const alerts = budgetAlerts({ clock, random, receivers: () => current.webhooks })
  const { alert } = alerts
  const reserving = { clock, random, books, ledger, budgets: () => current.budgets, alert }
  const counted = admit({ limiter, books, findLimits: (call) => inForce.findLimits(call) })
  const watch = observe({ clock, events, late, keepContent: keepsContent })
  const run = compose(
    [
      watch,
      resolve({ findAlias: (model) => inForce.catalogue.findAlias(model) }),
      deadline({ clock }),
      counted,
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
      reserve(reserving),
      holdBack({ clock }),
    ],
    attempt({ clock, random, books, events, providerOf, gates }),
  )

  const seam: Seam = {
    begin: ({ id = newIdHere('call'), door = 'library', caller = {}, signal = neverAborts, story, ...input }) => ({
      ...input,
      id,
      door,
      caller,
      signal,
      deadlineAt: Number.POSITIVE_INFINITY,
      story: story ?? beginStory(clock),
    }),
    run,
    refuse(call, error) {
      const fail: Handler = () => {
        throw error
      }
      drain(watch(fail)(call)).catch(() => undefined)
    },
    targetsOf: (model) => inForce.catalogue.findAlias(model).targets,
    models: () => inForce.catalogue.models(inForce.books),
    passable: () => inForce.catalogue.passable,
    async passThrough(call, sink) {
      const { passThrough } = await stages.passThrough()
      const findProvider = (name: string) => {
        const { client, dialect } = inForce.catalogue.findProvider(name)
        return { provider: client, dialect }
      }
      const pass = passThrough({ clock, random, events, findProvider, sink })
      await drain(watch(counted(refuseUnread(reserving)(pass)))(call))
    },
    complete: (feature, input, options) => complete(seam, feature, input, options),
    stream: (feature, input, options) => stream(seam, feature, input, options),
    extract: async (feature, input, options) => (await patterns.extract()).extract(seam, feature, input, options),
    async *extractStream(feature, input, options) {
      return yield* (await patterns.extract()).extractStream(seam, feature, input, options)
    },
    answer: async (feature, input, options) => (await patterns.answer()).answer(seam, indexes, feature, input, options),
    act: async (feature, input, options) => (await patterns.act()).act(seam, feature, input, options),
    embed: async (texts, options) => (await patterns.embed()).embed(seam, texts, options),
    countTokens: async (feature, input, options) =>
      (await patterns.count()).countTokens(seam, indexes, feature, input, options),
    countFeature: async (feature, input, options) =>
      (await patterns.count()).countFeature(seam, indexes, feature, input, options),
    runFeature: async (feature, input, options) =>
      (await patterns.any()).runFeature(seam, indexes, feature, input, options),
    clock,
    keepsContent,
    newId: newIdHere,
    record: (event) => recordEvent(events, event),
    reload(next) {
      const before = inForce
      inForce = open(next)
      const changed = changedProviders(current, next)
      breakers.forget(changed)
      gates.forget(changed)
      current = next
      void before.catalogue.close()
    },
    async flush() {
      await ledger?.flush()
      await events.flush()
    },
    standingOf: async (budgets) =>
      (await ledger?.states(budgets.map((budget) => accountOf(budget, '', clock.date())))) ?? [],
    async standings(ofKeys = []) {
      const budgets = [...current.budgets, ...ofKeys]
      if (!ledger || budgets.length === 0) return []
      const [accounts, presumed] = await Promise.all([ledger.current(), ledger.presumed()])
      return standingsOf(budgets, { current: accounts, presumed }, clock.date())
    },
    openBreakers: () => breakers.open(),
    unflushed: () => events.pending?.() ?? 0,
    problems: () => [events, ledger, store, limiter, alerts].flatMap((part) => part?.problems?.() ?? []),
    settle: (timeoutMs) => late.settle(timeoutMs),
    async close() {
      await late.settle(Number.POSITIVE_INFINITY)
      await inForce.catalogue.close()
      await Promise.all(providers.map((provider) => provider.close()))
      await indexes.close()
      await store.close()
      // It writes what is settled, and says itself what could not be written.
      await ledger?.close()
      await limiter.close()
      await breakerHints?.close()
      await events.close()
      // Last, for a receiver that does not answer is waited for.
      await alerts.close()
      await onClosed?.()
    },
    [Symbol.asyncDispose]: () => seam.close(),
  }
  return seam
}

/** The providers that are configured otherwise than before. */
function changedProviders(before: Config, after: Config): ReadonlySet<string> {
  const known = new Map(before.providers.map((provider) => [provider.name, JSON.stringify(provider)]))
  const changed = after.providers.filter((provider) => known.get(provider.name) !== JSON.stringify(provider))
  return new Set(changed.map(({ name }) => name))
}

const redactor = (secrets: readonly string[]) => (text: string) => redact(text, secrets)

const neverAborts = new AbortController().signal

/** The patterns beyond `complete`, each loaded with its first use: most programs need one or two. */
const patterns = {
  extract: lazily(() => import('./patterns/extract/extract.ts')),
  answer: lazily(() => import('./patterns/answer/answer.ts')),
  act: lazily(() => import('./patterns/act/act.ts')),
  embed: lazily(() => import('./patterns/embed.ts')),
  count: lazily(() => import('./patterns/count-tokens.ts')),
  any: lazily(() => import('./patterns/run-feature.ts')),
}

/** What most programs never do. */
const stages = {
  passThrough: lazily(() => import('./stages/pass-through.ts')),
}

/** Loaded with the first question: most programs ask none of their documents. */
function indexesWhenAsked(make: () => Promise<Indexes>): Indexes {
  let made: Promise<Indexes> | undefined
  return {
    async open(documents, signal) {
      made ??= make()
      return (await made).open(documents, signal)
    },
    close: async () => (await made)?.close(),
  }
}

function lazily<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let loaded: Promise<Module> | undefined
  return () => {
    loaded ??= load()
    return loaded
  }
}
