import { addHistogram, addToHistogram, type Histogram } from './histogram.ts'
import type { KeyedSubject, Subject } from './subject.ts'

/** What roll-ups add up, in the order of a row's `sums`. `spared` is what kept and shared replies cost when they were made. */
export const sumNames = [
  'calls',
  'errors',
  'retries',
  'fallbacks',
  'cacheHits',
  'inputUncached',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'cacheWriteOther',
  'outputText',
  'outputReasoning',
  'audioIn',
  'audioOut',
  'imageIn',
  'imageOut',
  'costNanoUsd',
  'unpriced',
  'estimated',
  'sparedNanoUsd',
  'sparedUnknown',
  'promptCacheSavedNanoUsd',
] as const

/** The name of a sum. */
export type SumName = (typeof sumNames)[number]

/** One call, as roll-ups see it. */
export interface RollUpCall {
  /** When it began, in milliseconds since the epoch. */
  readonly at: number
  readonly subject: Subject
  /** What it adds to each sum, in the order of {@link sumNames}. */
  readonly sums: readonly number[]
  /** Null: not measured. */
  readonly totalMs: number | null
  readonly firstTokenMs: number | null
}

/** The calls of one subject in one bucket, added up. */
export interface RollUp {
  /** When the bucket begins, in milliseconds since the epoch. */
  readonly at: number
  readonly subject: Subject
  readonly sums: number[]
  /** When the latest of them began. */
  lastAt: number
  readonly latency: Histogram
  readonly firstToken: Histogram
}

/** The length of a minute's and of an hour's bucket, in milliseconds. */
export const minuteMs = 60_000
export const hourMs = 3_600_000

/** Under which subject something is counted in the bucket that begins at a time. */
export type Counted = (subject: Subject, at: number) => KeyedSubject

/** Adds calls up by minute. */
export function rollUp(calls: Iterable<RollUpCall>, counted: Counted): RollUp[] {
  const rows = createRows()
  for (const { at, subject, sums, totalMs, firstTokenMs } of calls) {
    const start = startOf(at, minuteMs)
    const row = rows.at(start, counted(subject, start))
    addSums(row.sums, sums)
    row.lastAt = Math.max(row.lastAt, at)
    if (totalMs !== null) addToHistogram(row.latency, totalMs)
    if (firstTokenMs !== null) addToHistogram(row.firstToken, firstTokenMs)
  }
  return rows.all()
}

/** Adds rows up once more: by longer buckets, or by subjects that are kept less apart. */
export function rollUpFurther(finer: readonly RollUp[], lengthMs: number, counted: Counted): RollUp[] {
  const rows = createRows()
  for (const { at, subject, sums, lastAt, latency, firstToken } of finer) {
    const start = startOf(at, lengthMs)
    const row = rows.at(start, counted(subject, start))
    addSums(row.sums, sums)
    row.lastAt = Math.max(row.lastAt, lastAt)
    addHistogram(row.latency, latency)
    addHistogram(row.firstToken, firstToken)
  }
  return rows.all()
}

/** When the bucket of that length begins in which a time lies. */
export function startOf(at: number, lengthMs: number): number {
  return Math.floor(at / lengthMs) * lengthMs
}

function createRows() {
  const buckets = new Map<number, Map<string, RollUp>>()
  return {
    at(at: number, { subject, key }: KeyedSubject): RollUp {
      let bucket = buckets.get(at)
      if (!bucket) {
        bucket = new Map()
        buckets.set(at, bucket)
      }
      let row = bucket.get(key)
      if (!row) {
        row = { at, subject, sums: sumNames.map(() => 0), lastAt: 0, latency: new Map(), firstToken: new Map() }
        bucket.set(key, row)
      }
      return row
    },
    all: (): RollUp[] => [...buckets.values()].flatMap((bucket) => [...bucket.values()]),
  }
}

function addSums(sums: number[], others: readonly number[]): void {
  for (let index = 0; index < sums.length; index++) sums[index] = sums[index]! + (others[index] ?? 0)
}
