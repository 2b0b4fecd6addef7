import { dialectNames } from '../dialect.ts'
import { connectionFaults } from '../faults/connection-faults.ts'
import { composes, type Fault } from '../faults/faults.ts'
import { faultProblem } from '../faults/parse-fault.ts'
import { statusFaults } from '../faults/status-faults.ts'
import { isObject, type JsonObject } from '../json.ts'
import { durationMs } from './duration.ts'
import type { Scenario } from './scenario.ts'

/** A scenario cannot be used. The message names the path and the fix. */
export class ScenarioInvalid extends Error {
  override readonly name = 'ScenarioInvalid'
  /** Where in the scenario, such as `rules[0].fault.type`. */
  readonly path: string

  constructor(path: string, message: string) {
    super(path === '' ? message : `${path}: ${message}`)
    this.path = path
  }
}

/** The value as a scenario. Throws `ScenarioInvalid` where it is none. */
export function checkScenario(value: unknown): Scenario {
  const scenario = object(value, 'scenario', ['seed', 'pace', 'models', 'rejectedKeys', 'rules'])
  optional(scenario, 'seed', '', number)
  optional(scenario, 'pace', '', pace)
  optional(scenario, 'models', '', (models, path) => {
    optional(object(models, path, ['unknown']), 'unknown', path, texts)
  })
  optional(scenario, 'rejectedKeys', '', texts)
  each(scenario.rules, 'rules', rule)
  return scenario as unknown as Scenario
}

type Check = (value: unknown, path: string) => void

function rule(value: unknown, path: string): void {
  const fields = object(value, path, ['when', 'probability', 'fault', 'reply', 'pace', 'sequence', 'afterSequence'])
  optional(fields, 'when', path, condition)
  optional(fields, 'probability', path, (probability, at) => {
    number(probability, at)
    if (Number(probability) < 0 || Number(probability) > 1) fail(at, 'Give a probability from 0 to 1.')
  })
  outcome(fields, path)
  optional(fields, 'sequence', path, (steps, at) => {
    each(steps, at, step)
    if ((steps as readonly unknown[]).length === 0) fail(at, 'Give at least one step, or leave it out.')
  })
  optional(fields, 'afterSequence', path, (after, at) => {
    if (after !== 'end' && after !== 'stay' && after !== 'repeat') fail(at, 'Give "end", "stay" or "repeat".')
    if (fields.sequence === undefined) fail(at, 'Give a `sequence` too, or leave this out.')
  })
}

function step(value: unknown, path: string): void {
  const fields = object(value, path, ['times', 'fault', 'reply', 'pace'])
  optional(fields, 'times', path, ordinal)
  outcome(fields, path)
}

/** What happens to a request. */
function outcome(fields: JsonObject, path: string): void {
  optional(fields, 'fault', path, (fault, at) => {
    if (!Array.isArray(fault)) return oneFault(fault, at)
    each(fault, at, oneFault)
    const [first, second] = cannotStandTogether(fault as readonly Fault[])
    if (second === undefined) return
    fail(
      at,
      `"${first}" and "${second}" cannot strike the same exchange. Keep one of them, or give each a rule of its own.`,
    )
  })
  optional(fields, 'reply', path, reply)
  optional(fields, 'pace', path, pace)
}

/** Two of them that exclude each other; none where all may strike together. */
function cannotStandTogether(faults: readonly Fault[]): readonly string[] {
  const names = faults.map(({ type }) => type)
  // These leave no answer for others to strike.
  const fatal = names.find((name) => name in connectionFaults || name in statusFaults)
  if (fatal !== undefined && names.length > 1) return [fatal, names.find((name) => name !== fatal) ?? fatal]
  return names.filter((name) => !composes(name)).slice(0, 2)
}

function oneFault(fault: unknown, path: string): void {
  if (!isObject(fault)) fail(path, 'Give an object with a `type`, such as { type: "stall", after: 3 }.')
  const problem = faultProblem(fault as JsonObject)
  if (problem !== undefined) fail(`${path}.${problem.path}`, problem.message)
}

