import type { KeyRole } from '../core/access-key.ts'
import type { BudgetWindow } from '../core/budget.ts'
import { type LimitKind, limitKinds } from '../core/call-limit.ts'
import { isJsonObject } from '../core/json.ts'
import { InvalidRequest } from '../errors/index.ts'
import { parseRange } from './address-range.ts'
import { keyRoles } from './scope.ts'

/** A budget of a key, as it is asked for. */
export interface KeyBudgetAsk {
  readonly limitUsd: number
  readonly per: BudgetWindow
  /** Default true: what could overspend it is refused. */
  readonly hard?: boolean
  /** The shares at which is warned, above 0 and up to 1. Default 0.8. */
  readonly warnAt?: readonly number[]
}

/** What is asked of a key: to make one with it, or to change one to it. */
export interface KeyAsk {
  readonly name?: string
  readonly role?: KeyRole
  readonly tenant?: string
  readonly features?: readonly string[]
  readonly aliases?: readonly string[]
  readonly passThrough?: boolean | readonly string[]
  readonly providerKeys?: boolean | readonly string[]
  readonly addresses?: readonly string[]
  readonly budgets?: readonly KeyBudgetAsk[]
  /** In any minute; `concurrency` at once. */
  readonly limits?: Partial<Record<LimitKind, number>>
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt?: number
}

/** The fields of which a key can be made or changed. Every other is refused. */
export type KeyField = keyof KeyAsk

type Readers = { readonly [Field in KeyField]-?: (value: unknown, path: string) => NonNullable<KeyAsk[Field]> }

const windows: readonly BudgetWindow[] = ['hour', 'day', 'month']
const mostNames = 1_000
const mostBudgets = 6
/** A billion dollars, far from where whole nano-dollars end: nine million. */
const mostUsd = 9_000_000
const mostCount = 1_000_000_000_000

const readers: Readers = {
  name: (value, path) => label(value, path, 100),
  role: (value, path) => one(value, path, keyRoles),
  tenant: (value, path) => label(value, path, 200),
  features: (value, path) => names(value, path),
  aliases: (value, path) => names(value, path),
  passThrough: opening,
  providerKeys: opening,
  addresses: (value, path) => list(value, path, mostNames, range),
  budgets: readBudgets,
  limits: readLimits,
  expiresAt: (value, path) => within(value, path, 1, 8.64e15, 'a time in milliseconds since 1970'),
}

/** The fields of a key that can be asked for, in order. */
const keyFields = Object.keys(readers) as readonly KeyField[]

/**
 * Reads what is asked of a new key. Throws `invalid-request`, which names the field: one that is unknown, `id` or `hash` say, too.
 */
export function readKeyAsk(json: unknown): KeyAsk {
  const { ask, cleared } = read(json, false)
  return cleared.length === 0 ? ask : wrong(cleared[0]!, 'expected a value, found null.')
}

/** What is changed of a key, and the fields that are taken from it. */
export interface KeyChange {
  readonly ask: KeyAsk
  readonly cleared: readonly KeyField[]
}

/** The same for a change, in which `null` takes a field away; a tenant cannot be changed. Throws as {@link readKeyAsk}. */
export function readKeyChange(json: unknown): KeyChange {
  const change = read(json, true)
  if ('tenant' in change.ask || change.cleared.includes('tenant'))
    wrong('tenant', 'the tenant of a key cannot be changed.', 'Make another key.')
  for (const field of ['name', 'role'] as const)
    if (change.cleared.includes(field)) wrong(field, 'expected a value, found null.')
  if (Object.keys(change.ask).length + change.cleared.length === 0)
    wrong('body', 'nothing is changed.', 'Name a field.')
  return change
}

function read(json: unknown, takesNull: boolean): KeyChange {
  if (!isJsonObject(json)) return wrong('body', 'expected a JSON object.')
  const entries: [string, unknown][] = []
  const cleared: KeyField[] = []
  for (const [name, value] of Object.entries(json)) {
    const field = keyFields.find((known) => known === name)
    if (!field) return wrong(name.slice(0, 60), 'there is no such field.', `Use: ${keyFields.join(', ')}.`)
    if (value === null && takesNull) cleared.push(field)
    else entries.push([field, readers[field](value, field)])
  }
  return { ask: Object.fromEntries(entries) as KeyAsk, cleared }
}

