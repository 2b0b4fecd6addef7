import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import type { CaseOutcome } from '../core/eval-run.ts'
import { isJsonObject, type JsonObject } from '../core/json.ts'
import { shownPath } from './read-text.ts'
import { suiteInvalid } from './suite-invalid.ts'

/** What a suite gave when it was last accepted: what later runs are compared with. */
export interface Baseline {
  readonly feature: string
  /** The model as the feature named it, and the targets that answered. */
  readonly model: string
  readonly targets: readonly string[]
  readonly promptHash?: string
  /** What became of each case, by its id. */
  readonly outcomes: ReadonlyMap<string, CaseOutcome>
}

/** The baselines of the suites of one file, by the suites' names. */
export type Baselines = ReadonlyMap<string, Baseline>

/** Where the baselines of a file of suites stand: beside it. */
export function baselinePath(suiteFile: string): string {
  return `${suiteFile}.baseline.json`
}

/** Reads a file of baselines; there are none where there is no file. Throws `suite-invalid` where it is no such file. */
export async function readBaselines(path: string): Promise<Baselines> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return new Map()
    throw notABaseline(path, `cannot be read: ${String(cause)}`, cause)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw notABaseline(path, `is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
  if (!isJsonObject(value) || value.version !== 1 || !isJsonObject(value.suites))
    throw notABaseline(path, 'is no baseline of version 1')
  return new Map(Object.entries(value.suites).map(([name, suite]) => [name, parseBaseline(suite, name, path)]))
}

/** Writes a file of baselines, whole or not at all, each case in a line of its own and in a stable order. */
export async function writeBaselines(path: string, baselines: Baselines): Promise<void> {
  const partial = `${path}.${process.pid}.partial`
  try {
    await writeFile(partial, baselinesText(baselines))
    await rename(partial, path)
  } catch (cause) {
    await rm(partial, { force: true })
    throw suiteInvalid(
      `${shownPath(path)} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
      'Make the folder of the suite writable, and run it again with --update-baseline.',
      cause,
    )
  }
}

/** The baselines as the text of their file. */
export function baselinesText(baselines: Baselines): string {
  const suites = [...baselines].sort(([left], [right]) => compareIds(left, right))
  const texts = suites.map(([name, baseline]) => `    ${JSON.stringify(name)}: ${suiteText(baseline)}`)
  return `{\n  "version": 1,\n  "suites": {\n${texts.join(',\n')}\n  }\n}\n`
}

function suiteText({ feature, model, targets, promptHash, outcomes }: Baseline): string {
  const totals = { cases: outcomes.size, passed: 0, failed: 0, unclear: 0 }
  for (const outcome of outcomes.values()) totals[outcome]++
  const facts = { feature, model, targets: [...targets].sort(), promptHash, totals }
  const lines = Object.entries(facts).flatMap(([name, value]) =>
    value === undefined ? [] : [`      "${name}": ${JSON.stringify(value)}`],
  )
  const cases = [...outcomes]
    .sort(([left], [right]) => compareIds(left, right))
    .map(([id, outcome]) => `        ${JSON.stringify(id)}: "${outcome}"`)
  return `{\n${lines.join(',\n')},\n      "outcomes": {\n${cases.join(',\n')}\n      }\n    }`
}

/** Numbers by their size before all else, the rest by their characters: the same on every machine. */
function compareIds(left: string, right: string): number {
  const isNumber = /^\d+$/
  if (isNumber.test(left) && isNumber.test(right)) return Number(left) - Number(right)
  if (isNumber.test(left) !== isNumber.test(right)) return isNumber.test(left) ? -1 : 1
  return left < right ? -1 : left > right ? 1 : 0
}

function parseBaseline(value: unknown, name: string, path: string): Baseline {
  const { feature, model, targets, promptHash, outcomes } = isJsonObject(value) ? value : ({} as JsonObject)
  const isKnown =
    typeof feature === 'string' &&
    typeof model === 'string' &&
    Array.isArray(targets) &&
    isJsonObject(outcomes) &&
    Object.values(outcomes).every((outcome) => outcome === 'passed' || outcome === 'failed' || outcome === 'unclear')
  if (!isKnown) throw notABaseline(path, `has no readable baseline of the suite "${name}"`)
  return {
    feature,
    model,
    targets: targets.map(String),
    ...(typeof promptHash === 'string' && { promptHash }),
    outcomes: new Map(Object.entries(outcomes as Readonly<Record<string, CaseOutcome>>)),
  }
}

function notABaseline(path: string, what: string, cause?: unknown): Error {
  return suiteInvalid(
    `${shownPath(path)} ${what}.`,
    'Restore the file, or delete it and write it anew with --update-baseline.',
    cause,
  )
}
