import { issueText, type StandardSchemaV1 } from '../../core/standard-schema.ts'
import { type Scorer, scoreOf } from '../scorer.ts'

/** The output matches a schema of any Standard Schema library; text is read as JSON first. */
export function schema(
  shape: StandardSchemaV1<unknown, unknown>,
  { name = 'schema' }: { readonly name?: string } = {},
): Scorer {
  return {
    name,
    async score({ output }) {
      const value = typeof output === 'string' ? parsed(output) : output
      if (value === undefined) return scoreOf(false, 'no JSON')
      const { issues } = await shape['~standard'].validate(value)
      if (!issues) return scoreOf(true)
      const [first] = issues
      return scoreOf(false, first ? issueText(first) : 'no reason given')
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
