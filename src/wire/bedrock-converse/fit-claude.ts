import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { ModelRequest } from '../../core/request.ts'
import { fitThinking } from '../anthropic-messages/fit-thinking.ts'
import type { WireMessage, WireThinkingConfig } from '../anthropic-messages/types.ts'
import type { LossList } from '../losses.ts'
import type { Marked } from './cache-points.ts'
import type { MarkedTurn } from './encode-messages.ts'
import type { WireBlock } from './types.ts'

/** The fields for Claude with a thinking that it takes beside the rest of the request, by the rules of its own API. */
export function fitClaude(
  fields: JsonObject,
  request: Pick<ModelRequest, 'toolChoice' | 'maxOutputTokens'>,
  turns: readonly MarkedTurn[],
  losses: LossList,
): JsonObject {
  const { thinking, ...rest } = fields
  if (!isJsonObject(thinking)) return fields
  const messages = turns.map(({ role, content }): WireMessage => ({ role, content: content.map(asMessages) }))
  const fitted = fitThinking(thinking as WireThinkingConfig, request, messages, losses)
  return fitted ? { ...rest, thinking: fitted } : rest
}

/** As much of a block as the rules look at. */
function asMessages({ written }: Marked<WireBlock>): { readonly type: string } {
  if ('toolResult' in written) return { type: 'tool_result' }
  return { type: 'reasoningContent' in written ? 'thinking' : 'text' }
}
