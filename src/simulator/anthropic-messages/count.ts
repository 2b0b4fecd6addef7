import type { MessageCountTokensParams, MessageTokensCount } from '@anthropic-ai/sdk/resources/messages'
import type { Counting } from '../counting.ts'
import { invalid } from '../problem.ts'

const stable = [
  'messages',
  'model',
  'cache_control',
  'output_config',
  'speed',
  'system',
  'thinking',
  'tool_choice',
  'tools',
  'user_profile_id',
] as const satisfies readonly (keyof MessageCountTokensParams)[]

/** The fields of the SDK's type, and those that its beta adds. */
const fields: ReadonlySet<string> = new Set([...stable, 'context_management', 'mcp_servers'])

/** `POST /v1/messages/count_tokens`. */
export const messagesCount: Counting = {
  check(body) {
    const stranger = Object.keys(body).find((name) => !fields.has(name))
    return stranger === undefined ? undefined : invalid(`${stranger}: Extra inputs are not permitted`)
  },
  request: (body) => ({ ...body, max_tokens: Number.MAX_SAFE_INTEGER }),
  reply: (tokens): MessageTokensCount => ({ input_tokens: tokens }),
}
