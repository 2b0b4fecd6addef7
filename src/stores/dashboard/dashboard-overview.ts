import { addSteps, addValue, createDistribution, type Distribution, percentilesOf } from '../rollup/distribution.ts'
import { piecesOf } from '../rollup/pieces.ts'
import { hourMs, minuteMs } from '../rollup/roll-up.ts'
import { bucketsOf } from './dashboard-buckets.ts'
import type { DashboardRecord, Span } from './dashboard-record.ts'
import { type CallFigures, scanCalls } from './dashboard-scan.ts'
import { addRolledToShare, addToShare, type OpenShare, shareIn, shareOf } from './dashboard-share.ts'
import { type RolledTotals, readRollUps, readTotals, usableRollUps, wholeMinutes } from './roll-up-reader.ts'

const mostShares = 10
const sharesSelect = 'feature, target, calls, errors, cost_nano_usd, latency'

/** Totals of a span and of the one before it, their course, and what took most of it. */
export function overview(record: DashboardRecord, asked: Span) {
  return record.tables.snapshot((tables) => overviewNow({ ...record, tables }, asked))
}

async function overviewNow(record: DashboardRecord, asked: Span) {
  const length = asked.to - asked.from
  const upto = await usableRollUps(record, { from: asked.from - length, to: asked.to })
  // Roll-ups know whole minutes.
  const span = upto > 0 ? wholeMinutes(asked) : asked
  const earlier =
    upto > 0 ? wholeMinutes({ from: span.from - length, to: span.from }) : { from: span.from - length, to: span.from }
  const { from, to } = span
  const { bucketMs, at } = bucketsOf(from, to, upto > 0 ? minuteMs : 0)
  const totals = openTotals()
  const before = openTotals()
  const course = at.map(openTotals)
  const features = new Map<string, OpenShare>()
  const models = new Map<string, OpenShare>()
  const errors = new Map<string, number>()
  const sources = new Map<string, number>()
  const bucketOf = (time: number) => course[Math.floor((time - at[0]!) / bucketMs)]
  if (upto > 0) {
    // Hours do where the buckets are made of them; else their minutes are needed.
    const pieces = bucketMs % hourMs === 0 ? piecesOf(from, to) : [{ length: 'minute', from, to } as const]
    for (const row of await readTotals(record.tables, span, pieces)) {
      const bucket = bucketOf(row.at)
      for (const sums of bucket ? [totals, bucket] : [totals]) addRolledToTotals(sums, row)
      if (row.errorCode !== '' || row.errors > 0) count(errors, row.errorCode || 'unknown', row.errors)
      count(sources, row.source || 'unknown', row.calls)
    }
    for (const row of await readTotals(record.tables, earlier, piecesOf(earlier.from, earlier.to)))
      addRolledToTotals(before, row)
    for (const row of await readRollUps(record.tables, span, { select: sharesSelect })) {
      const [feature, target, calls, failed, cost, latency] = row as readonly [
        string,
        string,
        number,
        number,
        number,
        Uint8Array,
      ]
      addRolledToShare(shareIn(features, feature), calls, failed, cost, latency)
      addRolledToShare(shareIn(models, target), calls, failed, cost, latency)
    }
  }
  const add = (call: CallFigures) => {
    const [startedAt, , , isError, , , , , , , , source, errorCode, feature, target] = call
    addToTotals(totals, call)
    const bucket = bucketOf(startedAt)
    if (bucket) addToTotals(bucket, call)
    addToShare(shareIn(features, feature ?? ''), call)
    addToShare(shareIn(models, target ?? ''), call)
    if (isError) count(errors, errorCode ?? 'unknown')
    count(sources, source ?? 'unknown')
  }
  await scanCalls(record, span, ['source', 'error_code', 'feature', 'target'], add, upto)
  await scanCalls(record, earlier, [], (call) => addToTotals(before, call), upto)

  return {
    from,
    to,
    bucketMs,
    totals: totalsOf(totals),
    before: totalsOf(before),
    series: {
      at,
      calls: course.map(({ calls }) => calls),
      errors: course.map(({ errors }) => errors),
      costNanoUsd: course.map(({ costNanoUsd }) => costNanoUsd),
      inputTokens: course.map(({ inputTokens }) => inputTokens),
      outputTokens: course.map(({ outputTokens }) => outputTokens),
      cachedTokens: course.map(({ cachedTokens }) => cachedTokens),
      latencyMs: columns(course.map(({ latencyMs }) => latencyMs)),
      firstTokenMs: columns(course.map(({ firstTokenMs }) => firstTokenMs)),
    },
    byFeature: costliest(features),
    byModel: costliest(models),
    errors: mostFrequent(errors).map(([code, calls]) => ({ code, calls })),
    sources: mostFrequent(sources).map(([source, calls]) => ({ source, calls })),
  }
}

