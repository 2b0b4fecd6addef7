import type { PassageLimits } from '../core/passage.ts'
import { parseRange } from '../keys/address-range.ts'
import type { AliasConfig, GatewayConfig, GatewayKeyConfig, ProviderConfig } from './config.ts'
import { defaultGateway, defaultPassThrough } from './defaults.ts'
import { isLoopback } from './is-loopback.ts'
import { shownName } from './mask.ts'
import type { Report } from './report.ts'
import { listed } from './scalar.ts'
import type { WrittenConfig } from './schema.ts'

/** The gateway as written, over its defaults. Open to the network without keys is refused. */
export function resolveGateway(
  written: WrittenConfig['gateway'],
  aliases: readonly AliasConfig[],
  providers: readonly ProviderConfig[],
  report: Report,
): GatewayConfig {
  const {
    host = defaultGateway.host,
    port = defaultGateway.port,
    keys = [],
    requireKeys = defaultGateway.requireKeys,
    trustedProxies = defaultGateway.trustedProxies,
    keyOutage = defaultGateway.keyOutageMs,
    maxBodyBytes,
    passThrough,
    workers,
    drainNotice,
    drainTimeout,
    ping = defaultGateway.pingMs,
    readerTimeout,
  } = written ?? {}
  if (keys.length === 0 && !requireKeys && !isLoopback(host)) {
    report.add(
      ['gateway', 'host'],
      `${report.shown(['gateway', 'host'])} is open to the network, and no keys are set.`,
      'Add gateway.keys, set gateway.requireKeys and make keys with `inseam keys create`, or listen on 127.0.0.1.',
    )
  }
  trustedProxies.forEach((range, index) => {
    const at = ['gateway', 'trustedProxies', index]
    if (!parseRange(range))
      report.add(at, `${report.shown(at)} is no address and no range.`, 'Write 10.0.0.7 or 10.0.0.0/8.')
  })
  checkUnique(keys, report)
  keys.forEach((key, index) => {
    checkProviders(key.passThrough, ['gateway', 'keys', index, 'passThrough'], providers, report)
    checkProviders(key.providerKeys, ['gateway', 'keys', index, 'providerKeys'], providers, report)
    checkReachable(key, ['gateway', 'keys', index, 'aliases'], aliases, providers, report)
  })
  return {
    host,
    port,
    keys,
    requireKeys,
    trustedProxies,
    keyOutageMs: keyOutage,
    maxBodyBytes: maxBodyBytes ?? defaultGateway.maxBodyBytes,
    passThrough: limitsOf(passThrough),
    workers: workers ?? defaultGateway.workers,
    drainNoticeMs: drainNotice ?? defaultGateway.drainNoticeMs,
    drainTimeoutMs: drainTimeout ?? defaultGateway.drainTimeoutMs,
    ...(ping && { pingMs: ping }),
    readerTimeoutMs: readerTimeout ?? defaultGateway.readerTimeoutMs,
  }
}

function limitsOf(written: NonNullable<WrittenConfig['gateway']>['passThrough'] = {}): PassageLimits {
  const { maxBodyBytes, connect, headers, idle, total } = written
  return {
    maxBodyBytes: maxBodyBytes ?? defaultPassThrough.maxBodyBytes,
    connectMs: connect ?? defaultPassThrough.connectMs,
    headersMs: headers ?? defaultPassThrough.headersMs,
    idleMs: idle ?? defaultPassThrough.idleMs,
    ...(total !== undefined && { totalMs: total }),
  }
}

function checkUnique(keys: readonly GatewayKeyConfig[], report: Report): void {
  keys.forEach(({ name, key }, index) => {
    const earlier = keys.slice(0, index)
    const path = ['gateway', 'keys', index]
    if (earlier.some((other) => other.name === name)) {
      report.add(
        [...path, 'name'],
        `${report.shown([...path, 'name'])} names a key above, too.`,
        'Give each key its own name.',
      )
    }
    const twin = earlier.findIndex((other) => other.key === key)
    if (twin !== -1)
      report.add([...path, 'key'], `It is the same secret as that of keys[${twin}].`, 'Give each key its own secret.')
  })
}

function checkProviders(
  named: boolean | readonly string[] | undefined,
  path: (string | number)[],
  providers: readonly ProviderConfig[],
  report: Report,
): void {
  if (typeof named !== 'object') return
  const names = providers.map(({ name }) => name)
  named.forEach((name, index) => {
    if (names.includes(name)) return
    const at = [...path, index]
    const known = names.length > 0 ? listed(names.map(shownName), 'and') : 'none'
    report.add(at, `${report.shown(at)} is no provider of this configuration.`, `Providers: ${known}.`)
  })
}

function checkReachable(
  { aliases: allowed = [] }: GatewayKeyConfig,
  path: (string | number)[],
  aliases: readonly AliasConfig[],
  providers: readonly ProviderConfig[],
  report: Report,
): void {
  const names = aliases.map(({ name }) => name)
  const exists = (name: string) =>
    names.includes(name) ||
    providers.some((provider) => name.startsWith(`${provider.name}/`) || provider.models.includes(name))
  allowed.forEach((name, index) => {
    if (exists(name)) return
    const at = [...path, index]
    report.add(
      at,
      `${report.shown(at)} is no alias and no model.`,
      `Aliases: ${names.length > 0 ? listed(names.map(shownName), 'and') : 'none'}.`,
    )
  })
}
