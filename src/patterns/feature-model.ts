import { isJsonObject, type JsonObject } from '../core/json.ts'
import { InvalidRequest } from '../errors/index.ts'
import { jsonSchemaOf } from '../structured/json-schema-of.ts'
import { parsedObject } from '../wire/parse-json.ts'
import type { AnyFeature } from './feature.ts'

const prefix = 'feature/'

/** What a feature is called where a model is named: `feature/NAME`. */
export function modelNameOf({ name }: Pick<AnyFeature, 'name'>): string {
  return `${prefix}${name}`
}

/** The name of the feature that a model name stands for; undefined where it stands for none. */
export function featureNameIn(model: string): string | undefined {
  return model.startsWith(prefix) ? model.slice(prefix.length) : undefined
}

/**
 * The input that a text stands for, where a feature is called like a model:
 *
 * - a JSON object is the input;
 * - other text is the one field that the input schema requires (or has, where it requires none), if that is a string; so is
 *   a JSON object without this field;
 * - where the input schema is a string, text is the input, whatever it looks like;
 * - a feature without an input schema gets `{ text }`: nothing that was not checked gets a shape.
 *
 * Needs a schema that says itself as JSON Schema (Standard JSON Schema: zod does); with others the input is a JSON object.
 * The feature's own schema still checks what comes of it. Throws `InvalidRequest`, which says what the schema wants.
 */
export function readModelInput(feature: AnyFeature, text: string): unknown {
  if (!feature.input) return { text }
  const said = jsonSchemaOf(feature.input)
  const schema = said.type === 'said' ? said.schema : {}
  if (schema.type === 'string') return text
  const field = onlyText(schema)
  const object = jsonObjectIn(text)
  if (object && (field === undefined || Object.hasOwn(object, field))) return object
  if (field !== undefined) return { [field]: text }
  throw new InvalidRequest(
    'messages',
    `"${feature.name}" takes a JSON object, and the last message is none.`,
    `Send the input as a JSON object${shapeOf(schema)} in the last message.`,
  )
}

function onlyText(schema: JsonObject): string | undefined {
  const properties = propertiesOf(schema)
  const needed = requiredBy(schema)
  const [field, ...others] = needed.length > 0 ? needed : Object.keys(properties)
  if (field === undefined || others.length > 0) return undefined
  const property = Object.hasOwn(properties, field) ? properties[field] : undefined
  return isJsonObject(property) && property.type === 'string' ? field : undefined
}

function propertiesOf({ properties }: JsonObject): JsonObject {
  return isJsonObject(properties) ? properties : {}
}

function requiredBy({ required }: JsonObject): string[] {
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : []
}

const jsonObjectIn = (text: string): JsonObject | undefined =>
  text.trimStart().startsWith('{') ? parsedObject(text) : undefined

const mostFields = 20

/** The fields of an object as people read them: ` with ticket (string), priority? (string)`. */
function shapeOf(schema: JsonObject): string {
  const required = requiredBy(schema)
  const fields = Object.entries(propertiesOf(schema)).map(([name, property]) => {
    const type = isJsonObject(property) && typeof property.type === 'string' ? ` (${property.type})` : ''
    return `${name}${required.includes(name) ? '' : '?'}${type}`
  })
  if (fields.length === 0) return ''
  const more = fields.length > mostFields ? ` and ${fields.length - mostFields} more` : ''
  return ` with ${fields.slice(0, mostFields).join(', ')}${more}`
}