function readBudgets(value: unknown, path: string): KeyBudgetAsk[] {
  const budgets = list(value, path, mostBudgets, (item, at): KeyBudgetAsk => {
    const { limitUsd, per, hard, warnAt } = fields(item, at, ['limitUsd', 'per', 'hard', 'warnAt'])
    return {
      limitUsd: within(limitUsd, `${at}.limitUsd`, 0, mostUsd, 'an amount in US dollars', false),
      per: one(per, `${at}.per`, windows),
      ...(hard !== undefined && { hard: flag(hard, `${at}.hard`) }),
      ...(warnAt !== undefined && { warnAt: list(warnAt, `${at}.warnAt`, 10, share) }),
    }
  })
  budgets.forEach((budget, index) => {
    const twin = budgets.findIndex(({ per, hard = true }) => per === budget.per && hard === (budget.hard ?? true))
    if (twin !== index) wrong(`${path}[${index}]`, `it is for the same window as ${path}[${twin}].`, 'Leave one out.')
  })
  return budgets
}

function readLimits(value: unknown, path: string): Partial<Record<LimitKind, number>> {
  const limits = fields(value, path, limitKinds)
  const counted = limitKinds.flatMap((kind) => {
    const count = limits[kind]
    return count === undefined ? [] : [[kind, within(count, `${path}.${kind}`, 1, mostCount, 'a whole number')]]
  })
  return counted.length > 0
    ? Object.fromEntries(counted)
    : wrong(path, 'it limits nothing.', `Use: ${limitKinds.join(', ')}.`)
}

function opening(value: unknown, path: string): boolean | readonly string[] {
  return typeof value === 'boolean' ? value : names(value, path)
}

function names(value: unknown, path: string): readonly string[] {
  return list(value, path, mostNames, (item, at) => label(item, at, 256))
}

function range(value: unknown, path: string): string {
  const text = label(value, path, 50)
  if (parseRange(text)) return text
  return wrong(
    path,
    `"${text}" is no address and no range of them.`,
    'Write 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32; a range begins at its first address.',
  )
}

function share(value: unknown, path: string): number {
  if (typeof value === 'number' && value > 0 && value <= 1) return value
  return wrong(path, 'expected a share above 0 and up to 1.', 'Write 0.8 for 80 %.')
}

function label(value: unknown, path: string, most: number): string {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= most && !/\p{Cc}/u.test(value)) return value
  return wrong(path, `expected text of 1 to ${most} characters, without control characters.`)
}

function flag(value: unknown, path: string): boolean {
  return typeof value === 'boolean' ? value : wrong(path, 'expected true or false.')
}

function one<Word extends string>(value: unknown, path: string, words: readonly Word[]): Word {
  return words.find((word) => word === value) ?? wrong(path, `expected one of ${words.join(', ')}.`)
}

function within(value: unknown, path: string, least: number, most: number, what: string, whole = true): number {
  const isNumber = typeof value === 'number' && value >= least && value <= most
  if (isNumber && (!whole || Number.isSafeInteger(value))) return value
  return wrong(path, `expected ${what}, from ${least} to ${most}.`)
}

function list<Item>(value: unknown, path: string, most: number, item: (value: unknown, at: string) => Item): Item[] {
  if (!Array.isArray(value) || value.length > most) return wrong(path, `expected a list of at most ${most}.`)
  return value.map((entry, index) => item(entry, `${path}[${index}]`))
}

function fields<Name extends string>(value: unknown, path: string, known: readonly Name[]): Record<Name, unknown> {
  if (!isJsonObject(value)) return wrong(path, 'expected an object.')
  const other = Object.keys(value).find((name) => !known.some((field) => field === name))
  if (other !== undefined)
    wrong(`${path}.${other.slice(0, 60)}`, 'there is no such field.', `Use: ${known.join(', ')}.`)
  return value as Record<Name, unknown>
}

function wrong(path: string, message: string, fix?: string): never {
  throw new InvalidRequest(path, message, fix)
}
