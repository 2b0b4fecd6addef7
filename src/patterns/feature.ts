import type { Call } from '../core/call.ts'
import type { JsonObject } from '../core/json.ts'
import type { LoadClass } from '../core/load-class.ts'
import { issueText, type StandardSchemaV1 } from '../core/standard-schema.ts'
import { failureText, InseamError } from '../errors/index.ts'
import type { Documents } from '../retrieval/documents.ts'
import type { Tool } from '../tools/tool.ts'
import type { RunLimits } from './act/run-limits.ts'
import type { Prompt } from './prompt.ts'
import type { Rules } from './rule.ts'

/**
 * A named use of a model: everything that belongs to the feature's author, and nothing that belongs to operators. What it has
 * says how it is run: `tools` by `seam.act`, `documents` by `seam.answer`, `output` by `seam.extract`, and none of them by
 * `seam.complete` and `seam.stream`.
 */
export interface Feature<Input, Output = string> {
  /** Stands in events, budgets and errors: `triage-ticket`. */
  readonly name: string
  /** An alias of the configuration, or `provider/model`. */
  readonly model: string
  /** Checks the input before anything is spent. Any Standard Schema library works. Absent: the input is taken as it is. */
  readonly input?: StandardSchemaV1<unknown, Input>
  /** What the answer must be: `seam.extract` gives a value that this schema has passed. Any Standard Schema library works. */
  readonly output?: StandardSchemaV1<unknown, Output>
  /** The JSON Schema of `output`, in place of what its library says; needed where that says none (no Standard JSON Schema). */
  readonly outputJsonSchema?: JsonObject
  /**
   * What may answer before the model does, in order: `({ rule, lookup }) => [rule('empty', ({ ticket }) => ticket === '', 'Nothing.')]`,
   * or a list of rules made elsewhere.
   */
  readonly decide?: Rules<NoInfer<Input>, NoInfer<Output>>
  /** Instructions that stand before the prompt. */
  readonly system?: Prompt
  readonly prompt: (input: Input) => Prompt
  /** What `seam.answer` may answer from. */
  readonly documents?: Documents
  /** What to look for in the documents. Default: the input's `question`, or its only text. */
  readonly query?: (input: NoInfer<Input>) => string
  /** What `seam.act` lets the model do. */
  readonly tools?: readonly Tool[]
  /** Bounds of a run of `seam.act`. */
  readonly limits?: RunLimits
  /** The answer's limit in tokens. Default: the alias's. */
  readonly maxOutputTokens?: number
  /** Whether its calls can wait where a target takes no more. Default: as the alias has it. */
  readonly loadClass?: LoadClass
  readonly temperature?: number
  readonly stop?: readonly string[]
}

/** A feature, whatever goes in and comes out: as registries and doors hold it. */
// biome-ignore lint/suspicious/noExplicitAny: input and output stand on both sides of a function; `unknown` fits no feature
export type AnyFeature = Feature<any, any>

/** Declares a feature. It does nothing by itself: the seam runs it. */
export function feature<Input, Output = string>(definition: Feature<Input, Output>): Feature<Input, Output> {
  return definition
}

/**
 * The input as the feature's schema reads it. `wait` is how an asynchronous schema is waited for. Throws `input-invalid`, which
 * names each path, or says that the schema threw, and what `wait` does.
 */
export async function readInput<Input>(
  { name, input: schema }: Pick<Feature<Input>, 'name' | 'input'>,
  input: Input,
  wait: <T>(work: Promise<T>) => Promise<T> = (work) => work,
): Promise<Input> {
  if (!schema) return input
  const result = await validate(name, schema, input, wait)
  if (!result.issues) return result.value
  const issues = result.issues.map(issueText).join('; ')
  throw new InseamError('input-invalid', `The input of "${name}" does not match its schema: ${issues}.`, {
    fix: 'Correct the input, or the schema of the feature.',
  })
}

async function validate<Input>(
  name: string,
  schema: StandardSchemaV1<unknown, Input>,
  input: Input,
  wait: <T>(work: Promise<T>) => Promise<T>,
) {
  const fail = (cause: unknown): never => {
    throw new InseamError('input-invalid', `The input schema of "${name}" threw: ${failureText(cause)}`, {
      fix: `Correct the input schema of "${name}": it must find issues, not throw.`,
      cause,
    })
  }
  let result: ReturnType<(typeof schema)['~standard']['validate']>
  try {
    result = schema['~standard'].validate(input)
  } catch (cause) {
    return fail(cause)
  }
  return 'then' in result ? wait(Promise.resolve(result).catch(fail)) : result
}

/** Who calls, as the library's options name it. */
export type CallerOptions = Omit<Call['caller'], 'feature' | 'keyId'>
