import { type BreakerPolicy, defaultBreakerPolicy } from '../core/breaker-policy.ts'
import type { Dialect } from '../core/dialect.ts'
import { type Auth, catalogue, findInCatalogue } from '../providers/catalogue.ts'
import type { ProviderConfig } from './config.ts'
import { environmentKey, environmentProviders } from './defaults.ts'
import type { Environment } from './environment.ts'
import type { WrittenProvider } from './host.ts'
import { nearest } from './nearest.ts'
import type { Report } from './report.ts'
import { refuseForeignFields, resolveHost } from './resolve-host.ts'
import { listed } from './scalar.ts'
import type { WrittenConfig } from './schema.ts'

/** The providers as written, each completed from the catalogue and the environment; without the section, those of the environment. */
export function resolveProviders(
  written: WrittenConfig['providers'],
  env: Environment,
  report: Report,
): ProviderConfig[] {
  if (!written) return environmentProviders(env)
  return Object.entries(written).flatMap(([name, provider]) => resolve(name, provider ?? {}, env, report) ?? [])
}

function resolve(name: string, written: WrittenProvider, env: Environment, report: Report): ProviderConfig | undefined {
  const path = ['providers', name]
  const entry = findInCatalogue(written.kind ?? name)
  const dialect = written.dialect ?? entry?.dialect
  const sameDialect = entry !== undefined && (dialect === entry.dialect || dialect === entry.alsoSpeaks)
  refuseForeignFields(name, written, report)
  const host = sameDialect ? resolveHost(entry.name, name, written, env, report) : undefined
  if (host === 'refused') return undefined
  const url = host?.url ?? written.url ?? (sameDialect ? entry.url : '')
  if (!dialect || url === '') return refuse(name, written, report)

  const headers = resolveHeaders(name, written.headers ?? {}, report)
  // A key from the environment goes to the host that it was made for, and to no other.
  const isOwn = host?.takesEnvironmentKey ?? written.url === undefined
  const known = entry && isOwn ? entry : undefined
  const key = written.key ?? (known ? environmentKey(known, env) : entry?.anyKey)
  const auth = sameDialect ? entry.auth : 'none'
  if (key === undefined && known && known.envKey.length > 0 && auth !== 'aws') {
    const variables = listed(known.envKey, 'or')
    report.add(
      path,
      `${known.title} needs a key, and there is none.`,
      `Set ${variables}, or write key: "\${${known.envKey[0]}}".`,
      'key',
    )
    return undefined
  }
  if (written.callerKeys && key === undefined)
    report.add(
      [...path, 'callerKeys'],
      'Callers cannot bring a key where the host is shown none, or one that is made for each request.',
      'Leave it out, or give the provider a key.',
    )
  return {
    name,
    kind: entry?.name ?? 'custom',
    dialect,
    url,
    auth: key === undefined ? (isMade(auth) ? auth : 'none') : (written.auth ?? authOf(dialect, auth)),
    ...(key !== undefined && { key }),
    headers,
    quirks: { ...(sameDialect && entry.quirks), ...written.quirks },
    models: written.models ?? (host?.deployments ? Object.keys(host.deployments) : (entry?.models ?? [])),
    ...(written.credentials !== undefined && { credentials: written.credentials }),
    ...(host?.aws && key === undefined && { aws: host.aws }),
    ...(host?.hosting && { hosting: host.hosting }),
    ...(host?.priceFactor !== undefined && { priceFactor: host.priceFactor }),
    ...(host?.deployments && { deployments: host.deployments }),
    ...(typeof written.onDisconnect === 'object' && { drainTokens: written.onDisconnect.drain }),
    ...(written.breaker && { breaker: resolveBreaker(written.breaker) }),
    ...(written.limits && { limits: written.limits }),
    ...(written.callerKeys !== undefined && { callerKeys: written.callerKeys }),
    ...(written.maxConnections !== undefined && { maxConnections: written.maxConnections }),
    ...(written.tls?.ca !== undefined && { ca: written.tls.ca }),
  }
}

function resolveBreaker({
  failures,
  ratio,
  window,
  probeEvery,
}: NonNullable<WrittenProvider['breaker']>): BreakerPolicy {
  const usual = defaultBreakerPolicy
  return {
    failures: failures ?? usual.failures,
    ratio: ratio ?? usual.ratio,
    windowMs: window ?? usual.windowMs,
    probeEveryMs: probeEvery ?? usual.probeEveryMs,
  }
}

const usualAuth: Readonly<Record<Dialect, Auth>> = {
  'openai-chat': 'bearer',
  'openai-responses': 'bearer',
  'anthropic-messages': 'x-api-key',
  gemini: 'x-goog-api-key',
  'bedrock-converse': 'bearer',
}

/** Whether what the host wants to see is made for each request. */
function isMade(auth: Auth): boolean {
  return auth === 'google' || auth === 'aws'
}

function authOf(dialect: Dialect, known: Auth): Auth {
  return known === 'none' ? usualAuth[dialect] : isMade(known) ? 'bearer' : known
}

function refuse(name: string, { kind, dialect }: WrittenProvider, report: Report): undefined {
  const entry = findInCatalogue(kind ?? name)
  if (entry) {
    const what =
      entry.url === '' ? 'has no usual address.' : `speaks ${entry.dialect} at its usual address, not ${dialect}.`
    report.add(['providers', name], `${entry.title} ${what}`, 'Write its url.', 'key')
    return undefined
  }
  const names = catalogue.map((known) => known.name)
  const guess = nearest(name, names)
  const fix = `Write its dialect and its url, or kind: one of ${listed(names, 'or')}.`
  const hint = guess === undefined ? fix : `Did you mean "${guess}"? ${fix}`
  report.add(
    ['providers', name],
    `"${name}" is no host that Inseam knows, and its dialect or url is missing.`,
    hint,
    'key',
  )
  return undefined
}

const ownHeaders = new Set([
  'host',
  'connection',
  'content-length',
  'content-type',
  'transfer-encoding',
  'expect',
  'upgrade',
  'te',
  'trailer',
  'keep-alive',
])

function resolveHeaders(
  provider: string,
  written: Readonly<Record<string, string>>,
  report: Report,
): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(written)) {
    const lower = name.toLowerCase()
    const path = ['providers', provider, 'headers', name]
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
      report.add(path, 'This is no header name.', 'Write a name such as x-team.', 'key')
    else if (ownHeaders.has(lower)) report.add(path, 'This header is set by the seam itself.', 'Remove it.', 'key')
    else if (Object.hasOwn(headers, lower)) report.add(path, 'This header is there twice.', 'Keep one of them.', 'key')
    else headers[lower] = value
  }
  return headers
}
