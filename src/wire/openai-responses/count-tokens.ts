import { isJsonObject } from '../../core/json.ts'
import type { ClientOperation } from '../codec.ts'
import { asCount, countedReply, countIn, promptOf } from '../counting.ts'
import { spliceFields } from '../splice.ts'
import { dropShown } from './drop-shown.ts'
import { decodeRequest, encodeRequest } from './request.ts'

/** What a count takes, as `InputTokenCountParams` of the openai package 7.57 names it. */
const countedFields: ReadonlySet<string> = new Set([
  'model',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'text',
  'reasoning',
  'conversation',
  'previous_response_id',
  'personality',
  'truncation',
])

/** `POST /responses/input_tokens`: the input of a response, counted. */
export const countTokens: ClientOperation = {
  operation: 'count-tokens',
  path: '/responses/input_tokens',
  decodeRequest: (body) => asCount(decodeRequest(body)),
  encodeRequest(request, model, quirks, spoken) {
    const { body, losses } = encodeRequest(promptOf(request), model, quirks, spoken)
    return { body: Object.fromEntries(Object.entries(body).filter(([name]) => countedFields.has(name))), losses }
  },
  passRequest: (body, model) => spliceFields(body, { model: JSON.stringify(model), ...dropShown(body)?.fields }),
  decodeReply: (body, { target }) => countedReply(isJsonObject(body) ? body.input_tokens : undefined, target),
  encodeReply: (reply) => ({ body: { object: 'response.input_tokens', input_tokens: countIn(reply) }, losses: [] }),
}
