import type { CallEvent } from '../../core/event.ts'
import type { Cells, DashboardRecord } from './dashboard-record.ts'

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

const columns = {
  seq: 'seq',
  callId: 'call_id',
  startedAt: 'started_at',
  feature: 'feature',
  operation: 'operation',
  model: 'model',
  target: 'target',
  door: 'door',
  source: 'source',
  ending: 'ending',
  errorCode: 'error_code',
  totalMs: 'total_ms',
  firstTokenMs: 'first_token_ms',
  inputTokens:
    'input_uncached + cache_read + cache_write_5m + cache_write_1h + cache_write_other + audio_in + image_in',
  outputTokens: 'output_text + output_reasoning + audio_out + image_out',
  costNanoUsd: 'cost_nano_usd',
  attempts: 'attempts',
  fallbacks: 'fallbacks',
} as const satisfies Record<keyof CallRow, string>
const names = Object.keys(columns)
const select = Object.values(columns).join(', ')

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

interface CallsPage {
  readonly calls: readonly CallRow[]
  /** The `before` of the next page, where there is one. */
  readonly next?: number
}

/**
 * One page of calls, by their place in the record. A search that finds little in its time gives a short page and where to go
 * on, so that no search is too long.
 */
export async function calls(
  { tables }: DashboardRecord,
  { before, limit, ...filters }: CallsQuestion,
): Promise<CallsPage> {
  const [[oldest, newest] = []] = (await tables.rows('SELECT min(seq), max(seq) FROM calls')) as Iterable<
    readonly [number | null, number | null]
  >
  if (typeof oldest !== 'number' || typeof newest !== 'number') return { calls: [] }
  const { where, values } = conditionsOf(filters, tables.like)
  const sql = `SELECT ${select} FROM calls WHERE seq < ? AND seq >= ?${where} ORDER BY seq DESC LIMIT ?`
  const startedAt = performance.now()
  const found: CallRow[] = []
  let upper = Math.min(before ?? newest + 1, newest + 1)
  while (upper > oldest) {
    const lower = upper - rowsPerStep
    for (const cells of await tables.rows(sql, [upper, lower, ...values, limit - found.length]))
      found.push(rowOf(cells))
    if (found.length === limit) return { calls: found, ...nextOf(found.at(-1)!.seq, oldest) }
    upper = lower
    if (performance.now() - startedAt > longestMs) return { calls: found, ...nextOf(upper, oldest) }
  }
  return { calls: found }
}

const nextOf = (next: number, oldest: number) => (next > oldest ? { next } : {})

/** The place in the record is the only index that is of use: `coalesce` keeps databases from taking another, and from sorting. */
function conditionsOf(
  { feature, model, source, status, errorCode, door, text }: Omit<CallsQuestion, 'limit' | 'before'>,
  likeWord: string,
) {
  const conditions: string[] = []
  const values: (string | number)[] = []
  const add = (condition: string, ...bound: (string | number)[]) => {
    conditions.push(condition)
    values.push(...bound)
  }
  if (feature !== undefined) add("coalesce(feature, '') = ?", feature)
  if (model !== undefined) add('(model = ? OR target = ?)', model, model)
  if (source !== undefined) add('source = ?', source)
  if (status !== undefined) add(status === 'error' ? "ending = 'error'" : "ending <> 'error'")
  if (errorCode !== undefined) add('error_code = ?', errorCode)
  if (door !== undefined) add('door = ?', door)
  if (text !== undefined) {
    const places = ['call_id', 'model', 'target', 'feature', 'error_message']
    const like = `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`
    add(`(${places.map((place) => `${place} ${likeWord} ? ESCAPE '\\'`).join(' OR ')})`, ...places.map(() => like))
  }
  return { where: conditions.map((condition) => ` AND ${condition}`).join(''), values }
}

/** Absent fields are absent, not null; the cost alone is null where nobody knows it. */
function rowOf(cells: Cells): CallRow {
  const row: Record<string, unknown> = {}
  for (const [index, name] of names.entries())
    if (cells[index] !== null || name === 'costNanoUsd') row[name] = cells[index]
  return row as unknown as CallRow
}
