/** How long things took lately, by what they are. */
export interface RecentTimes {
  add(key: string, ms: number): void
  /** The 95th percentile; undefined while too few are known. */
  p95(key: string): number | undefined
}

/** So many are remembered of each key: the older ones say little of now. */
const kept = 200

/** A 95th percentile of fewer is a guess. */
const enough = 20

/** More keys than this are not told apart: the one that was asked for longest ago is forgotten. */
const maxKeys = 1_000

/** The last 200 of each key, exactly: a percentile is a sort of 200 numbers, and is asked for once a call. */
export function createRecentTimes(): RecentTimes {
  const rings = new Map<string, { readonly times: number[]; next: number }>()
  const ringOf = (key: string) => {
    const known = rings.get(key)
    const ring = known ?? { times: [], next: 0 }
    rings.delete(key)
    rings.set(key, ring)
    const [oldest] = rings.keys()
    if (rings.size > maxKeys && oldest !== undefined) rings.delete(oldest)
    return ring
  }
  return {
    add(key, ms) {
      const ring = ringOf(key)
      ring.times[ring.next] = ms
      ring.next = (ring.next + 1) % kept
    },
    p95(key) {
      const { times } = ringOf(key)
      if (times.length < enough) return undefined
      const sorted = times.toSorted((left, right) => left - right)
      return sorted[Math.ceil(sorted.length * 0.95) - 1]
    },
  }
}
