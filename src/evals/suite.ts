import type { AnyFeature, Feature } from '../patterns/feature.ts'
import type { Cases } from './case.ts'
import { isCaseFile } from './case-file.ts'
import type { Scorer } from './scorer.ts'
import { suiteInvalid } from './suite-invalid.ts'

/** Bounds of a run of a suite. */
export interface SuiteLimits {
  /** Cases at the same time, where the caller of the run says nothing else. Default 8. */
  readonly concurrency?: number
  /** What a run may cost, judges included, in USD. The caller's own limit counts where it is less. Default: no limit. */
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
 * name, no feature, no scorer, no cases, two scorers of one name, or a limit that is none.
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
  const where = `The suite "${name}"`
  if (typeof definition.feature?.prompt !== 'function')
    throw suiteInvalid(`${where} has no feature.`, 'Give it one that was made by feature({ … }).')
  checkScorers(where, scorers)
  if (!isCases(cases))
    throw suiteInvalid(
      `${where} has no cases that can be read.`,
      'Give an array, jsonl(…), csv(…) or an async iterable.',
    )
  if (Array.isArray(cases) && cases.length === 0) throw noCases(where)
  checkLimits(where, limits)
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

function checkScorers(where: string, scorers: unknown): void {
  if (!Array.isArray(scorers) || scorers.length === 0)
    throw suiteInvalid(`${where} has no scorers.`, 'Add one: scorers: [exact()], say.')
  const names = new Set<unknown>()
  for (const scorer of scorers as readonly (Partial<Scorer> | undefined)[]) {
    if (typeof scorer?.name !== 'string' || typeof scorer.score !== 'function')
      throw suiteInvalid(`${where} has a scorer that is none.`, 'Call it: exact(), say, or custom(name, function).')
    if (names.has(scorer.name))
      throw suiteInvalid(
        `${where} has two scorers with the name "${scorer.name}".`,
        'Give one another name, by its option `name`.',
      )
    names.add(scorer.name)
  }
}

const isCases = (cases: unknown): boolean =>
  Array.isArray(cases) ||
  (typeof cases === 'object' && cases !== null && (Symbol.asyncIterator in cases || isCaseFile(cases)))

/** Throws `suite-invalid` where a limit is no limit. */
export function checkLimits(where: string, { concurrency = 1, costUsd = 0, caseMs = 1 }: SuiteLimits): void {
  const wrong = (name: string, is: unknown, must: string) =>
    suiteInvalid(`${where} has the limit \`${name}\` of ${String(is)}.`, `It must be ${must}.`)
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw wrong('concurrency', concurrency, 'a whole number of 1 or more')
  if (!(costUsd >= 0)) throw wrong('costUsd', costUsd, 'a number of 0 or more, in USD')
  if (!(caseMs > 0)) throw wrong('caseMs', caseMs, 'a number above 0, in milliseconds')
}
