const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Lengths that people read without thinking. */
const lengths = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 30].map((count) => count * day),
]

/** No chart has more. */
const most = 120

/** Where the buckets of a span begin, and how long each is. Times are milliseconds since the epoch. */
export interface Buckets {
  readonly bucketMs: number
  readonly at: readonly number[]
}

/**
 * Cuts a span into at most 120 buckets that begin at whole multiples of their length: whole minutes, hours or days (UTC). None is
 * shorter than `leastMs`.
 */
export function bucketsOf(from: number, to: number, leastMs = 0): Buckets {
  // However the span lies: a chart that moves along keeps its buckets.
  const fitting = lengths.find((length) => length >= leastMs && Math.ceil((to - from) / length) < most)
  const bucketMs = fitting ?? Math.ceil((to - from) / (most - 1) / day) * day
  const first = Math.floor(from / bucketMs) * bucketMs
  return { bucketMs, at: Array.from({ length: countOf(from, to, bucketMs) }, (_, index) => first + index * bucketMs) }
}

const countOf = (from: number, to: number, length: number): number =>
  Math.max(1, Math.ceil(to / length) - Math.floor(from / length))
