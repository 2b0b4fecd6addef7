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
  started_at, total_ms, first_token_ms, ending = 'error', cache = 'hit', cost_nano_usd,
  input_uncached + cache_read + cache_write_5m + cache_write_1h + cache_write_other + audio_in + image_in,
  output_text + output_reasoning + audio_out + image_out, cache_read, attempts, fallbacks`
const names = ['source', 'error_code', 'feature', 'target', 'prompt_hash'] as const

const rowsPerLook = 4_096

/**
 * Visits every call of a span once, in no promised order. One pass in JavaScript costs less than the many groupings in SQL that
 * it takes the place of; each name costs a tenth of it, so only those that are `wanted` are read. Throws `timed-out` where it
 * takes too long.
 */
export function scanCalls(
  { database, isOverdue }: DashboardRecord,
  { from, to }: Span,
  wanted: readonly (typeof names)[number][],
  visit: (call: CallFigures) => void,
): void {
  const columns = [figures, ...names.map((name) => (wanted.includes(name) ? name : 'NULL'))].join(', ')
  const statement = database.prepare(`SELECT ${columns} FROM calls WHERE started_at >= ? AND started_at < ?`)
  statement.setReturnArrays(true)
  let seen = 0
  for (const row of statement.iterate(from, to)) {
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
