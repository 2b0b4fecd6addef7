import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { followed } from './local-reference.ts'

/** A schema whose answer is an object, and whether the value that is meant stands under its `value`. */
export interface ObjectSchema {
  readonly schema: JsonObject
  readonly isWrapped: boolean
}

/** Whether every value of a schema is an object, as its own `type` says. */
export function isObjectSchema(schema: JsonObject): boolean {
  return schema.type === 'object' && schema.anyOf === undefined && schema.oneOf === undefined
}

/**
 * Providers answer with an object, and tools take one. A schema of anything else (a list, a union, a text) is put under one
 * key, `value`; references go on pointing to what they pointed to.
 */
export function objectSchema(schema: JsonObject): ObjectSchema {
  const { $schema: _, ...own } = schema
  if (isObjectSchema(own)) return { schema: own, isWrapped: false }
  const target = followed(own, own)
  if (isJsonObject(target) && isObjectSchema(target)) {
    const { $defs, definitions } = own
    return { schema: { ...target, ...($defs && { $defs }), ...(definitions && { definitions }) }, isWrapped: false }
  }
  const { $defs, definitions, ...value } = repointed(own) as JsonObject
  return {
    schema: {
      type: 'object',
      properties: { value },
      required: ['value'],
      additionalProperties: false,
      ...($defs && { $defs }),
      ...(definitions && { definitions }),
    },
    isWrapped: true,
  }
}

/** What these hold are values, not schemas. */
const literals: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'examples'])

function repointed(schema: JsonValue): JsonValue {
  if (Array.isArray(schema)) return schema.map(repointed)
  if (!isJsonObject(schema)) return schema
  const entries = Object.entries(schema).map(([key, value]): [string, JsonValue | undefined] => {
    if (key === '$ref' && typeof value === 'string') return [key, below(value)]
    return [key, value === undefined || literals.has(key) ? value : repointed(value)]
  })
  return Object.fromEntries(entries)
}

function below(reference: string): string {
  if (!reference.startsWith('#') || /^#\/(\$defs|definitions)\//.test(reference)) return reference
  return `#/properties/value${reference.slice(1)}`
}
