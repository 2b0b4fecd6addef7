import { addEncoded, addToHistogram, type Histogram, middleOf } from './histogram.ts'

/** How values are spread: all of them where they are few, else how many lie in each step of a logarithmic scale. */
export interface Distribution {
  count: number
  /** Every value, until they are too many. */
  values: number[] | undefined
  readonly steps: Histogram
}

/** Values that are kept as they are; beyond them percentiles come from the scale. */
const maxExact = 256

/** A distribution of nothing. */
export function createDistribution(): Distribution {
  return { count: 0, values: [], steps: new Map() }
}

/** Adds a value of 0 or more. */
export function addValue(distribution: Distribution, value: number): void {
  distribution.count++
  const { values, steps } = distribution
  if (values === undefined) {
    addToHistogram(steps, value)
    return
  }
  values.push(value)
  if (values.length > maxExact) leaveValues(distribution)
}

/** Adds the values that an encoded histogram counts: from here on, percentiles come from the scale. */
export function addSteps(distribution: Distribution, encoded: Uint8Array): void {
  if (encoded.length === 0) return
  leaveValues(distribution)
  distribution.count += addEncoded(distribution.steps, encoded)
}

function leaveValues(distribution: Distribution): void {
  const { values = [] } = distribution
  distribution.values = undefined
  for (const value of values) addToHistogram(distribution.steps, value)
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

function onScale({ steps }: Distribution): (rank: number) => number | null {
  const sorted = [...steps].sort(([left], [right]) => left - right)
  return (rank) => {
    let seen = 0
    for (const [step, count] of sorted) {
      seen += count
      if (seen >= rank) return middleOf(step)
    }
    return null
  }
}
