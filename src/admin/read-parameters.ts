import { InseamError } from '../errors/index.ts'
import { type CostQuestion, costDimensions } from '../stores/sqlite/index.ts'
import type { CallFilters } from './call-filters.ts'

/** Labels and messages are shorter; a longer search finds nothing. */
const maxLength = 500
const defaultLimit = 50
const maxLimit = 200
const hourMs = 3_600_000
const longestMs = 10 * 366 * 24 * hourMs

const filterNames = ['feature', 'model', 'source', 'status', 'errorCode', 'text', 'door'] as const

/** The filters of a list of calls. Throws `invalid-request` for what is no filter or cannot be one's value. */
export function readFilters(parameters: URLSearchParams, others: readonly string[] = []): CallFilters {
  refuseUnknown(parameters, [...filterNames, ...others])
  const given: Record<string, string> = {}
  for (const name of filterNames) {
    const value = parameters.get(name)
    // An empty feature means calls without one; of the rest, empty means any.
    if (value !== null && (value !== '' || name === 'feature')) given[name] = value
  }
  const { status } = given
  if (status !== undefined && status !== 'ok' && status !== 'error') throw invalid('status', 'Write ok or error.')
  return given as CallFilters
}

/** A page of calls: filters, where it begins, and how long it is. Throws `invalid-request`. */
export function readPage(
  parameters: URLSearchParams,
): CallFilters & { readonly before?: number; readonly limit: number } {
  const filters = readFilters(parameters, ['before', 'limit'])
  const before = readWhole(parameters, 'before', 1, Number.MAX_SAFE_INTEGER)
  const limit = readWhole(parameters, 'limit', 1, maxLimit) ?? defaultLimit
  return { ...filters, ...(before !== undefined && { before }), limit }
}

/** A page of the audit log: where it begins, and how long it is. Throws `invalid-request`. */
export function readAuditPage(parameters: URLSearchParams): { readonly before?: number; readonly limit: number } {
  refuseUnknown(parameters, ['before', 'limit'])
  const before = readWhole(parameters, 'before', 1, Number.MAX_SAFE_INTEGER)
  const limit = readWhole(parameters, 'limit', 1, maxLimit) ?? defaultLimit
  return { ...(before !== undefined && { before }), limit }
}

/** A span of time; the last hour where nothing is said. Throws `invalid-request`. */
export function readSpan(parameters: URLSearchParams, now: number): { readonly from: number; readonly to: number } {
  refuseUnknown(parameters, ['from', 'to'])
  const to = readWhole(parameters, 'to', 0, Number.MAX_SAFE_INTEGER) ?? Math.ceil(now)
  const from = readWhole(parameters, 'from', 0, Number.MAX_SAFE_INTEGER) ?? Math.max(0, to - hourMs)
  if (from >= to) throw invalid('from', 'Begin the span before it ends.')
  if (to - from > longestMs) throw invalid('from', 'Ask for ten years at most.')
  return { from, to }
}

const dayMs = 24 * hourMs

/** What costs are asked for: a span, the last 30 days where nothing is said, and by what they are told apart. Throws `invalid-request`. */
export function readCostQuestion(parameters: URLSearchParams, now: number): CostQuestion {
  const { by: asked = 'feature', ...times } = Object.fromEntries(parameters)
  refuseUnknown(parameters, ['from', 'to', 'by'])
  const by = costDimensions.find((name) => name === asked)
  if (by === undefined) throw invalid('by', `Use one of: ${costDimensions.join(', ')}.`)
  const to = times.to || String(Math.ceil(now))
  const span = readSpan(
    new URLSearchParams({ to, from: times.from || String(Math.max(0, Number(to) - 30 * dayMs)) }),
    now,
  )
  return { ...span, by, now }
}

/** No parameters at all. Throws `invalid-request`. */
export function refuseParameters(parameters: URLSearchParams): void {
  refuseUnknown(parameters, [])
}

function refuseUnknown(parameters: URLSearchParams, known: readonly string[]): void {
  for (const [name, value] of parameters) {
    if (!known.includes(name)) {
      const fix = known.length === 0 ? 'Leave it out.' : `Use one of: ${known.join(', ')}.`
      throw new InseamError('invalid-request', `There is no parameter "${name.slice(0, 60)}" here.`, { fix })
    }
    if (parameters.getAll(name).length > 1) throw invalid(name, 'Give it once.')
    if (value.length > maxLength) throw invalid(name, `Write ${maxLength} characters at most.`)
  }
}

function readWhole(parameters: URLSearchParams, name: string, least: number, most: number): number | undefined {
  const text = parameters.get(name)
  if (text === null || text === '') return undefined
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= least && number <= most) return number
  throw invalid(name, `Write a whole number from ${least} to ${most}.`)
}

function invalid(name: string, fix: string): InseamError {
  return new InseamError('invalid-request', `The parameter "${name}" cannot be used.`, { fix })
}
