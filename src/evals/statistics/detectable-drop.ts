import { z95 } from '../../core/wilson.ts'

/** The 80th percentile of the normal distribution: the power of the test. */
const z80 = 0.8416212335729143
/** With nothing fixed, fewer broken cases never fall below 0.05; see `mcNemar`. */
const fewestFlips = 6

/**
 * The cases that a paired comparison needs to see a drop of `drop` (0 to 1) four times out of five, where `discordance` of all
 * cases flip one way or the other (Connor 1987; Miettinen 1968). Never fewer flips than the drop itself makes.
 */
export function casesToSee(drop: number, discordance: number): number {
  const flips = Math.max(discordance, drop)
  return ((z95 * Math.sqrt(flips) + z80 * Math.sqrt(flips - drop * drop)) / drop) ** 2
}

/**
 * The smallest drop of the share that passes which a suite of `cases` cases can see, compared case by case with its baseline
 * at 95 % confidence and 80 % power. `undefined` where it can see none. `discordance`: the share of cases that flip one way or
 * the other by themselves; default 0.1.
 *
 * @example
 * ```ts
 * import { detectableDrop } from 'inseam/evals'
 *
 * console.assert(detectableDrop(312)!.toFixed(3) === '0.050')
 * console.assert(detectableDrop(5) === undefined)
 * ```
 */
export function detectableDrop(cases: number, discordance = 0.1): number | undefined {
  if (cases < fewestFlips || casesToSee(1, discordance) > cases) return undefined
  let low = 0
  let high = 1
  while (high - low > 1e-6) {
    const middle = (low + high) / 2
    if (casesToSee(middle, discordance) > cases) low = middle
    else high = middle
  }
  return Math.max(high, fewestFlips / cases)
}