function condition(value: unknown, path: string): void {
  const fields = object(value, path, ['model', 'dialect', 'stream', 'path', 'headers', 'credential', 'time', 'request'])
  optional(fields, 'model', path, text)
  optional(fields, 'dialect', path, (dialect, at) => {
    if (!dialectNames.some((name) => name === dialect)) {
      fail(at, `Give one of ${dialectNames.join(', ')}, or leave it out for all.`)
    }
  })
  optional(fields, 'stream', path, (stream, at) => {
    if (typeof stream !== 'boolean') fail(at, 'Give true or false, or leave it out for both.')
  })
  optional(fields, 'path', path, text)
  optional(fields, 'headers', path, (headers, at) => {
    if (!isObject(headers))
      fail(at, 'Give an object of header names and values, such as { "x-inseam-feature": "triage*" }.')
    for (const [name, wanted] of Object.entries(headers as JsonObject)) text(wanted, `${at}.${name}`)
  })
  optional(fields, 'credential', path, text)
  optional(fields, 'time', path, time)
  optional(fields, 'request', path, (request, at) => {
    const range = object(request, at, ['from', 'to'])
    optional(range, 'from', at, ordinal)
    optional(range, 'to', at, ordinal)
  })
}

function time(value: unknown, path: string): void {
  const fields = object(value, path, ['from', 'until', 'every', 'for'])
  for (const field of ['from', 'until', 'every', 'for']) {
    optional(fields, field, path, (span, at) => {
      if (durationMs(span) === undefined)
        fail(at, 'Give a duration such as "500ms", "10s", "2m" or "1h", or milliseconds.')
    })
  }
  const missing = fields.every === undefined ? 'every' : 'for'
  if ((fields.every === undefined) !== (fields.for === undefined))
    fail(
      `${path}.${missing}`,
      '`every` and `for` stand together, such as { every: "20s", for: "5s" }. Give both or none.',
    )
  if (durationMs(fields.every) === 0) fail(`${path}.every`, 'Give a duration longer than nothing.')
}

function reply(value: unknown, path: string): void {
  const fields = object(value, path, ['text', 'json', 'toolCalls', 'thinking', 'refusal'])
  optional(fields, 'text', path, text)
  optional(fields, 'thinking', path, text)
  optional(fields, 'refusal', path, text)
  if (fields.toolCalls !== undefined) {
    each(fields.toolCalls, `${path}.toolCalls`, (call, at) => {
      const parts = object(call, at, ['name', 'input'])
      text(parts.name, `${at}.name`)
    })
  }
}

function pace(value: unknown, path: string): void {
  const fields = object(value, path, ['firstTokenMs', 'tokenMs'])
  for (const field of ['firstTokenMs', 'tokenMs']) {
    optional(fields, field, path, (ms, at) => {
      number(ms, at)
      if (Number(ms) < 0) fail(at, 'Give milliseconds from 0.')
    })
  }
}

function object(value: unknown, path: string, known: readonly string[]): JsonObject {
  if (!isObject(value)) return fail(path, `Give an object with some of: ${known.join(', ')}.`)
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue
    const at = path === 'scenario' ? key : `${path}.${key}`
    fail(at, `There is no "${key}" here. Remove it, or use one of: ${known.join(', ')}.`)
  }
  return value
}

function optional(fields: JsonObject, key: string, path: string, check: Check): void {
  if (fields[key] !== undefined) check(fields[key], path === '' ? key : `${path}.${key}`)
}

function each(value: unknown, path: string, check: Check): void {
  if (!Array.isArray(value)) fail(path, 'Give a list; an empty one will do.')
  for (const [index, item] of (value as readonly unknown[]).entries()) check(item, `${path}[${index}]`)
}

function texts(value: unknown, path: string): void {
  each(value, path, text)
}

function text(value: unknown, path: string): void {
  if (typeof value !== 'string') fail(path, 'Give text.')
}

function number(value: unknown, path: string): void {
  if (typeof value !== 'number' || !Number.isFinite(value)) fail(path, 'Give a number.')
}

function ordinal(value: unknown, path: string): void {
  if (!Number.isInteger(value) || Number(value) < 1) fail(path, 'Give a whole number from 1.')
}

function fail(path: string, message: string): never {
  throw new ScenarioInvalid(path, message)
}
