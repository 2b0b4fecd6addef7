import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { keysOf, pathOf, type StandardIssue, type StandardSchemaV1 } from '../../core/standard-schema.ts'
import { failureText, InseamError, type OutputIssue } from '../../errors/index.ts'
import { dropAbsent } from '../../structured/drop-absent.ts'
import { type Repair, readJson } from '../../structured/read-json.ts'
import type { OutputShape } from './output-shape.ts'

/** What an answer is worth: a value that the feature's schema has passed, or everything that is wrong with it. */
export type CheckedOutput<Output> =
  | { readonly type: 'valid'; readonly output: Output; readonly repair: Repair }
  | { readonly type: 'invalid'; readonly issues: readonly OutputIssue[] }

/**
 * Reads an answer and has the feature's own schema check it. Nulls that stand for absence are taken out before. `wait` is how an
 * asynchronous schema is waited for. Throws `feature-invalid` where the schema throws, and what `wait` does.
 */
export async function checkOutput<Output>(
  { name, output: schema }: { readonly name: string; readonly output?: StandardSchemaV1<unknown, Output> },
  shape: OutputShape,
  text: string,
  wait: <T>(work: Promise<T>) => Promise<T>,
): Promise<CheckedOutput<Output>> {
  const read = readValue(shape, text)
  if (read.type === 'unreadable') return { type: 'invalid', issues: [read.issue] }
  const { value, repair } = read
  if (!schema) return { type: 'valid', output: value as Output, repair }
  const result = await guarded(name, () => schema['~standard'].validate(value), wait)
  if (!result.issues) return { type: 'valid', output: result.value, repair }
  return { type: 'invalid', issues: result.issues.map((issue) => located(issue, value)) }
}

/** Whether an answer passes at once. False for an asynchronous schema: it says so too late for a cache. Never throws. */
export function passesAtOnce(
  { output: schema }: { readonly output?: StandardSchemaV1<unknown> },
  shape: OutputShape,
  text: string,
): boolean {
  const read = readValue(shape, text)
  if (read.type === 'unreadable') return false
  try {
    const result = schema?.['~standard'].validate(read.value)
    if (!(result instanceof Promise)) return !result?.issues
    result.catch(() => undefined)
    return false
  } catch {
    return false
  }
}

type ReadValue =
  | { readonly type: 'read'; readonly value: JsonValue; readonly repair: Repair }
  | { readonly type: 'unreadable'; readonly issue: OutputIssue }

/** The value that an answer holds, without what stands around it and without nulls for what is absent. */
function readValue({ schema, isWrapped }: OutputShape, text: string): ReadValue {
  const read = readJson(text)
  if (read.type === 'unreadable') return { type: 'unreadable', issue: { path: '', message: read.problem } }
  const value = isWrapped ? unwrapped(read.value) : read.value
  if (value === undefined) {
    const message = 'Expected an object with the one key "value".'
    return { type: 'unreadable', issue: { path: '', message, found: shown(read.value) } }
  }
  dropAbsent(schema, value)
  return { type: 'read', value, repair: read.repair }
}

function unwrapped(value: JsonValue): JsonValue | undefined {
  return isJsonObject(value) && Object.keys(value).length === 1 && Object.hasOwn(value, 'value')
    ? value.value
    : undefined
}

async function guarded<T>(
  name: string,
  validate: () => T | Promise<T>,
  wait: <W>(work: Promise<W>) => Promise<W>,
): Promise<T> {
  const failed = (cause: unknown) =>
    new InseamError('feature-invalid', `The output schema of "${name}" threw: ${failureText(cause)}`, {
      fix: `Correct the output schema of "${name}": it must find issues, not throw.`,
      cause,
    })
  let result: T | Promise<T>
  try {
    result = validate()
  } catch (cause) {
    throw failed(cause)
  }
  if (!(result instanceof Promise)) return result
  return wait(
    result.catch((cause: unknown) => {
      throw failed(cause)
    }),
  )
}

function located(issue: StandardIssue, value: JsonValue): OutputIssue {
  const at = keysOf(issue).reduce<unknown>(own, value)
  return { path: pathOf(issue), message: issue.message, found: at === undefined ? 'nothing' : shown(at as JsonValue) }
}

function own(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined
}

const maxFound = 200

function shown(value: JsonValue): string {
  const text = JSON.stringify(value)
  return text.length > maxFound ? `${text.slice(0, maxFound)}…` : text
}
