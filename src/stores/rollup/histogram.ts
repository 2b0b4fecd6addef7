/**
 * How many values lie in each step of a logarithmic scale: each step is 2 % wider than the one before, so that its middle is within
 * 1 % of whatever lies in it. Histograms of parts added together are the histogram of the whole.
 */
export type Histogram = Map<number, number>

const growth = Math.log(1.02)
/** What is shorter than this counts as this: a microsecond, in milliseconds. */
const least = 0.001

/** Adds a value of 0 or more. */
export function addToHistogram(histogram: Histogram, value: number): void {
  const step = Math.floor(Math.log(Math.max(value, least)) / growth)
  histogram.set(step, (histogram.get(step) ?? 0) + 1)
}

/** Adds all that another counts. */
export function addHistogram(histogram: Histogram, other: Histogram): void {
  for (const [step, count] of other) histogram.set(step, (histogram.get(step) ?? 0) + count)
}

/** The middle of a step. */
export function middleOf(step: number): number {
  return Math.exp((step + 0.5) * growth)
}

/** A histogram as few bytes: its steps in order, each as the distance from the one before and its count, in variable length. */
export function encodeHistogram(histogram: Histogram): Uint8Array {
  const sorted = histogram.size < 2 ? [...histogram] : [...histogram].sort(([left], [right]) => left - right)
  const bytes: number[] = []
  let before = lowest
  for (const [step, count] of sorted) {
    pushNumber(bytes, step - before)
    pushNumber(bytes, count)
    before = step
  }
  return Uint8Array.from(bytes)
}

/** Adds to a histogram what {@link encodeHistogram} wrote. Gives how many values that were. */
export function addEncoded(histogram: Histogram, bytes: Uint8Array): number {
  let added = 0
  let step = lowest
  let at = 0
  const next = (): number => {
    let number = 0
    for (let unit = 1; at < bytes.length; unit *= 128) {
      const byte = bytes[at++]!
      number += (byte & 127) * unit
      if (byte < 128) break
    }
    return number
  }
  while (at < bytes.length) {
    step += next()
    const count = next()
    histogram.set(step, (histogram.get(step) ?? 0) + count)
    added += count
  }
  return added
}

/** Below the step of the least value. */
const lowest = -512

function pushNumber(bytes: number[], number: number): void {
  let rest = number
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  bytes.push(rest)
}
