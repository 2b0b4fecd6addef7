import { z } from 'zod'
import { configSchema } from './schema.ts'

/**
 * The schema of `inseam.yaml` as JSON Schema, for editors. It lets through whatever holds a variable, and knows nothing of
 * what depends on the rest of the file: `parseConfig` is the check.
 */
export function configJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' })
  return {
    $schema,
    title: 'inseam.yaml',
    $comment:
      'First line of the file, for editors: # yaml-language-server: $schema=./node_modules/inseam/inseam.schema.json',
    ...schema,
  }
}
