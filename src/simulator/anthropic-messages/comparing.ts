import type { Diagnostics } from '@anthropic-ai/sdk/resources/messages'
import type { Comparing, Comparison } from '../books/prompt-comparison.ts'
import { asList, asObject, asText, isObject } from '../json.ts'
import { contentSegments, segment } from './read.ts'

/** Only requests that say `diagnostics` are remembered. */
export const messagesComparing: Comparing = {
  wanted({ diagnostics }) {
    if (!isObject(diagnostics)) return undefined
    const { previous_message_id: id } = diagnostics
    return typeof id === 'string' ? id : null
  },
  answerId: messageId,
  compared(body) {
    const { model, speed, system, tools, thinking, tool_choice: choice, output_config: output } = body
    return {
      fixed: [
        ['model_changed', [model, speed]],
        ['system_changed', textsOf(system, 'system')],
        ['tools_changed', asList(tools).map((tool) => segment(asObject(tool), 'tool').text)],
        [null, [thinking, choice, output]],
      ],
      growing: {
        change: 'messages_changed',
        pieces: asList(body.messages)
          .map(asObject)
          .flatMap(({ role, content }) => textsOf(content, asText(role))),
      },
    }
  },
  keptTokens: ({ cacheRead, cacheWrite5m, cacheWrite1h }) => cacheRead + cacheWrite5m + cacheWrite1h,
}

/** The id of the message that answers a request. */
export function messageId(requestId: string): string {
  return `msg_${requestId.replace(/^req_/, '')}`
}

/** What came of a comparison as a message says it: null where nothing is amiss. */
export function diagnosticsOf(comparison: Comparison | undefined): Diagnostics | null {
  switch (comparison?.type) {
    case 'changed':
      return {
        cache_miss_reason: {
          type: comparison.change as 'messages_changed',
          cache_missed_input_tokens: comparison.missedTokens,
        },
      }
    case 'not-found':
      return { cache_miss_reason: { type: 'previous_message_not_found' } }
    case 'unnamed':
      return { cache_miss_reason: { type: 'unavailable' } }
    default:
      return null
  }
}

/** The words without the marks, which may move. */
function textsOf(content: unknown, role: string): string[] {
  return contentSegments(content, role).map(({ text }) => text)
}
