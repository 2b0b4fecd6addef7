/** The part of Standard Schema v1 (standardschema.dev) that is used: zod, valibot, arktype and others implement it. */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
    /** Standard JSON Schema v1: the schema as JSON Schema, where the library can say it. */
    readonly jsonSchema?: {
      readonly input: (options: { readonly target: string }) => Record<string, unknown>
      readonly output: (options: { readonly target: string }) => Record<string, unknown>
    }
  }
}

type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

/** What is wrong with a value, and where. */
export interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** The keys that lead to what is wrong, from the value down. */
export function keysOf({ path = [] }: StandardIssue): PropertyKey[] {
  return path.map((part) => (typeof part === 'object' ? part.key : part))
}

/** Where an issue is, as code reaches it: `items[0].amount`. Empty for the value itself. */
export function pathOf(issue: StandardIssue): string {
  return keysOf(issue).reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`
    return path === '' ? String(key) : `${path}.${String(key)}`
  }, '')
}

/** An issue as people and models read it: `items[0].amount: must be positive`. */
export function issueText(issue: StandardIssue): string {
  const path = pathOf(issue)
  return path === '' ? issue.message : `${path}: ${issue.message}`
}
