import type { JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { StandardIssue, StandardSchemaV1 } from '../../core/standard-schema.ts'
import { InseamError, type OutputIssue } from '../../errors/index.ts'
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
  { schema: jsonSchema, isWrapped }: OutputShape,
  text: string,
  wait: <T>(work: Promise<T>) => Promise<T>,
): Promise<CheckedOutput<Output>> {
  const read = readJson(text)
  if (read.type === 'unreadable') return { type: 'invalid', issues: [{ path: '', message: read.problem }] }
  const value = isWrapped ? unwrapped(read.value) : read.value
  if (value === undefined) {
    const message = 'Expected an object with the one key "value".'
    return { type: 'invalid', issues: [{ path: '', message, found: shown(read.value) }] }
  }
  dropAbsent(jsonSchema, value)
  if (!schema) return { type: 'valid', output: value as Output, repair: read.repair }
  const result = await guarded(name, () => schema['~standard'].validate(value), wait)
  if (!result.issues) return { type: 'valid', output: result.value, repair: read.repair }
  return { type: 'invalid', issues: result.issues.map((issue) => located(issue, value)) }
}

/** Whether an answer passes at once. False for an asynchronous schema: it says so too late for a cache. Never throws. */
export function passesAtOnce(
  { output: schema }: { readonly output?: StandardSchemaV1<unknown> },
  { schema: jsonSchema, isWrapped }: OutputShape,
  text: string,
): boolean {
  const read = readJson(text)
  if (read.type === 'unreadable') return false
  const value = isWrapped ? unwrapped(read.value) : read.value
  if (value === undefined) return false
  dropAbsent(jsonSchema, value)
  try {
    const result = schema?.['~standard'].validate(value)
    if (!(result instanceof Promise)) return !result?.issues
    result.catch(() => undefined)
    return false
  } catch {
    return false
  }
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
    new InseamError('feature-invalid', `The output schema of "${name}" threw: ${String(cause).slice(0, 300)}`, {
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

function located({ message, path = [] }: StandardIssue, value: JsonValue): OutputIssue {
  let name = ''
  let at: unknown = value
  for (const part of path) {
    const key = typeof part === 'object' ? part.key : part
    if (typeof key === 'number') name += `[${key}]`
    else name += name === '' ? String(key) : `.${String(key)}`
    at =
      typeof at === 'object' && at !== null && Object.hasOwn(at, key)
        ? (at as Record<PropertyKey, unknown>)[key]
        : undefined
  }
  return { path: name, message, found: at === undefined ? 'nothing' : shown(at as JsonValue) }
}

const maxFound = 200

function shown(value: JsonValue): string {
  const text = JSON.stringify(value)
  return text.length > maxFound ? `${text.slice(0, maxFound)}…` : text
}
