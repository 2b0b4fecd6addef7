import { isJsonObject } from '../../core/json.ts'
import { ReplyUnreadable } from '../../errors/index.ts'
import { askedModel } from '../asked-model.ts'
import type { TargetOperation } from '../codec.ts'
import { tokenCount } from '../read.ts'
import { addressOf } from './address.ts'
import { failureIn } from './error.ts'
import { compact } from './extras.ts'
import { neverPassed } from './never-passed.ts'
import { encodeRequest } from './request.ts'

/** CountTokens: the tokens of what would be sent to Converse. Settings that cost none are left out, and are no loss. */
export const countTokens: TargetOperation = {
  operation: 'count-tokens',
  path: '/model/{model}/count-tokens',
  address: addressOf(() => 'count-tokens'),
  encodeRequest: (request, model, quirks, spoken) => {
    const { body, losses } = encodeRequest(request, model, quirks, spoken)
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
    const inputTokens = isJsonObject(body) ? body.inputTokens : undefined
    if (tokenCount(inputTokens) !== inputTokens)
      throw new ReplyUnreadable(target, 'an answer without a count of tokens')
    return {
      id: '',
      model: askedModel(target),
      content: [],
      ending: { type: 'completed', by: 'end' },
      rawStop: '',
      usage: null,
      countedTokens: inputTokens,
    }
  },
}
