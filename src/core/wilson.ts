/** The 97.5th percentile of the normal distribution: 95 %, two-sided. */
export const z95 = 1.959963984540054

/**
 * The Wilson 95 % interval of a share: `passed` of `count`. It holds where the normal approximation does not, at small counts
 * and at shares near 0 and 1 (Wilson 1927; Bowyer et al., arXiv 2503.01747). Of nothing it is everything: [0, 1].
 *
 * @example
 * ```ts
 * import { wilson } from 'inseam/evals'
 *
 * const [low, high] = wilson(45, 50)
 * console.assert(low.toFixed(3) === '0.786' && high.toFixed(3) === '0.957')
 * ```
 */
export function wilson(passed: number, count: number): readonly [low: number, high: number] {
  if (count === 0) return [0, 1]
  const share = passed / count
  const z2 = z95 * z95
  const centre = (share + z2 / (2 * count)) / (1 + z2 / count)
  const half = (z95 / (1 + z2 / count)) * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count * count))
  // The ends are exact where all or none passed; rounding must not move them.
  return [passed === 0 ? 0 : Math.max(0, centre - half), passed === count ? 1 : Math.min(1, centre + half)]
}
