import { type CallLimit, limitKinds } from '../core/call-limit.ts'
import type { AliasConfig, ProviderConfig, RedisConfig } from './config.ts'
import { shownName } from './mask.ts'
import { nearest } from './nearest.ts'
import type { Report } from './report.ts'
import { listed } from './scalar.ts'
import type { WrittenConfig } from './schema.ts'

/** The Redis as written, its time in milliseconds. */
export function resolveRedis(written: WrittenConfig['redis']): RedisConfig | undefined {
  if (!written) return undefined
  const { timeout, ...redis } = written
  return { ...redis, ...(timeout !== undefined && { timeoutMs: timeout }) }
}

/** The limits as written, each with an id that stays the same when its amounts change. Two of the same scope and name are refused. */
export function resolveLimits(
  written: WrittenConfig['limits'],
  aliases: readonly AliasConfig[],
  providers: readonly ProviderConfig[],
  report: Report,
): readonly CallLimit[] {
  const seen = new Map<string, number>()
  return (written ?? []).map((limit, index): CallLimit => {
    const { scope, name } = limit
    const path = ['limits', index]
    if (scope === 'global' && name !== undefined) {
      report.add([...path, 'name'], 'A global limit counts every call, and has no name.', 'Remove the name.')
    }
    if (scope !== 'global' && name === undefined) {
      report.add(
        [...path, 'scope'],
        `It does not say which ${scope}.`,
        `Add name: NAME, or name: "*" for each ${scope} by itself.`,
      )
    }
    if (limitKinds.every((kind) => limit[kind] === undefined)) {
      report.add(path, 'It limits nothing.', `Add ${listed(limitKinds, 'or')}.`)
    }
    if (scope === 'alias' && name !== undefined && name !== '*') {
      checkAlias(name, [...path, 'name'], aliases, providers, report)
    }
    const id = name === undefined ? scope : `${scope}:${name}`
    const twin = seen.get(id)
    if (twin !== undefined) {
      report.add(path, `It counts the same as limits[${twin}]: scope and name.`, 'Write all amounts in one of them.')
    }
    seen.set(id, index)
    return { id, ...limit }
  })
}

function checkAlias(
  name: string,
  path: (string | number)[],
  aliases: readonly AliasConfig[],
  providers: readonly ProviderConfig[],
  report: Report,
): void {
  const names = aliases.map((alias) => alias.name)
  if (names.includes(name)) return
  if (providers.some((provider) => name.startsWith(`${provider.name}/`) || provider.models.includes(name))) return
  const guess = nearest(name, names)
  const known = names.length > 0 ? listed(names.map(shownName), 'and') : 'none'
  report.add(
    path,
    `${report.shown(path)} is no alias and no model.`,
    `${guess === undefined ? '' : `Did you mean "${shownName(guess)}"? `}Aliases: ${known}.`,
  )
}
