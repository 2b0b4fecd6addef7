import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { OutputFormat } from '../../core/request.ts'
import { InseamError } from '../../errors/index.ts'
import { JsonReader } from '../../structured/json-reader.ts'
import { objectSchema } from '../../structured/object-schema.ts'
import type { AnyFeature } from '../feature.ts'

/** What a model is asked for on behalf of a feature, and how its answer is to be read. */
export interface OutputShape {
  readonly format: OutputFormat & { readonly schema: JsonObject }
  /** Whether the value stands under the answer's one key, `value`, because what is meant is no object. */
  readonly isWrapped: boolean
  /** The JSON Schema of the value itself. */
  readonly schema: JsonObject
}

const shapes = new WeakMap<AnyFeature, OutputShape>()

/** The shape of a feature's output, made once a feature. Throws `feature-invalid`, which names the fix. */
export function outputShapeOf(feature: AnyFeature): OutputShape {
  const known = shapes.get(feature)
  if (known) return known
  const schema = jsonSchemaOf(feature)
  const { schema: asked, isWrapped } = objectSchema(schema)
  const name = feature.name.replace(/[^a-zA-Z0-9_-]+/g, '_').slice(0, 64)
  const shape: OutputShape = {
    format: { type: 'json', schema: asked, name: name === '' ? 'answer' : name, acceptsNullForAbsent: true },
    isWrapped,
    schema,
  }
  shapes.set(feature, shape)
  return shape
}

const dialect = 'draft-2020-12'
/** A schema is sent with every call; a larger one is a mistake. */
const maxCharacters = 1_000_000

/**
 * The JSON Schema of what the model must write: the input side of a schema that says it itself (Standard JSON Schema), else
 * `outputJsonSchema`. Throws `feature-invalid` where there is none, or none that a model could be given.
 */
function jsonSchemaOf({ name, output, outputJsonSchema }: AnyFeature): JsonObject {
  if (!output) throw invalid(name, 'has no output schema', 'Give it `output`, or run it by `seam.complete`.')
  const { vendor, jsonSchema } = output['~standard']
  let cause: unknown
  try {
    if (jsonSchema) return checked(name, jsonSchema.input({ target: dialect }))
  } catch (thrown) {
    cause = thrown
  }
  if (outputJsonSchema) return checked(name, outputJsonSchema)
  if (cause instanceof InseamError) throw cause
  const why =
    cause === undefined ? `${vendor} does not say it as JSON Schema` : `${vendor} cannot say it: ${said(cause)}`
  throw invalid(
    name,
    `has an output schema that no model can be given: ${why}`,
    'Give the feature `outputJsonSchema` beside `output`, or take out of the schema what JSON has no word for.',
    cause,
  )
}

function checked(name: string, schema: unknown): JsonObject {
  const json = plain(name, schema)
  if (!isJsonObject(json)) {
    throw invalid(
      name,
      'has an output schema whose JSON Schema is no object',
      'Correct `output` or `outputJsonSchema`.',
    )
  }
  if (isJsonObject(json.not) && Object.keys(json.not).length === 0) {
    throw invalid(name, 'has an output schema that nothing can satisfy', 'Correct `output`: it refuses every value.')
  }
  return json
}

/** The schema as JSON alone: what a library attaches beside it (functions, cycles, its own keys) is none of it. */
function plain(name: string, schema: unknown): unknown {
  const reader = new JsonReader()
  try {
    const text = JSON.stringify(schema) ?? ''
    if (text.length > maxCharacters) {
      const size = `${text.length.toLocaleString('en-US')} characters; ${maxCharacters.toLocaleString('en-US')} are allowed`
      throw invalid(
        name,
        `has an output schema of ${size}`,
        'Ask for less at once: several features, each with its own schema.',
      )
    }
    reader.push(text)
    reader.end()
  } catch (thrown) {
    if (thrown instanceof InseamError) throw thrown
    throw invalid(name, `has an output schema that is no JSON: ${said(thrown)}`, 'Correct `outputJsonSchema`.', thrown)
  }
  if (reader.problem === undefined) return reader.value
  throw invalid(name, `has an output schema that cannot be used: ${reader.problem}`, 'Make the schema flatter.')
}

const said = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 300)

function invalid(name: string, what: string, fix: string, cause?: unknown): InseamError {
  return new InseamError('feature-invalid', `The feature "${name}" ${what}.`, { fix, cause })
}
