import type { SQLInputValue } from 'node:sqlite'
import type { CallEvent } from '../../core/event.ts'
import type { DashboardRecord } from './dashboard-record.ts'

/** Which calls to list, the newest first. */
export interface CallsQuestion {
  /** Empty: calls without one. */
  readonly feature?: string
  /** As the caller named it, or `provider/model` that answered. */
  readonly model?: string
  readonly source?: string
  readonly status?: 'ok' | 'error'
  readonly errorCode?: string
  readonly door?: string
  /** Found in ids, models, features and error messages. */
  readonly text?: string
  /** Only calls recorded before this place. */
  readonly before?: number
  readonly limit: number
}

/** Rows that are looked at in one step, between which the time is. */
const rowsPerStep = 20_000
/** A page that is not full by then is given as it is, with where to go on. */
const longestMs = 1_000

const columns = `
  seq, call_id AS callId, started_at AS startedAt, feature, operation, model, target, door, source, ending, error_code AS errorCode,
  total_ms AS totalMs, first_token_ms AS firstTokenMs,
  input_uncached + cache_read + cache_write_5m + cache_write_1h + cache_write_other + audio_in + image_in AS inputTokens,
  output_text + output_reasoning + audio_out + image_out AS outputTokens,
  cost_nano_usd AS costNanoUsd, attempts, fallbacks`

interface CallRow {
  readonly seq: number
  readonly callId: string
  readonly startedAt: number
  readonly feature?: string
  readonly operation?: CallEvent['operation']
  readonly model: string
  readonly target?: string
  readonly door: string
  readonly source: string
  readonly ending: string
  readonly errorCode?: string
  readonly totalMs: number
  readonly firstTokenMs?: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costNanoUsd: number | null
  readonly attempts: number
  readonly fallbacks: number
}

/**
 * One page of calls, by their place in the record. A search that finds little in its time gives a short page and where to go
 * on, so that no search is too long.
 */
export function calls({ database }: DashboardRecord, { before, limit, ...filters }: CallsQuestion) {
  const { oldest, newest } = database.prepare('SELECT min(seq) AS oldest, max(seq) AS newest FROM calls').get() as {
    oldest: number | null
    newest: number | null
  }
  if (oldest === null || newest === null) return { calls: [] }
  const { where, values } = conditionsOf(filters)
  const statement = database.prepare(
    `SELECT ${columns} FROM calls WHERE seq < ? AND seq >= ?${where} ORDER BY seq DESC LIMIT ?`,
  )
  const startedAt = performance.now()
  const found: CallRow[] = []
  let upper = Math.min(before ?? newest + 1, newest + 1)
  while (upper > oldest) {
    const lower = upper - rowsPerStep
    const rows = statement.all(upper, lower, ...values, limit - found.length)
    found.push(...rows.map(rowOf))
    if (found.length === limit) return { calls: found, ...nextOf(found.at(-1)!.seq, oldest) }
    upper = lower
    if (performance.now() - startedAt > longestMs) return { calls: found, ...nextOf(upper, oldest) }
  }
  return { calls: found }
}

const nextOf = (next: number, oldest: number) => (next > oldest ? { next } : {})

/** The place in the record is the only index that is of use: a plus keeps SQLite from taking another, and from sorting. */
function conditionsOf({
  feature,
  model,
  source,
  status,
  errorCode,
  door,
  text,
}: Omit<CallsQuestion, 'limit' | 'before'>) {
  const conditions: string[] = []
  const values: SQLInputValue[] = []
  const add = (condition: string, ...bound: SQLInputValue[]) => {
    conditions.push(condition)
    values.push(...bound)
  }
  if (feature === '') add('+feature IS NULL')
  else if (feature !== undefined) add('+feature = ?', feature)
  if (model !== undefined) add('(model = ? OR target = ?)', model, model)
  if (source !== undefined) add('source = ?', source)
  if (status !== undefined) add(status === 'error' ? "ending = 'error'" : "ending <> 'error'")
  if (errorCode !== undefined) add('error_code = ?', errorCode)
  if (door !== undefined) add('door = ?', door)
  if (text !== undefined) {
    const places = ['call_id', 'model', 'target', 'feature', 'error_message']
    const like = `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`
    add(`(${places.map((place) => `${place} LIKE ? ESCAPE '\\'`).join(' OR ')})`, ...places.map(() => like))
  }
  return { where: conditions.map((condition) => ` AND ${condition}`).join(''), values }
}

/** Absent fields are absent, not null; the cost alone is null where nobody knows it. */
function rowOf(row: Record<string, unknown>): CallRow {
  const { costNanoUsd, ...rest } = row
  const present = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null))
  return { ...present, costNanoUsd } as unknown as CallRow
}
