/**
 * The exact two-sided p of McNemar's test: how likely flips as uneven as these are where nothing changed. Only pairs that
 * differ count, so it is the binomial test of `broken` against `fixed` at one half (McNemar 1947). With nothing fixed it takes
 * six broken to fall below 0.05.
 *
 * @example
 * ```ts
 * import { mcNemar } from 'inseam/evals'
 *
 * console.assert(mcNemar(5, 0) === 0.0625 && mcNemar(6, 0) === 0.03125)
 * ```
 */
export function mcNemar(broken: number, fixed: number): number {
  const count = broken + fixed
  const least = Math.min(broken, fixed)
  let tail = 0
  // Logarithms: 2^-n of more than a thousand flips is no number any more.
  let term = -count * Math.LN2
  for (let k = 0; k <= least; k++) {
    tail += Math.exp(term)
    term += Math.log((count - k) / (k + 1))
  }
  const p = 2 * tail
  // Sums of powers of two come out exact again.
  return p >= 1 ? 1 : count < 50 ? Math.round(p * 2 ** count) / 2 ** count : p
}
