/** How values are spread: all of them where they are few, else how many lie in each step of a logarithmic scale. */
export interface Distribution {
  count: number
  /** Every value, until they are too many. */
  values: number[] | undefined
  readonly steps: Map<number, number>
}

/** Values that are kept as they are; beyond them percentiles come from the scale. */
const maxExact = 256
/** Each step is 2 % wider than the one before, so that its middle is within 1 % of whatever lies in it. */
const growth = Math.log(1.02)
/** What is shorter than this counts as this: a microsecond, in milliseconds. */
const least = 0.001

/** A distribution of nothing. */
export function createDistribution(): Distribution {
  return { count: 0, values: [], steps: new Map() }
}

/** Adds a value of 0 or more. */
export function addValue(distribution: Distribution, value: number): void {
  distribution.count++
  const { values } = distribution
  if (values === undefined) {
    addToScale(distribution, value)
    return
  }
  values.push(value)
  if (values.length <= maxExact) return
  distribution.values = undefined
  for (const each of values) addToScale(distribution, each)
}

/** The percentiles that charts show, by nearest rank: exact for few values, within 1 % for many; `null` for none. */
export function percentilesOf(distribution: Distribution): {
  p50: number | null
  p95: number | null
  p99: number | null
} {
  const sorted = distribution.values?.sort((left, right) => left - right)
  const at = sorted ? (rank: number) => sorted[rank - 1] ?? null : onScale(distribution)
  const ranked = (share: number) => (distribution.count === 0 ? null : at(Math.ceil(share * distribution.count)))
  return { p50: ranked(0.5), p95: ranked(0.95), p99: ranked(0.99) }
}

function addToScale({ steps }: Distribution, value: number): void {
  const step = Math.floor(Math.log(Math.max(value, least)) / growth)
  steps.set(step, (steps.get(step) ?? 0) + 1)
}

function onScale({ steps }: Distribution): (rank: number) => number | null {
  const sorted = [...steps].sort(([left], [right]) => left - right)
  return (rank) => {
    let seen = 0
    for (const [step, count] of sorted) {
      seen += count
      if (seen >= rank) return Math.exp((step + 0.5) * growth)
    }
    return null
  }
}
