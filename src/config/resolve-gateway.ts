import type { PassageLimits } from '../core/passage.ts'
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
    maxBodyBytes,
    passThrough,
    drainTimeout,
  } = written ?? {}
  if (keys.length === 0 && !isLoopback(host)) {
    report.add(
      ['gateway', 'host'],
      `${report.shown(['gateway', 'host'])} is open to the network, and no keys are set.`,
      'Add gateway.keys, or listen on 127.0.0.1.',
    )
  }
  checkUnique(keys, report)
  keys.forEach((key, index) => {
    checkPassable(key, ['gateway', 'keys', index, 'passThrough'], providers, report)
    checkReachable(key, ['gateway', 'keys', index, 'aliases'], aliases, providers, report)
  })
  return {
    host,
    port,
    keys,
    maxBodyBytes: maxBodyBytes ?? defaultGateway.maxBodyBytes,
    passThrough: limitsOf(passThrough),
    drainTimeoutMs: drainTimeout ?? defaultGateway.drainTimeoutMs,
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

function checkPassable(
  { passThrough }: GatewayKeyConfig,
  path: (string | number)[],
  providers: readonly ProviderConfig[],
  report: Report,
): void {
  if (typeof passThrough !== 'object') return
  const names = providers.map(({ name }) => name)
  passThrough.forEach((name, index) => {
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
