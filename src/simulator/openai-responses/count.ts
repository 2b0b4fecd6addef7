import type { InputTokenCountParams, InputTokenCountResponse } from 'openai/resources/responses/input-tokens'
import type { Counting } from '../counting.ts'
import { invalid } from '../problem.ts'

const fields: ReadonlySet<string> = new Set([
  'conversation',
  'input',
  'instructions',
  'model',
  'parallel_tool_calls',
  'personality',
  'previous_response_id',
  'reasoning',
  'text',
  'tool_choice',
  'tools',
  'truncation',
] satisfies (keyof InputTokenCountParams)[])

/** `POST /v1/responses/input_tokens`. */
export const responsesCount: Counting = {
  check(body) {
    const stranger = Object.keys(body).find((name) => !fields.has(name))
    if (stranger === undefined) return undefined
    return invalid(`Unknown parameter: '${stranger}'.`, stranger, 'unknown_parameter')
  },
  request: (body) => body,
  reply: (tokens): InputTokenCountResponse => ({ object: 'response.input_tokens', input_tokens: tokens }),
}
