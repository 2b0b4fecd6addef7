import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { defaultAliasPolicy } from './alias-policy.ts'
import { check } from './check.ts'
import type { Config } from './config.ts'
import { defaultCache, defaultEvents } from './defaults.ts'
import type { Environment } from './environment.ts'
import { checkNames, keysOf } from './names.ts'
import { nearestBySpelling } from './nearest.ts'
import { readDocument } from './read-document.ts'
import { report as createReport } from './report.ts'
import { resolveAdmin } from './resolve-admin.ts'
import { resolveAliases } from './resolve-aliases.ts'
import { resolveGateway } from './resolve-gateway.ts'
import { resolveProviders } from './resolve-providers.ts'
import type { Variables } from './substitute.ts'

/** Where a configuration's text comes from, and what it may refer to. */
export interface ParseOptions {
  /** What the file is called in messages; paths in the configuration start from its folder. Default `inseam.yaml`. */
  readonly path?: string
  /** Default: the environment of the process. */
  readonly env?: Environment
  /** Reads a file that `${file:...}` names. Default: from the disk. */
  readonly readFile?: (path: string) => string
  /** Names of providers that the program brings itself: aliases may name them, too. Default: none. */
  readonly ownProviders?: readonly string[]
}

const mostBytes = 1024 ** 2

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
  const {
    path = 'inseam.yaml',
    env = process.env,
    readFile = (name) => readFileSync(name, 'utf8'),
    ownProviders = [],
  } = options
  const report = createReport(path, text)
  const folder = dirname(path)
  if (Buffer.byteLength(text) > mostBytes) {
    report.add([], 'The file is larger than 1 MiB.', 'Check that it is the right one.')
    report.throwIfAny()
  }

  const variables: Variables = {
    variable: (name) => (Object.hasOwn(env, name) ? env[name] : undefined),
    similar: (name) => nearestBySpelling(name, Object.keys(env)),
    file: (name) => readFile(resolve(folder, name)),
  }
  const value = readDocument(text, variables, report)
  if (value === undefined) report.throwIfAny()
  checkNames(value, report)
  const {
    providers: writtenProviders,
    models,
    gateway,
    admin,
    cache,
    events,
    features,
    translation,
    prices,
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
  const config: Config = {
    source: path,
    providers,
    aliases,
    gateway: resolveGateway(gateway, aliases, providers, report),
    admin: resolveAdmin(admin, report),
    cache: { ...defaultCache, ...(cache?.maxBytes !== undefined && { maxBytes: cache.maxBytes }) },
    events: {
      store: events?.store ?? defaultEvents.store,
      path: fromFolder(folder, events?.path ?? defaultEvents.path),
      keepContent: events?.content === 'on',
    },
    features: [features ?? []].flat().map((path) => resolve(folder, path)),
    translation: translation ?? defaultAliasPolicy.translation,
    prices: Object.assign(Object.create(null), prices),
  }
  report.throwIfAny()
  return config
}

function fromFolder(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path)
}
