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

/** Schemas are looked at once each, by identity: alternatives that lead back to themselves must not multiply with depth. */
function drop(root: JsonObject, schemas: Iterable<JsonValue>, value: JsonValue, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > maxDepth) return
  const choices = choicesOf(root, schemas)
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (typeof item === 'object' && item !== null) drop(root, itemsOf(choices, index), item, depth + 1)
    }
    return
  }
  const fitting = choices.filter((choice) => fits(root, choice, value as JsonObject))
  for (const [key, item] of Object.entries(value)) {
    const declaring = fitting.filter(({ properties }) => isJsonObject(properties) && Object.hasOwn(properties, key))
    if (item !== null) {
      const schemasOf = declaring.map(({ properties }) => (properties as JsonObject)[key] ?? true)
      drop(root, schemasOf, item as JsonValue, depth + 1)
    } else if (declaring.length > 0 && declaring.every((choice) => isAbsent(root, choice, key))) {
      delete (value as Record<string, JsonValue>)[key]
    }
  }
}

function isAbsent(root: JsonObject, { properties, required }: JsonObject, key: string): boolean {
  const isRequired = Array.isArray(required) && required.includes(key)
  return !isRequired && !acceptsNull(root, (properties as JsonObject)[key])
}

function itemsOf(choices: readonly JsonObject[], index: number): JsonValue[] {
  return choices.flatMap(({ items, prefixItems }): JsonValue[] => {
    const schema = (Array.isArray(prefixItems) ? (prefixItems as readonly JsonValue[])[index] : undefined) ?? items
    return schema === undefined ? [] : [schema]
  })
}

/** The schemas and, each by itself, the alternatives and parts within them. */
function choicesOf(root: JsonObject, schemas: Iterable<JsonValue>): JsonObject[] {
  const found = new Set<JsonObject>()
  const waiting = [...schemas]
  for (let given = waiting.pop(); given !== undefined; given = waiting.pop()) {
    const schema = followed(root, given)
    if (!isJsonObject(schema) || found.has(schema)) continue
    found.add(schema)
    for (const list of [schema.anyOf, schema.oneOf, schema.allOf]) {
      if (Array.isArray(list)) waiting.push(...(list as readonly JsonValue[]))
    }
  }
  return [...found]
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

function acceptsNull(root: JsonObject, given: JsonValue | undefined, seen = new Set<JsonValue>()): boolean {
  const schema = followed(root, given)
  if (schema === true || schema === undefined) return true
  if (!isJsonObject(schema) || seen.has(schema)) return false
  seen.add(schema)
  const { type, enum: values, const: only, anyOf, oneOf, allOf } = schema
  const accepts = (choice: JsonValue) => acceptsNull(root, choice, seen)
  if (only !== undefined) return only === null
  if (Array.isArray(values)) return values.includes(null)
  const some = anyOf ?? oneOf
  if (Array.isArray(some)) return (some as readonly JsonValue[]).some(accepts)
  if (Array.isArray(allOf)) return (allOf as readonly JsonValue[]).every(accepts)
  if (type === undefined)
    return schema.properties === undefined && schema.items === undefined && schema.not === undefined
  return type === 'null' || (Array.isArray(type) && type.includes('null'))
}
