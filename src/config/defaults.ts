import type { PassageLimits } from '../core/passage.ts'
import { type CatalogueEntry, catalogue } from '../providers/catalogue.ts'
import { defaultAliasPolicy } from './alias-policy.ts'
import { azureHost } from './azure-host.ts'
import type {
  AdminConfig,
  AliasConfig,
  CacheConfig,
  Config,
  EventsConfig,
  GatewayConfig,
  ProviderConfig,
  SqliteStateConfig,
} from './config.ts'
import type { Environment } from './environment.ts'
import { bedrockHost } from './resolve-bedrock.ts'

/** Limits of what is passed through where the configuration says nothing: a large file may take long, silence may not. */
export const defaultPassThrough: PassageLimits = {
  connectMs: 10_000,
  headersMs: 600_000,
  idleMs: 300_000,
  maxBodyBytes: 1024 ** 3,
}

/** The gateway where the configuration says nothing: on this machine only. */
export const defaultGateway: GatewayConfig = {
  host: '127.0.0.1',
  port: 4000,
  keys: [],
  requireKeys: false,
  trustedProxies: [],
  keyOutageMs: 600_000,
  maxBodyBytes: 10 * 1024 ** 2,
  passThrough: defaultPassThrough,
  workers: 1,
  drainNoticeMs: 5_000,
  drainTimeoutMs: 30_000,
  pingMs: 10_000,
  readerTimeoutMs: 30_000,
}

/** The page where the configuration says nothing: on this machine only. */
export const defaultAdmin: AdminConfig = { host: '127.0.0.1' }

/** The cache where the configuration says nothing. It stays empty until an alias opts in. */
export const defaultCache: CacheConfig = { store: 'memory', maxBytes: 64 * 1024 ** 2 }

/** Events where the configuration says nothing: a file beside the configuration, without what was asked and answered. */
export const defaultEvents: EventsConfig = { store: 'sqlite', path: '.inseam/events.db', keepContent: false }

/** State where the configuration says nothing: a file beside the configuration, and nothing is held in advance. */
export const defaultState: SqliteStateConfig = { store: 'sqlite', path: '.inseam/state.db', leaseNanoUsd: 0 }

/** A model server that was found on this machine. */
export interface LocalServer {
  /** Its name in the catalogue. */
  readonly kind: 'ollama' | 'llamacpp' | 'vllm' | 'lmstudio'
  readonly url: string
  /** The models that it serves; the first one stands behind the default aliases. */
  readonly models: readonly string[]
}

/** What {@link defaultConfig} may use beside the environment. */
export interface DefaultConfigOptions {
  /** The simulator's address, without a path. Given: nothing but the simulator is used, and no key is read. */
  readonly simulatorUrl?: string
  readonly local?: LocalServer
}

/**
 * The configuration that works without a file: a provider for each key in the environment, a local server if one was
 * found, and the aliases `fast` and `smart` over Anthropic, then OpenAI, or else over the local server. Where nothing of
 * it is there, both lists are empty. Never throws.
 */
export function defaultConfig(env: Environment, { simulatorUrl, local }: DefaultConfigOptions = {}): Config {
  const providers =
    simulatorUrl === undefined
      ? [...environmentProviders(env), ...(local ? [localProvider(local)] : [])]
      : simulatorProviders(simulatorUrl)
  return {
    source: 'defaults',
    files: [],
    providers,
    aliases: defaultAliases(providers),
    gateway: defaultGateway,
    admin: defaultAdmin,
    limits: [],
    cache: defaultCache,
    // What is simulated is nobody's secret.
    events: { ...defaultEvents, keepContent: simulatorUrl !== undefined },
    state: defaultState,
    features: [],
    translation: defaultAliasPolicy.translation,
    prices: Object.create(null),
    budgets: [],
    webhooks: [],
  }
}

/** The key of a known host, from the first of its variables that is set. */
export function environmentKey(entry: CatalogueEntry, env: Environment): string | undefined {
  return entry.envKey.map((name) => env[name]?.trim()).find((value) => value !== undefined && value !== '')
}

