import type { JsonValue } from '../core/json.ts'
import type { ProviderReply } from '../core/provider.ts'
import type { Reply } from '../core/reply.ts'
import type { ModelRequest } from '../core/request.ts'
import { noUsage } from '../core/usage.ts'
import { ReplyUnreadable } from '../errors/index.ts'
import { askedModel } from './asked-model.ts'
import { tokenCount } from './read.ts'

/** What of a request is counted: its prompt. Limits and sampling add no token, and a count has no stream: leaving them out loses nothing. */
export function promptOf(request: ModelRequest): ModelRequest {
  const {
    maxOutputTokens: _limit,
    temperature: _temperature,
    topP: _topP,
    topK: _topK,
    stop: _stop,
    seed: _seed,
    presencePenalty: _presence,
    frequencyPenalty: _frequency,
    endUser: _user,
    ...prompt
  } = request
  return { ...prompt, stream: false }
}

/** The request as one for a count. */
export function asCount(request: ModelRequest): ModelRequest {
  return { ...request, operation: 'count-tokens', stream: false }
}

/** A count as a reply: nothing is said in it, and nothing was used. Throws `ReplyUnreadable` for what is no count. */
export function countedReply(count: JsonValue | undefined, target: string): ProviderReply {
  const countedTokens = tokenCount(count)
  if (countedTokens !== count) throw new ReplyUnreadable(target, 'an answer without a count of tokens')
  return {
    id: '',
    model: askedModel(target),
    content: [],
    ending: { type: 'completed', by: 'end' },
    rawStop: 'counted',
    usage: noUsage,
    countedTokens,
  }
}

/** The count that a reply carries. */
export function countIn({ countedTokens, target }: Reply): number {
  if (countedTokens === undefined)
    throw new TypeError(`${target ?? 'What answered'} was asked for a count and gave none.`)
  return countedTokens
}
