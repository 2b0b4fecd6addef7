/** Many numbers, eight bytes each. */
export interface Samples {
  add(value: number): void
  /** The value that `share` (0 to 1) of them do not exceed, by nearest rank; `undefined` where there are none. */
  percentile(share: number): number | undefined
}

/** Collects numbers and gives their percentiles. */
export function createSamples(): Samples {
  let values = new Float64Array(256)
  let count = 0
  let isSorted = true
  return {
    add(value) {
      if (count === values.length) {
        const wider = new Float64Array(count * 2)
        wider.set(values)
        values = wider
      }
      values[count++] = value
      isSorted = false
    },
    percentile(share) {
      if (count === 0) return undefined
      if (!isSorted) values.subarray(0, count).sort()
      isSorted = true
      return values[Math.max(0, Math.ceil(share * count) - 1)]
    },
  }
}
