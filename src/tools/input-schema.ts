import type { JsonObject } from '../core/json.ts'
import type { StandardSchemaV1 } from '../core/standard-schema.ts'
import { InseamError } from '../errors/index.ts'
import { jsonSchemaOf } from '../structured/json-schema-of.ts'

/**
 * The JSON Schema that the model gets for a tool's arguments: the one written by hand, or what the schema says of its input.
 * Throws `feature-invalid` where there is none, or where it describes no object.
 */
export function inputSchemaOf(tool: string, input: StandardSchemaV1, inputJsonSchema?: JsonObject): JsonObject {
  const said = jsonSchemaOf(input, inputJsonSchema)
  if (said.type === 'unsaid') {
    const { why, fix = byHand, cause } = said
    throw new InseamError('feature-invalid', `No model can be given the input schema of the tool "${tool}": ${why}.`, {
      fix,
      cause,
    })
  }
  // Providers want `type: object` at the top, which a union of objects does not say; some hosts refuse `$schema`.
  const { $schema: _, ...own } = said.schema
  const schema: JsonObject = { type: 'object', ...own }
  if (schema.type === 'object') return schema
  throw new InseamError(
    'feature-invalid',
    `The input of the tool "${tool}" is described as ${JSON.stringify(schema.type)}, and arguments are an object.`,
    { fix: 'Wrap it in an object: each argument has a name.' },
  )
}

const byHand =
  'Give `inputJsonSchema` beside it, or use what JSON can carry (a string in place of a date, say) and a library with Standard JSON Schema (zod, arktype).'
