import type { Config } from './config.ts'
import type { SeamEvent } from './core/event.ts'
import type { EventSink } from './core/ports.ts'
import { createSeam, type Seam, type SeamOptions } from './create-seam.ts'
import type { InseamError } from './errors/index.ts'

/** Where a seam finds its configuration. */
export interface OpenOptions extends Pick<SeamOptions, 'providers' | 'onIndexing'> {
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
  /** Told when the event store cannot write: a full disk, say. Default: a process warning. */
  readonly onProblem?: (problem: InseamError) => void
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
  const { path, config, providers = [], events, onEvent, onIndexing, onProblem = warnOfEach() } = options
  const simulated = options.simulate ? await simulation() : undefined
  const names = providers.map(({ name }) => name)
  const known = config ?? simulated?.config ?? (await readConfig(path, names))
  const { createMemoryCache } = await import('./stores/memory/index.ts')
  const sink = events ?? (await openEvents(known, onProblem))
  return createSeam({
    config: known,
    providers,
    events: onEvent ? overheard(sink, onEvent) : sink,
    cache: createMemoryCache({ maxBytes: known.cache.maxBytes }),
    onIndexing,
    onClosed: simulated?.close,
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

async function openEvents({ events }: Config, onProblem: (problem: InseamError) => void): Promise<EventSink> {
  if (events.store === 'sqlite') {
    const { openEventStore } = await import('./stores/sqlite/index.ts')
    return openEventStore({ path: events.path, onProblem })
  }
  const { createMemoryEventSink } = await import('./stores/memory/index.ts')
  return createMemoryEventSink(events.store === 'none' ? { capacity: 0 } : {})
}

/** The same sink, with somebody who listens. */
function overheard(sink: EventSink, onEvent: (event: SeamEvent) => void): EventSink {
  return {
    record(event) {
      sink.record(event)
      onEvent(event)
    },
    flush: () => sink.flush(),
    close: () => sink.close(),
  }
}

/** Warns of each problem once: a full disk fails every batch. */
function warnOfEach(): (problem: InseamError) => void {
  const told = new Set<string>()
  return ({ message, fix }) => {
    if (told.has(message)) return
    told.add(message)
    process.emitWarning(`${message} ${fix}`, 'InseamWarning')
  }
}
