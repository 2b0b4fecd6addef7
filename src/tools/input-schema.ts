import type { JsonObject } from '../core/json.ts'
import type { StandardSchemaV1 } from '../core/standard-schema.ts'
import { InseamError } from '../errors/index.ts'

/**
 * The JSON Schema that the model gets for a tool's arguments: the given one, or what the schema says of its input. Throws
 * `feature-invalid` where there is none, or where it describes no object.
 */
export function inputSchemaOf(tool: string, input: StandardSchemaV1, given: JsonObject | undefined): JsonObject {
  // Providers want `type: object` at the top, which a union of objects does not say; some hosts refuse `$schema`.
  const { $schema: _, ...said } = given ?? ownJsonSchema(tool, input)
  const schema: JsonObject = { type: 'object', ...said }
  if (schema.type === 'object') return schema
  throw new InseamError(
    'feature-invalid',
    `The input of the tool "${tool}" is described as ${JSON.stringify(schema.type)}, and arguments are an object.`,
    { fix: 'Wrap it in an object: each argument has a name.' },
  )
}

function ownJsonSchema(tool: string, input: StandardSchemaV1): JsonObject {
  const { jsonSchema, vendor } = input['~standard']
  if (!jsonSchema)
    throw new InseamError(
      'feature-invalid',
      `The input schema of the tool "${tool}" (${vendor}) gives no JSON Schema.`,
      {
        fix: 'Give `inputJsonSchema` beside it, or use a library with Standard JSON Schema (zod, arktype).',
      },
    )
  try {
    // A plain copy: libraries put more on it than JSON can carry.
    return JSON.parse(JSON.stringify(jsonSchema.input({ target: 'draft-2020-12' })))
  } catch (cause) {
    throw new InseamError(
      'feature-invalid',
      `The input schema of the tool "${tool}" cannot be said in JSON Schema: ${String(cause)}`,
      { fix: 'Use what JSON can carry (a string in place of a date, say), or give `inputJsonSchema`.', cause },
    )
  }
}
