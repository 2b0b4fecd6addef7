import type { KeyRole, KeyScope } from '../core/access-key.ts'
import type { Budget } from '../core/budget.ts'
import { type CallLimit, limitKinds } from '../core/call-limit.ts'
import { holds, parseRange } from './address-range.ts'

/** The roles, each more than the one before. */
export const keyRoles: readonly KeyRole[] = ['caller', 'viewer', 'manager', 'admin']

/** What a key opens, with when it ends, in milliseconds since the Unix epoch. */
export interface Reach extends KeyScope {
  readonly expiresAt?: number
}

/** Whether a key of the one role may do what the other may. */
export function isAtLeast(role: KeyRole, needed: KeyRole): boolean {
  return keyRoles.indexOf(role) >= keyRoles.indexOf(needed)
}

/**
 * The first thing in which a key would open more than another; undefined where it opens at most the same. A hard budget or a limit may
 * be absent, because those of the other count its calls too.
 */
export function widerIn(parent: Reach, child: Reach): keyof Reach | undefined {
  if (!isAtLeast(parent.role, child.role)) return 'role'
  if (parent.tenant !== undefined && child.tenant !== parent.tenant) return 'tenant'
  if (!isSubset(parent.features, child.features)) return 'features'
  if (!isSubset(parent.aliases, child.aliases)) return 'aliases'
  if (!opensNoMore(parent.passThrough, child.passThrough)) return 'passThrough'
  if (!opensNoMore(parent.providerKeys, child.providerKeys)) return 'providerKeys'
  if (!areHeld(parent.addresses, child.addresses)) return 'addresses'
  if (!(child.budgets ?? []).every((budget) => spendsNoMore(parent.budgets, budget))) return 'budgets'
  if (!(child.limits ?? []).every((limit) => allowsNoMore(parent.limits, limit))) return 'limits'
  if ((child.expiresAt ?? Number.POSITIVE_INFINITY) > (parent.expiresAt ?? Number.POSITIVE_INFINITY)) return 'expiresAt'
  return undefined
}

/** Whether a key opens at most what another does. */
export function isWithin(parent: Reach, child: Reach): boolean {
  return widerIn(parent, child) === undefined
}

/**
 * What two keys both open: the child's calls carry the budgets and limits of both. Undefined where they have nothing in common, because
 * they call for different tenants.
 */
export function narrow(parent: Reach, child: Reach): Reach | undefined {
  if (parent.tenant !== undefined && child.tenant !== undefined && parent.tenant !== child.tenant) return undefined
  const expiresAt = Math.min(parent.expiresAt ?? Number.POSITIVE_INFINITY, child.expiresAt ?? Number.POSITIVE_INFINITY)
  return stated({
    role: isAtLeast(parent.role, child.role) ? child.role : parent.role,
    tenant: parent.tenant ?? child.tenant,
    features: common(parent.features, child.features),
    aliases: common(parent.aliases, child.aliases),
    passThrough: commonOpening(parent.passThrough, child.passThrough),
    providerKeys: commonOpening(parent.providerKeys, child.providerKeys),
    addresses: commonRanges(parent.addresses, child.addresses),
    budgets: together(
      parent.budgets,
      child.budgets?.map((budget) => ({
        ...budget,
        limitNanoUsd: Math.min(budget.limitNanoUsd, most(parent.budgets, budget)),
      })),
    ),
    limits: together(
      parent.limits,
      child.limits?.map((limit) => lowered(limit, parent.limits)),
    ),
    expiresAt: Number.isFinite(expiresAt) ? expiresAt : undefined,
  })
}

/** Whether a key is bound to no tenant, no features and no aliases: what it sees is then everybody's. */
export function seesEverything({ tenant, features, aliases }: Reach): boolean {
  return tenant === undefined && features === undefined && aliases === undefined
}

/** Whether a value in which `true` and names open something opens this one; without a name, any at all. */
export function opens(opening: boolean | readonly string[] | undefined, name?: string): boolean {
  if (typeof opening !== 'object') return opening ?? false
  return name === undefined ? opening.length > 0 : opening.includes(name)
}

/** Without what is undefined. */
export function stated<Fields extends object>(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields
}

type Names = readonly string[] | undefined
type Opening = boolean | readonly string[] | undefined

const isSubset = (outer: Names, inner: Names): boolean =>
  outer === undefined || (inner?.every((name) => outer.includes(name)) ?? false)

const common = (left: Names, right: Names): Names => left?.filter((name) => right?.includes(name) ?? true) ?? right

function opensNoMore(outer: Opening, inner: Opening): boolean {
  if (outer === true || !opens(inner)) return true
  return typeof inner === 'object' && inner.every((name) => opens(outer, name))
}

function commonOpening(left: Opening, right: Opening): Opening {
  if (left === true) return right
  if (right === true) return left
  return typeof left === 'object' && typeof right === 'object' ? common(left, right) : undefined
}

/** Each of the inner ranges must lie in one of the outer: one that lies in two of them together is not seen to. */
function areHeld(outer: Names, inner: Names): boolean {
  return outer === undefined || (inner?.every((text) => outer.some((other) => lies(text, other))) ?? false)
}

/** Two ranges overlap only where one holds the other. */
function commonRanges(left: Names, right: Names): Names {
  if (!left || !right) return left ?? right
  const both = left.flatMap((one) => right.flatMap((other) => (lies(one, other) ? one : lies(other, one) ? other : [])))
  return [...new Set(both)]
}

function lies(inner: string, outer: string): boolean {
  const [in_, out] = [parseRange(inner), parseRange(outer)]
  return in_ !== undefined && out !== undefined && holds(out, in_)
}

/** The most that a budget for the same window may allow under these. A soft one allows nothing that it could widen. */
function most(budgets: readonly Budget[] = [], { per, hard }: Budget): number {
  if (!hard) return Number.POSITIVE_INFINITY
  return Math.min(...budgets.flatMap((budget) => (budget.hard && budget.per === per ? budget.limitNanoUsd : [])))
}

/** What the parent's calls carry themselves may be carried on. */
const spendsNoMore = (budgets: readonly Budget[] = [], budget: Budget): boolean =>
  budgets.some(({ id, limitNanoUsd }) => id === budget.id && budget.limitNanoUsd <= limitNanoUsd) ||
  budget.limitNanoUsd <= most(budgets, budget)

const allowsNoMore = (limits: readonly CallLimit[] = [], limit: CallLimit): boolean => {
  const own = limits.filter(({ id }) => id === limit.id)
  return limitKinds.every(
    (kind) =>
      own.some((same) => (limit[kind] ?? 0) <= (same[kind] ?? Number.POSITIVE_INFINITY)) ||
      (limit[kind] ?? 0) <= least(limits, kind),
  )
}

const lowered = (limit: CallLimit, under: readonly CallLimit[] | undefined): CallLimit => ({
  ...limit,
  ...Object.fromEntries(
    limitKinds.flatMap((kind) => {
      const own = limit[kind]
      return own === undefined ? [] : [[kind, Math.min(own, least(under, kind))]]
    }),
  ),
})

const least = (limits: readonly CallLimit[] = [], kind: (typeof limitKinds)[number]): number =>
  Math.min(...limits.map((limit) => limit[kind] ?? Number.POSITIVE_INFINITY))

const together = <Item>(left: readonly Item[] | undefined, right: readonly Item[] | undefined) =>
  left || right ? [...(left ?? []), ...(right ?? [])] : undefined
