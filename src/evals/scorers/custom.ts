import { type Score, type Scorer, scoreOf, type Trial } from '../scorer.ts'

/**
 * A scorer of your own: gives true or false, or a {@link Score}. Where it throws, or gives anything else, the outcome is
 * `unclear`. Say the feature's types to have them checked: `custom<{ ticket: string }, Triage>('short', …)`.
 *
 * @example
 * ```ts
 * import { custom } from 'inseam/evals'
 *
 * const short = custom('short', ({ text }) => text.length <= 280)
 * console.assert(short.name === 'short')
 * ```
 */
export function custom<Input = unknown, Output = unknown>(
  name: string,
  score: (trial: Trial<Input, Output>) => boolean | Score | Promise<boolean | Score>,
): Scorer<Input, Output> {
  return {
    name,
    async score(trial) {
      const said: unknown = await score(trial)
      if (typeof said === 'boolean') return scoreOf(said)
      if (isScore(said)) return said
      return { outcome: 'unclear', detail: 'it gave neither true, false nor an outcome' }
    },
  }
}

function isScore(value: unknown): value is Score {
  return typeof value === 'object' && value !== null && 'outcome' in value && outcomes.has(value.outcome)
}

const outcomes = new Set<unknown>(['passed', 'failed', 'unclear'])