/** A provider for each known host whose key is in the environment. */
export function environmentProviders(env: Environment): ProviderConfig[] {
  return catalogue.flatMap((entry) => {
    const key = environmentKey(entry, env)
    if (key === undefined) return []
    if (entry.name === 'bedrock') return fromHost(entry, key, bedrockHost({}, env)?.url)
    if (entry.name !== 'azure') return [{ ...fromCatalogue(entry), key }]
    const host = azureHost({}, env)
    return host ? [{ ...fromCatalogue(entry), ...host, key }] : []
  })
}

/** A token for Bedrock, in an environment that names its region. */
function fromHost(entry: CatalogueEntry, key: string, url: string | undefined): ProviderConfig[] {
  return url === undefined ? [] : [{ ...fromCatalogue(entry), auth: 'bearer', url, key }]
}

/** `fast` and `smart` over the providers that are there: simulator, else Anthropic and OpenAI, else what has models listed. */
export function defaultAliases(providers: readonly ProviderConfig[]): AliasConfig[] {
  const targets = (choose: (provider: ProviderConfig) => string | undefined) =>
    providers.flatMap((provider) => {
      // The same host in another dialect is nothing to fall back to.
      if (provider.dialect === 'openai-responses') return []
      const model = choose(provider)
      return model === undefined ? [] : [{ provider: provider.name, model, weight: 1 }]
    })
  return (['fast', 'smart'] as const).flatMap((name) => {
    const known = targets(({ kind, dialect }) =>
      // The simulator's further dialects are there to be asked by name: two targets are what a fallback needs.
      Object.hasOwn(usualModels, kind) && dialect !== 'gemini' && dialect !== 'bedrock-converse'
        ? usualModels[kind]?.[name]
        : undefined,
    )
    const found = known.length > 0 ? known : targets(({ models }) => models[0]).slice(0, 1)
    return found.length === 0 ? [] : [{ ...defaultAliasPolicy, name, targets: found }]
  })
}

const usualModels: Readonly<Record<string, { readonly fast: string; readonly smart: string }>> = {
  anthropic: { fast: 'claude-haiku-4-5', smart: 'claude-opus-5-5' },
  openai: { fast: 'gpt-5.4-mini', smart: 'gpt-6-sol' },
  simulator: { fast: 'sim-small', smart: 'sim-large' },
}

function fromCatalogue({ name, dialect, url, auth, quirks, models }: CatalogueEntry): ProviderConfig {
  return { name, kind: name, dialect, url, auth, headers: {}, quirks, models }
}

function localProvider({ kind, url, models }: LocalServer): ProviderConfig {
  return {
    name: kind,
    kind,
    dialect: 'openai-chat',
    url: trimSlash(url),
    auth: 'none',
    headers: {},
    quirks: catalogue.find((entry) => entry.name === kind)?.quirks ?? {},
    models,
  }
}

function simulatorProviders(url: string): ProviderConfig[] {
  const base = trimSlash(url)
  const common = { kind: 'simulator', url: `${base}/v1`, key: 'simulated', headers: {}, quirks: {} } as const
  return [
    {
      ...common,
      name: 'simulator',
      dialect: 'openai-chat',
      auth: 'bearer',
      models: ['sim-small', 'sim-large', 'sim-embed'],
    },
    { ...common, name: 'simulator-responses', dialect: 'openai-responses', auth: 'bearer', models: [] },
    {
      ...common,
      name: 'simulator-anthropic',
      dialect: 'anthropic-messages',
      auth: 'x-api-key',
      quirks: { cacheDiagnostics: true },
      models: [],
    },
    {
      ...common,
      name: 'simulator-gemini',
      url: `${base}/v1beta`,
      dialect: 'gemini',
      auth: 'x-goog-api-key',
      models: [],
    },
    { ...common, name: 'simulator-bedrock', url: base, dialect: 'bedrock-converse', auth: 'bearer', models: [] },
  ]
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '')
}
