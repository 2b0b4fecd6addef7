import { isJsonObject } from '../../core/json.ts'
import type { TargetOperation } from '../codec.ts'
import { countedReply, promptOf } from '../counting.ts'
import { addressOf } from './address.ts'
import { failureIn } from './error.ts'
import { compact } from './extras.ts'
import { neverPassed } from './never-passed.ts'
import { encodeRequest } from './request.ts'

/** CountTokens: the tokens of what would be sent to Converse. */
export const countTokens: TargetOperation = {
  operation: 'count-tokens',
  path: '/model/{model}/count-tokens',
  address: addressOf(() => 'count-tokens'),
  encodeRequest: (request, model, quirks, spoken) => {
    const { body, losses } = encodeRequest(promptOf(request), model, quirks, spoken)
    const { messages, system, toolConfig, additionalModelRequestFields } = body
    return {
      body: { input: { converse: compact({ messages, system, toolConfig, additionalModelRequestFields }) } },
      losses,
    }
  },
  passRequest: neverPassed,
  decodeReply: (body, { target }) => {
    const failure = isJsonObject(body) ? failureIn(body, target) : undefined
    if (failure) throw failure
    return countedReply(isJsonObject(body) ? body.inputTokens : undefined, target)
  },
}
