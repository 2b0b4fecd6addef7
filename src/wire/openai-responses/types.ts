import type { Dialect } from '../../core/dialect.ts'

/** The name of this dialect. */
export const dialect = 'openai-responses' satisfies Dialect

/** The fields of a request that the common form has words for; all others are extensions. */
export const requestFields: ReadonlySet<string> = new Set([
  'model',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'text',
  'reasoning',
  'max_output_tokens',
  'temperature',
  'top_p',
  'user',
  'stream',
])

/** The items with which a model asks its client to act, beside `function_call`. */
export const clientCalls: ReadonlySet<unknown> = new Set([
  'custom_tool_call',
  'computer_call',
  'local_shell_call',
  'apply_patch_call',
])

/** The file name that a document without a title gets, because the dialect wants one; read back as none. */
export const untitledDocument = 'document.pdf'
