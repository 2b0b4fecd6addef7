import type { KnownCase } from '../case.ts'
import { type Scorer, scoreOf, type Trial } from '../scorer.ts'
import { atPath, shown } from './same-value.ts'

/** How near is near enough. */
export interface NumericOptions {
  /** How far the number may be off, either way. Default 0. */
  readonly tolerance?: number
  /** The field of the output, and of `expected` where that has fields. Default: the output itself. */
  readonly path?: string
  /** Default `numeric`, with the path. */
  readonly name?: string
}

/** The output is a number, or text that spells one (`1,204.50`), within the tolerance of what is expected. `value` is how far it is off. */
export function numeric({ tolerance = 0, path, name }: NumericOptions = {}): Scorer {
  const expectedOf = ({ expected }: KnownCase) =>
    numberOf(path !== undefined && typeof expected === 'object' ? atPath(expected, path) : expected)
  const foundIn = ({ output }: Trial) => (path === undefined ? output : atPath(output, path))
  return {
    name: name ?? (path === undefined ? 'numeric' : `numeric ${path}`),
    check: (known) => (expectedOf(known) === undefined ? '`expected` is no number' : undefined),
    score(trial) {
      const expected = expectedOf(trial.case)!
      const found = numberOf(foundIn(trial))
      if (found === undefined) return scoreOf(false, `${shown(foundIn(trial))} is no number`)
      const off = Math.abs(found - expected)
      // 0.1 + 0.2 is 0.3, as far as anybody who writes a tolerance is concerned.
      const isNear = off <= tolerance + Number.EPSILON * Math.max(1, Math.abs(expected)) * 4
      return scoreOf(isNear, isNear ? undefined : `expected ${expected} ± ${tolerance}, got ${found}`, off)
    },
  }
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'string') return undefined
  const text = value.trim().replaceAll(/(?<=\d),(?=\d{3}(?!\d))/g, '')
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined
}
