import type { Dialect } from '../../core/dialect.ts'

/** The name of this dialect. */
export const dialect = 'openai-chat' satisfies Dialect

/** The fields of a request that the common form has words for; all others are extensions. */
export const requestFields: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'response_format',
  'reasoning_effort',
  'max_completion_tokens',
  'max_tokens',
  'temperature',
  'top_p',
  'presence_penalty',
  'frequency_penalty',
  'stop',
  'seed',
  'user',
  'stream',
])

/** The file name that a document without a title gets, because the dialect wants one; read back as none. */
export const untitledDocument = 'document.pdf'

/** The message fields in which hosts of this dialect show reasoning: the first is the more common one. */
export const reasoningFields = ['reasoning_content', 'reasoning'] as const
