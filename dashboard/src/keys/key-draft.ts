import type { KeyAsk, KeyChangeRequest, KeyView } from '../../../src/admin/api.ts'
import { type LimitKind, limitKinds } from '../../../src/core/call-limit.ts'

/** What is open: everything, nothing, or what is named. */
export interface OpeningDraft {
  readonly how: 'all' | 'none' | 'some'
  readonly names: readonly string[]
}

/** A budget as it is typed. */
export interface BudgetDraft {
  readonly usd: string
  readonly per: 'hour' | 'day' | 'month'
  readonly hard: boolean
  /** Percentages, with commas between them. */
  readonly warnAt: string
}

/** A key as it is typed. */
export interface KeyDraft {
  readonly name: string
  readonly role: KeyView['role']
  readonly tenant: string
  readonly aliases: OpeningDraft
  readonly features: OpeningDraft
  readonly passThrough: OpeningDraft
  readonly providerKeys: OpeningDraft
  readonly addresses: string
  readonly budgets: readonly BudgetDraft[]
  readonly limits: Readonly<Record<LimitKind, string>>
  /** Local time, as `datetime-local` has it. */
  readonly expires: string
}

/** What cannot be read, by field: `budgets.0.usd`. */
export type DraftProblems = Readonly<Record<string, string>>

/** A budget that nothing was said of yet. */
export const newBudget: BudgetDraft = { usd: '', per: 'month', hard: true, warnAt: '80' }

/** The most budgets that a key has. */
export const mostBudgets = 6

const all: OpeningDraft = { how: 'all', names: [] }
const none: OpeningDraft = { how: 'none', names: [] }

/** A key that nothing was said of yet: the least that one can have. */
export const newDraft: KeyDraft = {
  name: '',
  role: 'caller',
  tenant: '',
  aliases: all,
  features: all,
  passThrough: none,
  providerKeys: none,
  addresses: '',
  budgets: [],
  limits: { requests: '', inputTokens: '', outputTokens: '', concurrency: '' },
  expires: '',
}

/** A key as it would be typed. */
export function draftOf(key: KeyView): KeyDraft {
  const { name, role, tenant = '', aliases, features, passThrough, providerKeys, addresses = [] } = key
  const limit = key.limits?.[0]
  return {
    ...{ name, role, tenant },
    aliases: aliases ? { how: 'some', names: aliases } : all,
    features: features ? { how: 'some', names: features } : all,
    passThrough: openingOf(passThrough),
    providerKeys: openingOf(providerKeys),
    addresses: addresses.join(', '),
    budgets: (key.budgets ?? []).map(({ limitNanoUsd, per, hard, warnAt }) => ({
      usd: trimmed(limitNanoUsd / 1e9, 9),
      per,
      hard,
      warnAt: warnAt.map((share) => trimmed(share * 100, 2)).join(', '),
    })),
    limits: {
      requests: typed(limit?.requests),
      inputTokens: typed(limit?.inputTokens),
      outputTokens: typed(limit?.outputTokens),
      concurrency: typed(limit?.concurrency),
    },
    expires: key.expiresAt === undefined ? '' : localTime(key.expiresAt),
  }
}

/** Reads what was typed: what is asked for, or why it cannot be. */
export function readDraft(
  draft: KeyDraft,
): { readonly ask: KeyAsk & { readonly name: string } } | { readonly problems: DraftProblems } {
  const problems: Record<string, string> = {}
  const name = draft.name.trim()
  if (name === '') problems.name = 'Give it a name: what events and people call it.'
  const tenant = draft.tenant.trim()
  const addresses = draft.addresses.split(/[\s,]+/).filter(Boolean)
  const budgets = draft.budgets.map((budget, index) => readBudget(budget, index, draft.budgets, problems))
  const limits = Object.fromEntries(
    limitKinds.flatMap((kind) => {
      const text = draft.limits[kind].trim()
      if (text === '') return []
      const count = Number(text)
      if (!Number.isSafeInteger(count) || count < 1) problems[`limits.${kind}`] = 'Write a whole number from 1 on.'
      return [[kind, count]]
    }),
  )
  const expiresAt = draft.expires === '' ? undefined : new Date(draft.expires).getTime()
  if (expiresAt !== undefined && Number.isNaN(expiresAt)) problems.expires = 'Write a date and a time.'
  const opened = {
    aliases: draft.aliases.how === 'some' ? draft.aliases.names : undefined,
    features: draft.features.how === 'some' ? draft.features.names : undefined,
    passThrough: askOf(draft.passThrough),
    providerKeys: askOf(draft.providerKeys),
  }
  for (const [field, names] of Object.entries(opened))
    if (Array.isArray(names) && names.length === 0) problems[field] = 'Add at least one, or choose otherwise.'
  if (Object.keys(problems).length > 0) return { problems }
  const ask = {
    name,
    role: draft.role,
    tenant: tenant === '' ? undefined : tenant,
    ...opened,
    addresses: addresses.length > 0 ? addresses : undefined,
    budgets: budgets.length > 0 ? budgets : undefined,
    limits: Object.keys(limits).length > 0 ? limits : undefined,
    expiresAt,
  }
  return { ask: stated(ask) as KeyAsk & { readonly name: string } }
}

/** What of a key changes from one to the other; null takes a field away. */
export function changesOf(before: KeyAsk, after: KeyAsk): KeyChangeRequest {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof KeyAsk)[]
  const changed = fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
  return Object.fromEntries(changed.map((field) => [field, after[field] ?? null]))
}

function readBudget(
  { usd, per, hard, warnAt }: BudgetDraft,
  index: number,
  all: readonly BudgetDraft[],
  problems: Record<string, string>,
) {
  const limitUsd = Number(usd)
  if (usd.trim() === '' || !(limitUsd >= 0) || limitUsd > 9_000_000)
    problems[`budgets.${index}.usd`] = 'Write an amount in US dollars.'
  const shares = warnAt
    .split(/[\s,%]+/)
    .filter(Boolean)
    .map((percent) => Number(percent) / 100)
  if (!shares.every((share) => share > 0 && share <= 1))
    problems[`budgets.${index}.warnAt`] = 'Write percentages up to 100, as in 50, 80.'
  if (all.findIndex((other) => other.per === per && other.hard === hard) !== index)
    problems[`budgets.${index}.per`] = 'There is one for this window already.'
  return { limitUsd, per, hard, warnAt: shares }
}

const openingOf = (opening: KeyView['passThrough']): OpeningDraft =>
  typeof opening === 'object' ? { how: 'some', names: opening } : opening === true ? all : none

const askOf = ({ how, names }: OpeningDraft): boolean | readonly string[] | undefined =>
  how === 'some' ? names : how === 'all' ? true : undefined

const typed = (count: number | undefined): string => (count === undefined ? '' : String(count))

const trimmed = (value: number, digits: number): string => String(Number(value.toFixed(digits)))

function localTime(at: number): string {
  const shifted = new Date(at - new Date(at).getTimezoneOffset() * 60_000)
  return shifted.toISOString().slice(0, 19)
}

const stated = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
