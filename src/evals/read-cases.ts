import { grouped } from '../core/figures.ts'
import { failureText, InseamError, isInseamError } from '../errors/index.ts'
import { readInput } from '../patterns/feature.ts'
import type { KnownCase } from './case.ts'
import { isCaseFile } from './case-file.ts'
import { shownPath } from './read-text.ts'
import { noCases, type Suite } from './suite.ts'
import { suiteInvalid } from './suite-invalid.ts'

/** The cases of a suite, ready to be run. */
export interface ReadyCases {
  /** How many there are; absent where they are yielded once, and nobody knows. */
  readonly total?: number
  /** The cases in order. Throws `suite-invalid` where one cannot be used, which only happens here where `total` is absent. */
  open(): AsyncGenerator<KnownCase, void, void>
}

/**
 * Checks all that can be checked before anything is spent: that there are cases, that no id is there twice, that each input
 * fits the feature's schema and each case its scorers. Throws `suite-invalid`, which names the place and the fix, and
 * `not-found` where no case matches the filter.
 */
export async function readCases(suite: Suite, filter?: string): Promise<ReadyCases> {
  const { cases } = suite
  const isKept = filter === undefined ? () => true : matches(filter)
  if (!Array.isArray(cases) && !isCaseFile(cases))
    return { open: () => checked(suite, placed(suite, cases as AsyncIterable<unknown>), isKept) }
  const open = () => (isCaseFile(cases) ? cases.open() : placed(suite, cases as readonly unknown[]))
  let total = 0
  for await (const _known of checked(suite, open(), isKept)) total++
  return { total, open: () => known(open(), isKept) }
}

/** How many cases a run of the suite would have; absent where they are yielded once. Checks and throws as a run does, and spends nothing. */
export async function countCases(suite: Suite, filter?: string): Promise<number | undefined> {
  return (await readCases(suite, filter)).total
}

interface Placed {
  readonly value: unknown
  readonly place: string
}

async function* placed(suite: Suite, cases: AsyncIterable<unknown> | readonly unknown[]): AsyncGenerator<Placed> {
  let number = 0
  try {
    for await (const value of cases) yield { value, place: `Case ${++number} of the suite "${suite.name}"` }
  } catch (cause) {
    const after = number === 0 ? 'at once' : `after case ${number}`
    throw suiteInvalid(
      `What yields the cases of the suite "${suite.name}" threw ${after}: ${failureText(cause)}.`,
      'Correct it, or write the cases into a file.',
      cause,
    )
  }
}

async function* checked(
  suite: Suite,
  cases: AsyncIterable<Placed>,
  isKept: (known: KnownCase) => boolean,
): AsyncGenerator<KnownCase> {
  const places = new Map<string, string>()
  let number = 0
  let kept = 0
  for await (const { value, place } of cases) {
    const known = knownCase(value, ++number, place)
    const before = places.get(known.id)
    if (before !== undefined)
      throw suiteInvalid(
        `${place} has the id "${known.id}", which ${before} has already.`,
        'Give each case its own id; a case without one is called by its number.',
      )
    places.set(known.id, place)
    await checkCase(suite, known, place)
    if (!isKept(known)) continue
    kept++
    yield known
  }
  if (number === 0) throw noCases(isCaseFile(suite.cases) ? shownPath(suite.cases.path) : `The suite "${suite.name}"`)
  if (kept === 0)
    throw new InseamError(
      'not-found',
      `None of the ${grouped(number)} cases of the suite "${suite.name}" matches the filter.`,
      { fix: 'Give a part of an id, or a whole tag.' },
    )
}

/** The same without checks: they were made. */
async function* known(cases: AsyncIterable<Placed>, isKept: (known: KnownCase) => boolean): AsyncGenerator<KnownCase> {
  let number = 0
  for await (const { value, place } of cases) {
    const each = knownCase(value, ++number, place)
    if (isKept(each)) yield each
  }
}

async function checkCase(suite: Suite, known: KnownCase, place: string): Promise<void> {
  for (const { name, check } of suite.scorers) {
    const wrong = check?.(known)
    if (wrong === undefined) continue
    throw suiteInvalid(
      `${place} cannot be scored by "${name}": ${wrong}.`,
      'Correct the case, or leave the scorer out.',
    )
  }
  try {
    await readInput(suite.feature, known.input)
  } catch (cause) {
    const said = isInseamError(cause) ? cause.message : String(cause)
    throw suiteInvalid(`${place}: ${said}`, 'Correct the input of the case, or the schema of the feature.', cause)
  }
}

const knownFields = new Set(['id', 'input', 'expected', 'tags', 'mustPass'])

function knownCase(value: unknown, number: number, place: string): KnownCase {
  const wrong = (what: string) =>
    suiteInvalid(`${place} ${what}.`, 'A case is { id?, input, expected?, tags?, mustPass? }.')
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('is no case')
  const { id = String(number), input, expected, tags, mustPass } = value as Record<string, unknown>
  if (input === undefined) throw wrong('has no `input`')
  for (const field of Object.keys(value)) if (!knownFields.has(field)) throw wrong(`has an unknown field "${field}"`)
  if ((typeof id !== 'string' && typeof id !== 'number') || id === '') throw wrong('has an id that is no text')
  if (tags !== undefined && !(Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')))
    throw wrong('has tags that are no list of texts')
  if (mustPass !== undefined && typeof mustPass !== 'boolean')
    throw wrong('has a `mustPass` that is neither true nor false')
  return { id: String(id), input, expected, tags: tags as readonly string[] | undefined, mustPass: mustPass === true }
}

const matches =
  (filter: string) =>
  ({ id, tags }: KnownCase): boolean =>
    id.includes(filter) || tags?.includes(filter) === true
