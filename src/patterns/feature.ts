import type { Call } from '../core/call.ts'
import { InseamError } from '../errors/index.ts'
import type { Prompt } from './prompt.ts'
import type { Rule } from './rule.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'

/** A named use of a model: everything that belongs to the feature's author, and nothing that belongs to operators. */
export interface Feature<Input> {
  /** Stands in events, budgets and errors: `triage-ticket`. */
  readonly name: string
  /** An alias of the configuration, or `provider/model`. */
  readonly model: string
  /** Checks the input before anything is spent. Any Standard Schema library works. Absent: the input is taken as it is. */
  readonly input?: StandardSchemaV1<unknown, Input>
  /** What may answer before the model does, in order. */
  readonly decide?: readonly Rule<NoInfer<Input>>[]
  /** Instructions that stand before the prompt. */
  readonly system?: Prompt
  readonly prompt: (input: Input) => Prompt
  /** The answer's limit in tokens. Default: the alias's. */
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly stop?: readonly string[]
}

/** Declares a feature. It does nothing by itself: `seam.complete` and `seam.stream` run it. */
export function feature<Input>(definition: Feature<Input>): Feature<Input> {
  return definition
}

/** The input as the feature's schema reads it. Throws `input-invalid`, which names each path, or says that the schema threw. */
export async function readInput<Input>({ name, input: schema }: Feature<Input>, input: Input): Promise<Input> {
  if (!schema) return input
  const result = await validate(name, schema, input)
  if (!result.issues) return result.value
  const issues = result.issues.map(({ message, path }) => {
    const at = path?.map((part) => (typeof part === 'object' ? part.key : part)).join('.')
    return at ? `${at}: ${message}` : message
  })
  throw new InseamError('input-invalid', `The input of "${name}" does not match its schema: ${issues.join('; ')}.`, {
    fix: 'Correct the input, or the schema of the feature.',
  })
}

async function validate<Input>(name: string, schema: StandardSchemaV1<unknown, Input>, input: Input) {
  try {
    return await schema['~standard'].validate(input)
  } catch (cause) {
    throw new InseamError('input-invalid', `The input schema of "${name}" threw: ${String(cause)}`, {
      fix: `Correct the input schema of "${name}": it must find issues, not throw.`,
      cause,
    })
  }
}

/** Who calls, as the library's options name it. */
export type CallerOptions = Omit<Call['caller'], 'feature' | 'keyId'>
