import { issueText, type StandardSchemaV1 } from '../core/standard-schema.ts'

/** The arguments as the tool's schema read them, or what is wrong with them, or what the schema itself threw. */
export type ReadArguments =
  | { readonly type: 'valid'; readonly value: unknown }
  | { readonly type: 'invalid'; readonly issues: readonly string[] }
  | { readonly type: 'failed'; readonly cause: unknown }

/** More would only fill the model's context. */
const mostIssues = 20

/** Reads arguments by a schema; each issue names its path: `items[0].amount: must be positive`. Never throws. */
export async function readArguments(schema: StandardSchemaV1, value: unknown): Promise<ReadArguments> {
  try {
    const result = await schema['~standard'].validate(value)
    if (!result.issues) return { type: 'valid', value: result.value }
    const issues = result.issues.slice(0, mostIssues).map(issueText)
    const left = result.issues.length - issues.length
    return { type: 'invalid', issues: left > 0 ? [...issues, `and ${left} more`] : issues }
  } catch (cause) {
    return { type: 'failed', cause }
  }
}
