import type { AnyFeature, Feature } from '../patterns/feature.ts'
import type { Cases } from './case.ts'
import type { Scorer } from './scorer.ts'
import { suiteInvalid } from './suite-invalid.ts'

/** Bounds of a run of a suite. What the caller of the run says counts where it is less. */
export interface SuiteLimits {
  /** Cases at the same time. Default 8. */
  readonly concurrency?: number
  /** What a run may cost, judges included, in USD. No case begins once it is reached. Default: no limit. */
  readonly costUsd?: number
  /** One call or run of the feature, in milliseconds. Default: what its alias says. */
  readonly caseMs?: number
}

/** What a suite is made of. */
export interface SuiteDefinition<Input, Output> {
  /** Names the suite in reports and in its baseline. */
  readonly name: string
  readonly feature: Feature<Input, Output>
  readonly cases: Cases<NoInfer<Input>>
  /** A case passes where all of them pass, and fails where one fails. */
  readonly scorers: readonly Scorer<NoInfer<Input>, NoInfer<Output>>[]
  readonly limits?: SuiteLimits
}

const brand = Symbol.for('inseam.suite')

/** A feature, the cases that it must hold, and how its answers are scored. */
export interface Suite {
  readonly [brand]: true
  readonly name: string
  readonly feature: AnyFeature
  readonly cases: Cases
  readonly scorers: readonly Scorer[]
  readonly limits: SuiteLimits
}

/**
 * Declares a suite. It does nothing by itself: `inseam eval` and `runSuite` run it. Throws `suite-invalid` where it has no
 * name, no scorer, an empty array of cases or two scorers of one name.
 *
 * @example
 * ```ts
 * import { feature, prompt } from 'inseam'
 * import { contains, suite } from 'inseam/evals'
 *
 * const greet = feature({ name: 'greet', model: 'fast', prompt: ({ name }: { name: string }) => prompt`Greet ${name}.` })
 * const greets = suite({
 *   name: 'greet',
 *   feature: greet,
 *   cases: [{ id: 'ada', input: { name: 'Ada' }, expected: 'Ada' }],
 *   scorers: [contains()],
 * })
 * console.assert(greets.name === 'greet')
 * ```
 */
export function suite<Input, Output = string>({ limits = {}, ...definition }: SuiteDefinition<Input, Output>): Suite {
  const { name, cases, scorers } = definition
  if (typeof name !== 'string' || name.trim() === '')
    throw suiteInvalid('A suite has no name.', "Give it one: suite({ name: 'triage', … }).")
  if (scorers.length === 0)
    throw suiteInvalid(`The suite "${name}" has no scorers.`, 'Add one: scorers: [exact()], say.')
  const twice = scorers.find((scorer, index) => scorers.findIndex((other) => other.name === scorer.name) !== index)
  if (twice)
    throw suiteInvalid(
      `The suite "${name}" has two scorers with the name "${twice.name}".`,
      'Give one another name, by its option `name`.',
    )
  if (Array.isArray(cases) && cases.length === 0) throw noCases(`The suite "${name}"`)
  // What comes in and goes out is the feature's business from here on: a runner holds suites of all kinds.
  return { [brand]: true, ...definition, limits } as unknown as Suite
}

/** Whether a value is a suite, from whichever copy of the package. */
export function isSuite(value: unknown): value is Suite {
  return typeof value === 'object' && value !== null && brand in value
}

/** There is nothing to run. */
export function noCases(where: string): Error {
  return suiteInvalid(`${where} has no cases.`, 'Add at least one case: { input: …, expected: … }.')
}
