import { grouped } from '../../core/figures.ts'
import { InseamError } from '../../errors/index.ts'
import type { DashboardRecord, Span } from './dashboard-record.ts'

/** What the page's sums are made of: one call. Names that were not asked for are null. */
export type CallFigures = readonly [
  startedAt: number,
  totalMs: number | null,
  firstTokenMs: number | null,
  isError: 0 | 1,
  isCacheHit: 0 | 1,
  costNanoUsd: number | null,
  inputTokens: number | null,
  outputTokens: number | null,
  cachedTokens: number | null,
  attempts: number,
  fallbacks: number,
  source: string | null,
  errorCode: string | null,
  feature: string | null,
  target: string | null,
  promptHash: string | null,
]

const figures = `
  started_at, total_ms, first_token_ms, CASE ending WHEN 'error' THEN 1 ELSE 0 END, CASE cache WHEN 'hit' THEN 1 ELSE 0 END, cost_nano_usd,
  input_uncached + cache_read + cache_write_5m + cache_write_1h + cache_write_other + audio_in + image_in,
  output_text + output_reasoning + audio_out + image_out, cache_read, attempts, fallbacks`
const names = ['source', 'error_code', 'feature', 'target', 'prompt_hash'] as const

const rowsPerLook = 4_096

/**
 * Visits every call of a span once, in no promised order. One pass in JavaScript costs less than the many groupings in SQL that
 * it takes the place of; each name costs a tenth of it, so only those that are `wanted` are read. Only calls behind the place
 * `upto` are visited. Throws `timed-out` where it takes too long.
 */
export async function scanCalls(
  { tables, isOverdue }: DashboardRecord,
  { from, to }: Span,
  wanted: readonly (typeof names)[number][],
  visit: (call: CallFigures) => void,
  upto = 0,
): Promise<void> {
  const columns = [figures, ...names.map((name) => (wanted.includes(name) ? name : 'NULL'))].join(', ')
  // Of the two indexes, that of the place is of use where few calls are behind it: a plus keeps SQLite from the other one.
  const where =
    upto > 0 ? 'seq > ? AND +started_at >= ? AND +started_at < ?' : '+seq > ? AND started_at >= ? AND started_at < ?'
  let seen = 0
  for (const row of await tables.rows(`SELECT ${columns} FROM calls WHERE ${where}`, [upto, from, to])) {
    if (++seen % rowsPerLook === 0 && isOverdue()) throw tooLong(seen)
    // The columns are those of the lists above.
    visit(row as unknown as CallFigures)
  }
}

function tooLong(seen: number): InseamError {
  return new InseamError('timed-out', `The record gave ${grouped(seen)} calls in its time, and there are more.`, {
    fix: 'Ask for a shorter span of time.',
  })
}
