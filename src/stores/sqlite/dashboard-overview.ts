import { bucketsOf } from './dashboard-buckets.ts'
import { addValue, createDistribution, type Distribution, percentilesOf } from './dashboard-distribution.ts'
import type { DashboardRecord, Span } from './dashboard-record.ts'
import { type CallFigures, scanCalls } from './dashboard-scan.ts'
import { addToShare, type OpenShare, shareIn, shareOf } from './dashboard-share.ts'

const mostShares = 10

/** Totals of a span and of the one before it, their course, and what took most of it. */
export function overview(record: DashboardRecord, span: Span) {
  const { from, to } = span
  const { bucketMs, at } = bucketsOf(from, to)
  const totals = openTotals()
  const course = at.map(openTotals)
  const features = new Map<string, OpenShare>()
  const models = new Map<string, OpenShare>()
  const errors = new Map<string, number>()
  const sources = new Map<string, number>()
  scanCalls(record, span, ['source', 'error_code', 'feature', 'target'], (call) => {
    const [startedAt, , , isError, , , , , , , , source, errorCode, feature, target] = call
    addToTotals(totals, call)
    const bucket = course[Math.floor((startedAt - at[0]!) / bucketMs)]
    if (bucket) addToTotals(bucket, call)
    addToShare(shareIn(features, feature ?? ''), call)
    addToShare(shareIn(models, target ?? ''), call)
    if (isError) count(errors, errorCode ?? 'unknown')
    count(sources, source ?? 'unknown')
  })
  const before = openTotals()
  scanCalls(record, { from: from - (to - from), to: from }, [], (call) => addToTotals(before, call))

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

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

const mostFrequent = (counts: ReadonlyMap<string, number>) => [...counts].sort(([, left], [, right]) => right - left)
