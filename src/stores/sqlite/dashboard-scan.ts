import { InseamError } from '../../errors/index.ts'
import type { DashboardRecord, Span } from './dashboard-record.ts'

/** What the page's sums are made of: one call. */
export type CallFigures = readonly [
  startedAt: number,
  totalMs: number | null,
  firstTokenMs: number | null,
  ending: string,
  errorCode: string | null,
  source: string,
  feature: string | null,
  target: string | null,
  promptHash: string | null,
  costNanoUsd: number | null,
  inputTokens: number | null,
  outputTokens: number | null,
  cachedTokens: number | null,
  attempts: number,
  fallbacks: number,
  cache: string,
]

const figures = `
  started_at, total_ms, first_token_ms, ending, error_code, source, feature, target, prompt_hash, cost_nano_usd,
  input_uncached + cache_read + cache_write_5m + cache_write_1h + cache_write_other + audio_in + image_in,
  output_text + output_reasoning + audio_out + image_out, cache_read, attempts, fallbacks, cache`

const rowsPerLook = 4_096

/**
 * Visits every call of a span once, in no promised order. One pass in JavaScript costs less than the many groupings in SQL that
 * it takes the place of. Throws `timed-out` where it takes too long.
 */
export function scanCalls(
  { database, isOverdue }: DashboardRecord,
  { from, to }: Span,
  visit: (call: CallFigures) => void,
): void {
  const statement = database.prepare(`SELECT ${figures} FROM calls WHERE started_at >= ? AND started_at < ?`)
  statement.setReturnArrays(true)
  let seen = 0
  for (const row of statement.iterate(from, to)) {
    if (++seen % rowsPerLook === 0 && isOverdue()) throw tooLong(seen)
    // The columns are those of the list above.
    visit(row as unknown as CallFigures)
  }
}

function tooLong(seen: number): InseamError {
  return new InseamError(
    'timed-out',
    `The record gave ${seen.toLocaleString('en-US')} calls in its time, and there are more.`,
    {
      fix: 'Ask for a shorter span of time.',
    },
  )
}
