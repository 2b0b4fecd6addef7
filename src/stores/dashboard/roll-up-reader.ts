import { type Piece, piecesOf } from '../rollup/pieces.ts'
import { minuteMs } from '../rollup/roll-up.ts'
import type { Cells, DashboardRecord, RecordTables, Span } from './dashboard-record.ts'
import { grains } from './roll-up-tables.ts'

/** Reads rows of roll-ups over the whole minutes of a span, as arrays of what `select` names. `ofAll`: of everybody's calls. */
export async function readRollUps(
  tables: RecordTables,
  { from, to }: Span,
  { select, ofAll = false, group = '', pieces = piecesOf(from, to) }: ReadRollUpsOptions,
): Promise<Iterable<Cells>> {
  const sql = `SELECT ${select} FROM ${tables.rollUps} WHERE grain IN (?, ?) AND at >= ? AND at < ? ${group}`
  const read: Iterable<Cells>[] = []
  for (const { length, from: begin, to: end } of pieces) {
    const grain = ofAll ? grains[`${length}OfAll`] : grains[length]
    read.push(await tables.rows(sql, [grain, grains.addition, begin, end]))
  }
  return oneAfterTheOther(read)
}

function* oneAfterTheOther(parts: readonly Iterable<Cells>[]): Generator<Cells, void, void> {
  for (const part of parts) yield* part
}

/** What is read of roll-ups. The words are the code's own, never a caller's. */
export interface ReadRollUpsOptions {
  readonly select: string
  readonly ofAll?: boolean
  /** GROUP BY, where rows are added up within a piece. */
  readonly group?: string
  /** Default: the fewest buckets that make up the span. */
  readonly pieces?: readonly Piece[]
}

/** The whole minutes that a span touches. */
export function wholeMinutes({ from, to }: Span): Span {
  return { from: Math.floor(from / minuteMs) * minuteMs, to: Math.ceil(to / minuteMs) * minuteMs }
}

/** Calls that are rather read one by one: to the millisecond, with exact percentiles. */
const fewCalls = 20_000
/** Calls behind the roll-ups beyond which those are of no use yet: a file of an older version is being rolled up. */
const mostBehind = 100_000

/** The place up to which a question about a span is answered from roll-ups: 0 where calls are few, or roll-ups are behind. */
export async function usableRollUps({ tables }: DashboardRecord, span: Span): Promise<number> {
  const { upto, left } = await tables.rolledUp()
  if (upto === 0 || left > mostBehind) return 0
  let calls = left
  for (const [sum] of await readRollUps(tables, span, { select: 'calls', ofAll: true })) {
    calls += Number(sum)
    if (calls > fewCalls) return upto
  }
  return 0
}

/** The sums of everybody's calls in a bucket that share who answered and what went wrong. */
export interface RolledTotals {
  readonly at: number
  readonly source: string
  readonly errorCode: string
  readonly calls: number
  readonly errors: number
  readonly retries: number
  readonly fallbacks: number
  readonly cacheHits: number
  readonly costNanoUsd: number
  readonly unpriced: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedTokens: number
  readonly latency: Uint8Array
  readonly firstToken: Uint8Array
}

const totalsSelect = `at, source, error_code, calls, errors, retries, fallbacks, cache_hits, cost_nano_usd, unpriced,
  input_uncached + cache_read + cache_write_5m + cache_write_1h + cache_write_other + audio_in + image_in,
  output_text + output_reasoning + audio_out + image_out, cache_read, latency, first_token`

/** Reads the sums of everybody's calls. */
export async function readTotals(
  tables: RecordTables,
  span: Span,
  pieces: readonly Piece[],
): Promise<Iterable<RolledTotals>> {
  return totalsOf(await readRollUps(tables, span, { select: totalsSelect, ofAll: true, pieces }))
}

function* totalsOf(rows: Iterable<Cells>): Generator<RolledTotals, void, void> {
  for (const row of rows) {
    const [at, source, errorCode, calls, errors, retries, fallbacks, cacheHits, costNanoUsd, unpriced, ...more] =
      row as readonly [number, string, string, ...number[]]
    const [inputTokens, outputTokens, cachedTokens, latency, firstToken] = more as unknown as readonly [
      number,
      number,
      number,
      Uint8Array,
      Uint8Array,
    ]
    yield {
      ...{ at, source, errorCode, calls, errors, retries, fallbacks, cacheHits, costNanoUsd, unpriced },
      ...{ inputTokens, outputTokens, cachedTokens, latency, firstToken },
    } as RolledTotals
  }
}
