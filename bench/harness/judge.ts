import type { Result, Series, Target } from './benchmark.ts'

/** Whether a target was met, and by what figure. */
export interface Verdict {
  readonly target: Target
  readonly figure: number
  readonly isMet: boolean
}

/** The middle of the figures; of two middles the mean. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

/** The median of the ratios round by round: what slowed the machine down in a round slowed down both. */
export function pairedRatio(one: Series, other: Series): number {
  return median(one.values.map((value, round) => value / (other.values[round] ?? Number.NaN)))
}

/** The series of that name. Throws where there is none: a target would hold nothing. */
export function seriesOf({ series, name: benchmark }: Result, name: string): Series {
  const found = series.find((one) => one.name === name)
  if (!found) throw new Error(`The benchmark "${benchmark}" has no subject "${name}".`)
  return found
}

/** Each target of a result, and whether it was met. */
export function judge(result: Result): Verdict[] {
  return result.targets.map((target) => {
    const own = seriesOf(result, target.subject)
    if ('atLeast' in target) {
      const figure = median(own.values)
      return { target, figure, isMet: figure >= target.atLeast }
    }
    const figure = target.versus ? pairedRatio(own, seriesOf(result, target.versus)) : median(own.values)
    return { target, figure, isMet: figure <= target.atMost }
  })
}
