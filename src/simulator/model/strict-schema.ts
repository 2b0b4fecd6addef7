import type { DialectName } from '../dialect.ts'
import { asList, isObject, type JsonObject } from '../json.ts'

const refusedByOpenai: readonly string[] = [
  'allOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'dependentRequired',
  'dependentSchemas',
  'patternProperties',
  'propertyNames',
  'prefixItems',
  'uniqueItems',
  'contains',
  'minProperties',
  'maxProperties',
]
const refusedByAnthropic: readonly string[] = [
  ...refusedByOpenai.filter((keyword) => keyword !== 'allOf'),
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'maxItems',
]

/** What a provider that guarantees a schema refuses about it, in the words of its error; nothing where it would accept it. */
export function strictSchemaProblem(schema: unknown, dialect: DialectName): string | undefined {
  if (!isObject(schema)) return "In context=(), a schema of type 'object' is required."
  if (dialect !== 'anthropic-messages' && (schema.type !== 'object' || schema.anyOf !== undefined)) {
    return `schema must be a JSON Schema of 'type: "object"', got 'type: "${String(schema.type ?? 'None')}"'.`
  }
  return problemIn(schema, dialect, [])
}

function problemIn(schema: JsonObject, dialect: DialectName, path: readonly string[]): string | undefined {
  const context = `In context=(${path.map((step) => `'${step}'`).join(', ')}), `
  const openai = dialect !== 'anthropic-messages'
  const refused = (openai ? refusedByOpenai : refusedByAnthropic).find((keyword) => schema[keyword] !== undefined)
  if (refused !== undefined) return `${context}'${refused}' is not permitted.`
  if (!openai && Number(schema.minItems ?? 0) > 1)
    return `${context}'minItems' values other than 0 or 1 are not supported.`
  const properties = schema.properties
  if (schema.type === 'object' || isObject(properties)) {
    if (schema.additionalProperties !== false) {
      return `${context}'additionalProperties' is required to be supplied and to be false.`
    }
    const missing = Object.keys(isObject(properties) ? properties : {}).find(
      (key) => !asList(schema.required).includes(key),
    )
    if (openai && missing !== undefined) {
      return `${context}'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`
    }
  }
  for (const [step, child] of children(schema)) {
    const problem = problemIn(child, dialect, [...path, ...step])
    if (problem !== undefined) return problem
  }
  return undefined
}

function* children(schema: JsonObject): Generator<readonly [string[], JsonObject]> {
  for (const keyword of ['properties', '$defs', 'definitions']) {
    const group = schema[keyword]
    if (!isObject(group)) continue
    for (const [name, child] of Object.entries(group)) if (isObject(child)) yield [[keyword, name], child]
  }
  if (isObject(schema.items)) yield [['items'], schema.items]
  for (const [index, child] of asList(schema.anyOf).entries()) {
    if (isObject(child)) yield [['anyOf', String(index)], child]
  }
}
