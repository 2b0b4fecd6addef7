import type { RollUpCall } from '../rollup/roll-up.ts'
import type { Subject } from '../rollup/subject.ts'

/** A call's cells in the order of {@link rollUpCells}, first those that are no sums. */
export type RollUpRow = readonly [
  seq: number,
  at: number,
  totalMs: number | null,
  firstTokenMs: number | null,
  ...subject: Subject,
  ...sums: number[],
]

const text = (column: string) => `coalesce(${column}, '')`

/** What a call adds to each sum, in the order of `sumNames`. */
const sums = [
  '1',
  "CASE ending WHEN 'error' THEN 1 ELSE 0 END",
  // A target whose breaker is open is fallen back from without an attempt.
  'CASE WHEN attempts - 1 > fallbacks THEN attempts - 1 - fallbacks ELSE 0 END',
  'fallbacks',
  "CASE cache WHEN 'hit' THEN 1 ELSE 0 END",
  ...['input_uncached', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'cache_write_other', 'output_text'],
  ...['output_reasoning', 'audio_in', 'audio_out', 'image_in', 'image_out'],
  'coalesce(cost_nano_usd, 0)',
  'CASE WHEN cost_nano_usd IS NULL THEN 1 ELSE 0 END',
  "CASE cost_status WHEN 'estimated' THEN 1 ELSE 0 END",
  'coalesce(spared_nano_usd, 0)',
  "CASE WHEN source IN ('cache', 'coalesced') AND ending <> 'error' AND spared_nano_usd IS NULL THEN 1 ELSE 0 END",
  'coalesce(prompt_cache_saved_nano_usd, 0)',
]

/**
 * What a row of `calls` adds to each sum, as expressions in the order of `sumNames`. A file of an older version may lack columns:
 * those that are not in `columns` are read as null.
 */
export function rollUpSums(columns: ReadonlySet<string>): readonly string[] {
  const added = ['spared_nano_usd', 'prompt_cache_saved_nano_usd'].filter((name) => !columns.has(name))
  return sums.map((sum) => added.reduce((text, name) => text.replaceAll(name, 'NULL'), sum))
}

/** What roll-ups read of a row of `calls`, as a list for SELECT. */
export const rollUpCells: string = [
  ...['seq', 'started_at', 'total_ms', 'first_token_ms'],
  ...['feature', 'tenant', 'key_id', 'model', 'target', 'prompt_hash', 'source'].map(text),
  "CASE ending WHEN 'error' THEN coalesce(error_code, '') ELSE '' END",
  ...sums,
].join(', ')

/** A row that was read so, as roll-ups see it. */
export function rollUpCallOf(row: RollUpRow): RollUpCall {
  const [, at, totalMs, firstTokenMs] = row
  const subject = row.slice(4, 12) as unknown as Subject
  return { at, subject, sums: row.slice(12) as number[], totalMs, firstTokenMs }
}
