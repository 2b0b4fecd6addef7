import { isJsonObject } from '../../core/json.ts'
import type { ClientOperation } from '../codec.ts'
import { asCount, countedReply, countIn, promptOf } from '../counting.ts'
import { decodeUnlimited } from './decode-request.ts'
import { encodeRequest, passRequest } from './request.ts'

/** What a count takes, as `MessageCountTokensParams` of `@anthropic-ai/sdk` 1.12 and its beta name it; it refuses all else. */
const countedFields: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'cache_control',
  'context_management',
  'mcp_servers',
  'speed',
  'user_profile_id',
])

/** A count says none; thinking has to fit into it. */
const maxOutputTokens = Number.MAX_SAFE_INTEGER

/** `POST /messages/count_tokens`: a request of the Messages API without its limit. */
export const countTokens: ClientOperation = {
  operation: 'count-tokens',
  path: '/messages/count_tokens',
  decodeRequest: (body) => asCount(decodeUnlimited(body)),
  encodeRequest(request, model, quirks, spoken) {
    const { body, losses } = encodeRequest({ ...promptOf(request), maxOutputTokens }, model, quirks, spoken)
    return { body: Object.fromEntries(Object.entries(body).filter(([name]) => countedFields.has(name))), losses }
  },
  passRequest: (body, model, request) =>
    passRequest(body, model, request && { ...request, maxOutputTokens: undefined }).body,
  decodeReply: (body, { target }) => countedReply(isJsonObject(body) ? body.input_tokens : undefined, target),
  encodeReply: (reply) => ({ body: { input_tokens: countIn(reply) }, losses: [] }),
}
