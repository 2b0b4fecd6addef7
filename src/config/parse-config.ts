import { dirname, resolve } from 'node:path'
import { defaultAliasPolicy } from './alias-policy.ts'
import { check } from './check.ts'
import type { Config } from './config.ts'
import { defaultCache } from './defaults.ts'
import type { Environment } from './environment.ts'
import { checkNames, keysOf } from './names.ts'
import { nearestBySpelling } from './nearest.ts'
import { readDocument } from './read-document.ts'
import { mostPriceBytes, readPriceFile } from './read-price-file.ts'
import { readSmallFile } from './read-small-file.ts'
import { report as createReport } from './report.ts'
import { resolveAdmin } from './resolve-admin.ts'
import { resolveAliases } from './resolve-aliases.ts'
import { resolveBudgets } from './resolve-budgets.ts'
import { resolveEvents } from './resolve-events.ts'
import { resolveGateway } from './resolve-gateway.ts'
import { resolveLimits, resolveRedis } from './resolve-limits.ts'
import { resolvePrices } from './resolve-prices.ts'
import { resolveProviders } from './resolve-providers.ts'
import { resolveState } from './resolve-state.ts'
import { resolveWebhooks } from './resolve-webhooks.ts'
import type { Variables } from './substitute.ts'

/** Where a configuration's text comes from, and what it may refer to. */
export interface ParseOptions {
  /** What the file is called in messages; paths in the configuration start from its folder. Default `inseam.yaml`. */
  readonly path?: string
  /** Default: the environment of the process. */
  readonly env?: Environment
  /** Reads a file that `${file:...}` names. Default: from the disk, a regular file of at most 1 MiB. */
  readonly readFile?: (path: string) => string
  /** Names of providers that the program brings itself: aliases may name them, too. Default: none. */
  readonly ownProviders?: readonly string[]
}

/** A larger configuration is refused. */
export const mostBytes = 1024 ** 2

/**
 * Reads a configuration from its text: pure but for the files that it refers to.
 *
 * Throws `ConfigInvalid`, with every problem that was found, and nothing else. No value of a secret is in its message.
 *
 * @example
 * ```ts
 * import { parseConfig } from 'inseam/config'
 *
 * const config = parseConfig('models: { fast: { targets: [ollama/qwen3] } }\nproviders: { ollama: }')
 * console.assert(config.aliases[0]?.timeouts.totalMs === 120_000)
 * ```
 */
export function parseConfig(text: string, options: ParseOptions = {}): Config {
  const { path = 'inseam.yaml', env = process.env, readFile = readSmallFile, ownProviders = [] } = options
  const readPrices = options.readFile ?? ((file: string) => readSmallFile(file, mostPriceBytes))
  const report = createReport(path, text)
  const folder = dirname(path)
  if (Buffer.byteLength(text) > mostBytes) {
    report.add([], 'The file is larger than 1 MiB.', 'Check that it is the right one.')
    report.throwIfAny()
  }

  const files = new Set<string>()
  const variables: Variables = {
    variable: (name) => (Object.hasOwn(env, name) ? env[name] : undefined),
    similar: (name) => nearestBySpelling(name, Object.keys(env)),
    file: (name) => {
      const file = resolve(folder, name)
      files.add(file)
      return readFile(file)
    },
  }
  const value = readDocument(text, variables, report)
  if (value === undefined) report.throwIfAny()
  checkNames(value, report)
  const {
    providers: writtenProviders,
    models,
    gateway,
    admin,
    limits,
    redis,
    cache,
    events,
    state,
    features,
    translation,
    prices,
    unpricedAt,
    budgets,
    webhooks,
  } = check(value, report)

  const providers = resolveProviders(writtenProviders, env, report)
  const written = [...keysOf(value, 'providers'), ...providers.map(({ name }) => name)]
  const providerNames = [...new Set([...written, ...ownProviders])]
  const aliases = resolveAliases(
    models,
    providers,
    providerNames,
    translation ?? defaultAliasPolicy.translation,
    report,
  )
  const priceFile = typeof prices === 'string' ? resolve(folder, prices) : undefined
  if (priceFile !== undefined) files.add(priceFile)
  const ownPrices =
    priceFile === undefined
      ? resolvePrices(typeof prices === 'object' ? prices : undefined, ['prices'], report)
      : readPriceFile(priceFile, readPrices, report)
  const config: Config = {
    source: path,
    files: [...files],
    providers,
    aliases,
    gateway: resolveGateway(gateway, aliases, providers, report),
    admin: resolveAdmin(admin, report),
    limits: resolveLimits(limits, aliases, providers, report),
    redis: resolveRedis(redis),
    cache: { ...defaultCache, ...(cache?.maxBytes !== undefined && { maxBytes: cache.maxBytes }) },
    events: resolveEvents(events, folder, report),
    state: resolveState(state, folder, report),
    features: [features ?? []].flat().map((path) => resolve(folder, path)),
    translation: translation ?? defaultAliasPolicy.translation,
    prices: ownPrices,
    ...(unpricedAt && { unpricedAt }),
    budgets: resolveBudgets(budgets, report),
    webhooks: resolveWebhooks(webhooks, report),
  }
  report.throwIfAny()
  return config
}
