import type { AccessKey, AuditEntry } from '../../core/access-key.ts'
import type { Budget } from '../../core/budget.ts'
import type { CallLimit } from '../../core/call-limit.ts'
import { formatUsd } from '../../core/cost.ts'
import { tableText } from '../../telemetry/index.ts'

/** Keys as a table. */
export function keysTable(keys: readonly AccessKey[], now: number): string {
  if (keys.length === 0) return 'There is no key yet. Make one: inseam keys create NAME\n'
  const columns = ['NAME', 'ID', 'SECRET', 'ROLE', 'STATE', 'OPENS'].map((title) => ({
    title,
    widest: title === 'OPENS' ? 60 : 40,
  }))
  const lines = keys.map((key) => [key.name, key.id, `${key.hint}…`, key.role, stateOf(key, now), opensOf(key)])
  return `${tableText(columns, lines)}\n`
}

/** All that there is to say of a key, a line each. */
export function keyText(key: AccessKey, now: number): string {
  const lines: [string, string][] = [
    ['name', key.name],
    ['id', key.id],
    ['secret', `${key.hint}… (shown when it was made, and never again)`],
    ['role', key.role],
    ['state', stateOf(key, now)],
    ['opens', opensOf(key)],
    ['made', timeOf(key.createdAt) + (key.parentId === undefined ? ' by the operator' : ` with ${key.parentId}`)],
  ]
  if (key.previous) lines.push(['old secret', `opens until ${timeOf(key.previous.until)}`])
  return lines.map(([name, value]) => `${`${name}:`.padEnd(12)}${value}\n`).join('')
}

/** The audit log as a table, the newest first. */
export function auditTable(entries: readonly AuditEntry[]): string {
  if (entries.length === 0) return 'Nothing was ever changed.\n'
  const columns = ['NO', 'AT', 'BY', 'WHAT', 'KEY', 'DETAILS'].map((title) => ({
    title,
    widest: title === 'DETAILS' ? 80 : 40,
  }))
  const lines = entries.map(({ seq, at, actor, action, subject, details }) => [
    String(seq),
    timeOf(at),
    actor,
    action,
    subject,
    JSON.stringify(details),
  ])
  return `${tableText(columns, lines)}\n`
}

function stateOf({ revokedAt, expiresAt }: AccessKey, now: number): string {
  if (revokedAt !== undefined) return `revoked ${timeOf(revokedAt)}`
  if (expiresAt === undefined) return 'active'
  return `${now >= expiresAt ? 'expired' : 'active until'} ${timeOf(expiresAt)}`
}

function opensOf(key: AccessKey): string {
  const { tenant, aliases, features, passThrough, providerKeys, addresses, budgets = [], limits = [] } = key
  const parts = [
    tenant !== undefined && `tenant ${tenant}`,
    aliases ? `models ${aliases.join(', ') || 'none'}` : 'any model',
    features && `features ${features.join(', ') || 'none'}`,
    passThrough && `passes to ${passThrough === true ? 'any provider' : passThrough.join(', ')}`,
    providerKeys && `own keys for ${providerKeys === true ? 'any provider' : providerKeys.join(', ')}`,
    addresses && `from ${addresses.join(', ') || 'nowhere'}`,
    ...budgets.map(budgetOf),
    ...limits.map(limitOf),
  ]
  return parts.filter((part) => typeof part === 'string').join('; ')
}

const budgetOf = ({ limitNanoUsd, per, hard }: Budget): string =>
  `${formatUsd(limitNanoUsd)} a ${per}${hard ? '' : ' (warns)'}`

function limitOf({ requests, inputTokens, outputTokens, concurrency }: CallLimit): string {
  const parts = [
    requests !== undefined && `${requests} requests a minute`,
    inputTokens !== undefined && `${inputTokens} input tokens a minute`,
    outputTokens !== undefined && `${outputTokens} output tokens a minute`,
    concurrency !== undefined && `${concurrency} at once`,
  ]
  return parts.filter((part) => typeof part === 'string').join(', ')
}

const timeOf = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
