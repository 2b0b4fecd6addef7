import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Config, defaultConfig, type LocalServer, loadConfig, timeoutProfiles } from '../config.ts'
import { type Simulator, startSimulator } from '../simulator/index.ts'
import { fingerprint } from './watch-file.ts'

/** The configuration that a command runs on, and where it comes from. */
export interface FoundConfig {
  readonly config: Config
  /** The configuration file, where there is one, and what it looked like when it was read. */
  readonly file?: { readonly path: string; readonly seen: string }
  /** Where the answers come from, in words. */
  readonly origin: string
  readonly isSimulated: boolean
  /** The simulator, where one was started. */
  readonly simulator?: Simulator
  /** Ends the simulator, where one was started. */
  close(): Promise<void>
}

/** What a user may say about it. */
export interface FindOptions {
  /** The configuration file. Default: `inseam.yaml` in the working directory. */
  readonly config?: string
  /** Use the simulator, whatever is there. */
  readonly simulate?: boolean
}

/**
 * Finds what to run on: the file; else the keys in the environment; else a model server that answers on this machine; else
 * the simulator, started here. Throws `ConfigInvalid`.
 */
export async function findConfig({ config: named, simulate = false }: FindOptions): Promise<FoundConfig> {
  const path = named ?? 'inseam.yaml'
  if (!simulate && (named !== undefined || existsSync(path))) {
    const file = { path: resolve(path), seen: await fingerprint(path) }
    const config = await loadConfig({ path })
    return { config, file, origin: path, isSimulated: false, ...nothingToClose }
  }
  if (!simulate) {
    const fromKeys = defaultConfig(process.env)
    if (fromKeys.providers.length > 0) {
      const names = fromKeys.providers.map(({ name }) => name).join(', ')
      return {
        config: fromKeys,
        origin: `the keys in the environment (${names})`,
        isSimulated: false,
        ...nothingToClose,
      }
    }
    const local = await findLocalServer()
    if (local) {
      const origin = `${local.kind} at ${local.url}`
      return { config: defaultConfig({}, { local }), origin, isSimulated: false, ...nothingToClose }
    }
  }
  const simulator = await startSimulator({ pace: { firstTokenMs: 250, tokenMs: 15 } })
  const config = defaultConfig({}, { simulatorUrl: simulator.url })
  return {
    // Nobody waits half a minute for a simulator that was told to be silent.
    config: { ...config, aliases: config.aliases.map((alias) => ({ ...alias, timeouts: timeoutProfiles.quick })) },
    origin: `the simulator at ${simulator.url}`,
    isSimulated: true,
    simulator,
    close: () => simulator.close(),
  }
}

const nothingToClose = { close: async () => undefined }

const localServers: readonly Pick<LocalServer, 'kind' | 'url'>[] = [
  { kind: 'ollama', url: 'http://127.0.0.1:11434/v1' },
  { kind: 'llamacpp', url: 'http://127.0.0.1:8080/v1' },
  { kind: 'vllm', url: 'http://127.0.0.1:8000/v1' },
  { kind: 'lmstudio', url: 'http://127.0.0.1:1234/v1' },
]

/** How long a local model server may take to answer, in milliseconds. */
const probeMs = 500

async function findLocalServer(): Promise<LocalServer | undefined> {
  const found = await Promise.all(localServers.map(probe))
  return found.find((server) => server !== undefined)
}

async function probe({ kind, url }: Pick<LocalServer, 'kind' | 'url'>): Promise<LocalServer | undefined> {
  try {
    const response = await fetch(`${url}/models`, { signal: AbortSignal.timeout(probeMs), redirect: 'error' })
    const listing: unknown = await response.json()
    const models = modelIds(listing)
    return models.length > 0 ? { kind, url, models } : undefined
  } catch {
    return undefined
  }
}

function modelIds(listing: unknown): string[] {
  const data = typeof listing === 'object' && listing !== null && 'data' in listing ? listing.data : undefined
  if (!Array.isArray(data)) return []
  return data.flatMap((model: unknown) =>
    typeof model === 'object' && model !== null && 'id' in model && typeof model.id === 'string' ? [model.id] : [],
  )
}
