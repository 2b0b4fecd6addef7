import type { Config, RedisConfig } from './config.ts'
import type { SeamEvent } from './core/event.ts'
import type { Ledger } from './core/ledger.ts'
import type { EventSink } from './core/ports.ts'
import { createSeam, type Seam, type SeamOptions } from './create-seam.ts'
import type { InseamError } from './errors/index.ts'

/** Where a seam finds its configuration. */
export interface OpenOptions extends Pick<SeamOptions, 'providers' | 'onIndexing' | 'limiter'> {
  /** The configuration file. Default: `inseam.yaml` in the working directory if there is one, else the keys in the environment. */
  readonly path?: string
  /** A configuration that is already read; `path` is not looked at. */
  readonly config?: Config
  /**
   * Answers from a simulator in this process instead: no key is used, nothing is billed, and the record is in memory. For tests and
   * first steps. Default false.
   */
  readonly simulate?: boolean
  /** Where events go instead of where the configuration says. */
  readonly events?: EventSink
  /** Hears of each event as it is recorded, wherever it is kept. Must neither throw nor take long. */
  readonly onEvent?: (event: SeamEvent) => void
  /** Told when a store is lost or cannot write: a full disk, say. Default: a process warning. */
  readonly onProblem?: (problem: InseamError) => void
  /** Told when what was lost is back. Default: a process warning. */
  readonly onRecovery?: (what: string) => void
}

/**
 * Opens the seam over `inseam.yaml`, or over the keys in the environment where there is none, with the stores that it names.
 * Configuration and stores are loaded here, not with the import. Throws `ConfigInvalid`, which names file, line and fix.
 *
 * @example
 * ```ts no-run
 * import { feature, openSeam, prompt } from 'inseam'
 *
 * const summarise = feature({
 *   name: 'summarise-ticket',
 *   model: 'fast',
 *   prompt: ({ ticket }: { ticket: string }) => prompt`Summarise the ticket in one sentence.\n\n${ticket}`,
 * })
 * await using seam = await openSeam() // or, without any key: openSeam({ simulate: true })
 * const { text, cost } = await seam.complete(summarise, { ticket: 'My parcel is late.' })
 * ```
 */
export async function openSeam(options: OpenOptions = {}): Promise<Seam> {
  const { path, config, providers = [], events, onEvent, onIndexing } = options
  const warnings = warnOfEach()
  const { onProblem = warnings.onProblem, onRecovery = warnings.onRecovery } = options
  const simulated = options.simulate ? await simulation() : undefined
  const names = providers.map(({ name }) => name)
  const known = config ?? simulated?.config ?? (await readConfig(path, names))
  const { createMemoryCache } = await import('./stores/memory/index.ts')
  const sink = events ?? (await openEvents(known, onProblem, onRecovery))
  const redis = known.redis && (await openRedisOf(known.redis, onProblem, onRecovery))
  return createSeam({
    config: known,
    providers,
    ledger: await ledgerOf(known, simulated !== undefined, onProblem),
    events: onEvent ? overheard(sink, onEvent) : sink,
    cache: createMemoryCache({ maxBytes: known.cache.maxBytes }),
    limiter: options.limiter ?? redis?.limiter,
    breakerHints: redis?.breakerHints,
    onIndexing,
    onClosed: async () => {
      await redis?.close()
      await simulated?.close()
    },
  })
}

/** A simulator of its own, and the configuration that leads there. */
async function simulation(): Promise<{ readonly config: Config; readonly close: () => Promise<void> }> {
  const [{ startSimulator }, { defaultConfig }] = await Promise.all([
    import('./simulator/index.ts'),
    import('./config.ts'),
  ])
  const simulator = await startSimulator()
  const config = defaultConfig({}, { simulatorUrl: simulator.url })
  return { config: { ...config, events: { ...config.events, store: 'memory' } }, close: () => simulator.close() }
}

async function readConfig(path: string | undefined, ownProviders: readonly string[]): Promise<Config> {
  const { loadConfig } = await import('./config.ts')
  return loadConfig({ path, ownProviders })
}

async function openEvents(
  { events }: Config,
  onProblem: (problem: InseamError) => void,
  onRecovery: (message: string) => void,
): Promise<EventSink> {
  if (events.store === 'sqlite') {
    const { openEventStore } = await import('./stores/sqlite/index.ts')
    return openEventStore({ path: events.path, onProblem })
  }
  if (events.postgres) {
    const { openPostgresEventStore } = await import('./stores/postgres/index.ts')
    return openPostgresEventStore({ ...events.postgres, onProblem, onRecovery })
  }
  const { createMemoryEventSink } = await import('./stores/memory/index.ts')
  return createMemoryEventSink(events.store === 'none' ? { capacity: 0 } : {})
}

/** The ledger, opened when a budget first asks for it; of what is simulated, in memory. */
async function ledgerOf(
  { state }: Config,
  isSimulated: boolean,
  onProblem: (problem: InseamError) => void,
): Promise<Ledger> {
  const { ledgerWhenAsked } = await import('./stores/ledger-when-asked.ts')
  return ledgerWhenAsked(async () => {
    const { openLedger } = await import('./stores/open-ledger.ts')
    return openLedger(isSimulated ? { store: 'memory' } : state, { onProblem })
  })
}

/** What stands in the Redis that processes share. */
async function openRedisOf(
  { processes, ...where }: RedisConfig,
  onProblem: (problem: InseamError) => void,
  onRecovery: (what: string) => void,
) {
  const { createRedisBreakerHints, createRedisLimiter, openRedis } = await import('./stores/redis/index.ts')
  const redis = await openRedis({ ...where, onProblem })
  redis.onBack(() => onRecovery('Redis is back: limits are counted there again.'))
  const limiter = createRedisLimiter({ redis, processes, onProblem })
  return { limiter, breakerHints: createRedisBreakerHints({ redis }), close: () => redis.close() }
}

/** The same sink, with somebody who listens. */
function overheard(sink: EventSink, onEvent: (event: SeamEvent) => void): EventSink {
  return {
    record(event) {
      sink.record(event)
      onEvent(event)
    },
    flush: () => sink.flush(),
    pending: () => sink.pending?.() ?? 0,
    problems: () => sink.problems?.() ?? [],
    close: () => sink.close(),
  }
}

/** Warns of each problem once, until something is back: a full disk fails every batch. */
function warnOfEach(): Required<Pick<OpenOptions, 'onProblem' | 'onRecovery'>> {
  const told = new Set<string>()
  return {
    onProblem({ message, fix }) {
      if (told.has(message)) return
      told.add(message)
      process.emitWarning(`${message} ${fix}`, 'InseamWarning')
    },
    onRecovery(what) {
      told.clear()
      process.emitWarning(what, 'InseamWarning')
    },
  }
}
