import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { followed } from './local-reference.ts'

/** Deeper than this, nothing is dropped. */
const maxDepth = 256

/**
 * Takes out, in place, each `null` that can only mean "absent": of a property that the schema does not require and that may not be null.
 * A dialect that wants every property has the model write them. Where a schema leaves a choice, every choice must agree.
 */
export function dropAbsent(root: JsonObject, value: JsonValue): void {
  drop(root, [root], value, 0)
}

function drop(root: JsonObject, schemas: readonly JsonValue[], value: JsonValue, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > maxDepth) return
  const choices = schemas.flatMap((schema) => choicesOf(root, schema, 0))
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      drop(
        root,
        choices.flatMap((choice) => itemOf(choice, index)),
        item,
        depth + 1,
      )
    return
  }
  const fitting = choices.filter((choice) => fits(root, choice, value as JsonObject))
  for (const [key, item] of Object.entries(value)) {
    const declaring = fitting.filter(({ properties }) => isJsonObject(properties) && Object.hasOwn(properties, key))
    const schemasOf = declaring.map(({ properties }) => (properties as JsonObject)[key] ?? true)
    if (item !== null) drop(root, schemasOf, item as JsonValue, depth + 1)
    else if (declaring.length > 0 && declaring.every((choice) => isAbsent(root, choice, key))) {
      delete (value as Record<string, JsonValue>)[key]
    }
  }
}

function isAbsent(root: JsonObject, { properties, required }: JsonObject, key: string): boolean {
  const isRequired = Array.isArray(required) && required.includes(key)
  return !isRequired && !acceptsNull(root, (properties as JsonObject)[key], 0)
}

function itemOf({ items, prefixItems }: JsonObject, index: number): JsonValue[] {
  const fixed = Array.isArray(prefixItems) ? (prefixItems as readonly JsonValue[])[index] : undefined
  const schema = fixed ?? items
  return schema === undefined ? [] : [schema]
}

/** The schema without its choices: each alternative by itself. */
function choicesOf(root: JsonObject, given: JsonValue, hops: number): JsonObject[] {
  const schema = followed(root, given)
  if (!isJsonObject(schema) || hops > 16) return []
  const nested = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) =>
    Array.isArray(list) ? (list as readonly JsonValue[]) : [],
  )
  return [schema, ...nested.flatMap((choice) => choicesOf(root, choice, hops + 1))]
}

/** Whether an alternative can be the one that was chosen, as far as its tags say. */
function fits(root: JsonObject, { properties }: JsonObject, value: JsonObject): boolean {
  if (!isJsonObject(properties)) return true
  return Object.entries(properties).every(([key, given]) => {
    const schema = followed(root, given)
    if (!isJsonObject(schema) || value[key] === null || !Object.hasOwn(value, key)) return true
    return schema.const === undefined || schema.const === value[key]
  })
}

function acceptsNull(root: JsonObject, given: JsonValue | undefined, hops: number): boolean {
  const schema = followed(root, given)
  if (schema === true || schema === undefined) return true
  if (!isJsonObject(schema)) return false
  const { type, enum: values, const: only, anyOf, oneOf, allOf } = schema
  if (hops > 16) return true
  if (only !== undefined) return only === null
  if (Array.isArray(values)) return values.includes(null)
  const some = anyOf ?? oneOf
  if (Array.isArray(some)) return (some as readonly JsonValue[]).some((choice) => acceptsNull(root, choice, hops + 1))
  if (Array.isArray(allOf)) return (allOf as readonly JsonValue[]).every((part) => acceptsNull(root, part, hops + 1))
  if (type === undefined)
    return schema.properties === undefined && schema.items === undefined && schema.not === undefined
  return type === 'null' || (Array.isArray(type) && type.includes('null'))
}
