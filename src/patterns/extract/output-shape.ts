import type { JsonObject } from '../../core/json.ts'
import type { OutputFormat } from '../../core/request.ts'
import { InseamError } from '../../errors/index.ts'
import { jsonSchemaOf } from '../../structured/json-schema-of.ts'
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
  const schema = outputSchemaOf(feature)
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

function outputSchemaOf({ name, output, outputJsonSchema }: AnyFeature): JsonObject {
  if (!output)
    throw new InseamError('feature-invalid', `The feature "${name}" has no output schema.`, {
      fix: 'Give it `output`, or run it by `seam.complete`.',
    })
  const said = jsonSchemaOf(output, outputJsonSchema)
  if (said.type === 'said') return said.schema
  const { why, fix = byHand, cause } = said
  throw new InseamError('feature-invalid', `No model can be given the output schema of "${name}": ${why}.`, {
    fix,
    cause,
  })
}

const byHand =
  'Give the feature `outputJsonSchema` beside `output`, or take out of the schema what JSON has no word for.'