/** Sums that grow, with what percentiles are read from. */
interface OpenTotals {
  calls: number
  errors: number
  retries: number
  fallbacks: number
  cacheHits: number
  costNanoUsd: number
  unpriced: number
  inputTokens: number
  outputTokens: number
  cachedTokens: number
  readonly latencyMs: Distribution
  readonly firstTokenMs: Distribution
}

const openTotals = (): OpenTotals => ({
  calls: 0,
  errors: 0,
  retries: 0,
  fallbacks: 0,
  cacheHits: 0,
  costNanoUsd: 0,
  unpriced: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedTokens: 0,
  latencyMs: createDistribution(),
  firstTokenMs: createDistribution(),
})

function addToTotals(totals: OpenTotals, call: CallFigures): void {
  const [, totalMs, firstTokenMs, isError, isCacheHit, cost, input, output, cached, attempts, fallbacks] = call
  totals.calls++
  totals.errors += isError
  // A target whose breaker is open is fallen back from without an attempt.
  totals.retries += Math.max(0, attempts - 1 - fallbacks)
  totals.fallbacks += fallbacks
  totals.cacheHits += isCacheHit
  if (cost === null) totals.unpriced++
  else totals.costNanoUsd += cost
  totals.inputTokens += input ?? 0
  totals.outputTokens += output ?? 0
  totals.cachedTokens += cached ?? 0
  if (totalMs !== null) addValue(totals.latencyMs, totalMs)
  if (firstTokenMs !== null) addValue(totals.firstTokenMs, firstTokenMs)
}

function addRolledToTotals(totals: OpenTotals, row: RolledTotals): void {
  totals.calls += row.calls
  totals.errors += row.errors
  totals.retries += row.retries
  totals.fallbacks += row.fallbacks
  totals.cacheHits += row.cacheHits
  totals.costNanoUsd += row.costNanoUsd
  totals.unpriced += row.unpriced
  totals.inputTokens += row.inputTokens
  totals.outputTokens += row.outputTokens
  totals.cachedTokens += row.cachedTokens
  addSteps(totals.latencyMs, row.latency)
  addSteps(totals.firstTokenMs, row.firstToken)
}

const totalsOf = ({ latencyMs, firstTokenMs, ...sums }: OpenTotals) => ({
  ...sums,
  latencyMs: percentilesOf(latencyMs),
  firstTokenMs: percentilesOf(firstTokenMs),
})

function columns(distributions: readonly Distribution[]) {
  const rows = distributions.map(percentilesOf)
  return { p50: rows.map(({ p50 }) => p50), p95: rows.map(({ p95 }) => p95), p99: rows.map(({ p99 }) => p99) }
}

function costliest(shares: ReadonlyMap<string, OpenShare>) {
  return [...shares]
    .sort(([, left], [, right]) => right.costNanoUsd - left.costNanoUsd || right.calls - left.calls)
    .slice(0, mostShares)
    .map(([name, share]) => shareOf(name, share))
}

function count(counts: Map<string, number>, name: string, calls = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + calls)
}

const mostFrequent = (counts: ReadonlyMap<string, number>) => [...counts].sort(([, left], [, right]) => right - left)
