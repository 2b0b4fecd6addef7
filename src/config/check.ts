import type { z } from 'zod'
import { nearest } from './nearest.ts'
import type { Path, Report } from './report.ts'
import { listed } from './scalar.ts'
import { configSchema, type WrittenConfig } from './schema.ts'

/**
 * Checks plain data against the schema. What does not fit goes to the report and is left out of the result, so that the
 * rest can be checked further. Never throws.
 */
export function check(value: unknown, report: Report): WrittenConfig {
  const result = configSchema.safeParse(value ?? {}, { reportInput: true })
  if (result.success) return result.data
  explainIssues(result.error.issues, [], report)
  const rest = configSchema.safeParse(without(value, result.error.issues.flatMap(wrongPaths)))
  return rest.success ? rest.data : {}
}

/** Tells the report of what did not fit, in words for people. `above`: where the value stands that was checked. */
export function explainIssues(issues: readonly Issue[], above: Path, report: Report): void {
  for (const issue of issues) say(issue, above, report)
}

function pathOf(issue: Issue): Path {
  return issue.path as (string | number)[]
}

function wrongPaths(issue: Issue): Path[] {
  const path = pathOf(issue)
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path]
}

/** The data less what is at the paths: a setting of an alias alone, a provider or an alias or a section as a whole. */
function without(value: unknown, paths: readonly Path[]): unknown {
  const rest: Record<string, unknown> = {}
  for (const [section, entries] of Object.entries(isMap(value) ? value : {})) {
    if (Object.hasOwn(configSchema.shape, section)) rest[section] = isMap(entries) ? { ...entries } : entries
  }
  for (const [section, name, setting] of paths) {
    const entries = rest[String(section)]
    if (!isMap(entries) || name === undefined || !entrySections.has(section)) delete rest[String(section)]
    else if (section !== 'models' || setting === undefined || setting === 'targets') delete entries[name]
    else entries[name] = withoutSetting(entries[name], String(setting))
  }
  return rest
}

const entrySections: ReadonlySet<unknown> = new Set(['providers', 'models', 'prices'])

function withoutSetting(alias: unknown, setting: string): unknown {
  if (!isMap(alias)) return alias
  const { [setting]: _, ...others } = alias
  return others
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

type Issue = z.core.$ZodIssue

function say(issue: Issue, above: Path, report: Report): void {
  const path = [...above, ...pathOf(issue)]
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys) sayUnknown([...path, key], issue.message.split(' '), report)
      break
    case 'invalid_union':
      for (const inner of nearestBranch(issue.errors)) say(inner, path, report)
      break
    case 'too_small':
      report.add(path, 'The list is empty.', 'Write at least one.')
      break
    case 'custom':
      sayWrong(issue, path, issue.message, String(issue.params?.fix ?? ''), report)
      break
    case 'invalid_type':
      sayWrong(issue, path, ...(wrongTypes[issue.expected] ?? noValue), report)
      break
    default:
      sayWrong(issue, path, ...noValue, report)
  }
}

type Words = readonly [wrong: string, fix: string]

const noMap: Words = ['is no map.', 'Write "name: value" lines below it, or { name: value }.']
const noValue: Words = ['does not fit here.', 'The schema for editors, inseam.schema.json, says what does.']
const wrongTypes: Readonly<Partial<Record<string, Words>>> = {
  object: noMap,
  record: noMap,
  array: ['is no list.', 'Write a list: [a, b].'],
}

function sayWrong({ input }: Issue, path: Path, wrong: string, fix: string, report: Report): void {
  if (input === undefined) report.add(path, 'It is missing.', fix)
  else if (input === null) report.add(path, 'It has no value.', fix)
  else report.add(path, `${report.shown(path)} ${wrong}`, fix)
}

/** Of the forms that a value may have, the one that it was meant to have: that which fits at its top. */
function nearestBranch(branches: readonly Issue[][]): readonly Issue[] {
  const fits = (issues: Issue[]) => issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys')
  return branches.find(fits) ?? branches[0] ?? []
}

function sayUnknown(path: Path, known: readonly string[], report: Report): void {
  const key = String(path.at(-1))
  const later = laterKeys.get(path.map((step, index) => (index === 1 && path[0] === 'models' ? '*' : step)).join('.'))
  // Nobody knows what an unknown key holds: it may be a secret under a misspelt name.
  if (!later) report.maskBelow(path)
  const guess = nearest(key, known)
  const hint = guess === undefined ? '' : `Did you mean "${guess}"? `
  const [message, fix] = later ?? ['This key is unknown.', `${hint}Known here: ${listed(known, 'and')}.`]
  report.add(path, message, fix, 'key')
}

/** What the design has and this version has not. */
const laterKeys: ReadonlyMap<string, readonly [message: string, fix: string]> = new Map([
  ['models.*.shadow', ['This version of Inseam has no shadow targets yet.', 'Remove the key.']],
  ['cache.url', ['This version of Inseam caches in memory only.', 'Remove the key.']],
])
