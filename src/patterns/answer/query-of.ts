import { failureText, InseamError } from '../../errors/index.ts'
import type { AnyFeature } from '../feature.ts'

/**
 * What to look for in the documents: what the feature's `query` says, else the input's `question`, else its only text. Throws
 * `feature-invalid` where there is no telling, or where `query` throws.
 */
export function queryOf({ name, query }: Pick<AnyFeature, 'name' | 'query'>, input: unknown): string {
  const asked = query ? ownQuery(name, () => query(input)) : onlyText(input)
  if (typeof asked === 'string') return asked
  throw new InseamError(
    'feature-invalid',
    `What "${name}" is to look for in its documents cannot be told from its input.`,
    {
      fix: `Give "${name}" a \`query\` that returns a text, or its input a \`question\`.`,
    },
  )
}

function ownQuery(name: string, query: () => unknown): unknown {
  try {
    return query()
  } catch (cause) {
    throw new InseamError('feature-invalid', `The query function of "${name}" threw: ${failureText(cause)}`, {
      fix: `Correct the \`query\` of "${name}".`,
      cause,
    })
  }
}

function onlyText(input: unknown): string | undefined {
  if (typeof input === 'string') return input
  if (typeof input !== 'object' || input === null) return undefined
  if ('question' in input && typeof input.question === 'string') return input.question
  const texts = Object.values(input).filter((value) => typeof value === 'string')
  return texts.length === 1 ? texts[0] : undefined
}
