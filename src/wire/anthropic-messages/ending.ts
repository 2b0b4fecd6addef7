import { isJsonObject, type JsonValue } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import type { Ending, Reply } from '../../core/reply.ts'
import type { LossList } from '../losses.ts'
import { dialect } from './extras.ts'
import type { WireEnding } from './types.ts'

/** What a `stop_reason` means; undefined for one that we do not know. */
export function decodeEnding(
  stopReason: string,
  stopSequence: JsonValue | undefined,
  stopDetails: JsonValue | undefined,
): Ending | undefined {
  switch (stopReason) {
    case 'end_turn':
      return { type: 'completed', by: 'end' }
    case 'stop_sequence':
      return {
        type: 'completed',
        by: 'stop-sequence',
        ...(typeof stopSequence === 'string' && { stopSequence }),
      }
    case 'tool_use':
      return { type: 'completed', by: 'tool-calls' }
    case 'max_tokens':
      return { type: 'truncated', by: 'max-tokens' }
    case 'model_context_window_exceeded':
      return { type: 'truncated', by: 'context-window' }
    case 'pause_turn':
    case 'compaction':
      return { type: 'paused' }
    case 'refusal': {
      const hasDetails = stopDetails !== undefined && stopDetails !== null
      return { type: 'refused', by: 'model', ...(hasDetails && { details: stopDetails }) }
    }
    default:
      return undefined
  }
}

/** How this dialect says that the reply ended so. */
export function encodeEnding({ ending, content }: Pick<Reply, 'ending' | 'content'>, losses: LossList): WireEnding {
  const plain = (stop_reason: WireEnding['stop_reason']) => ({ stop_reason, stop_sequence: null, stop_details: null })
  switch (ending.type) {
    case 'completed':
      if (ending.by === 'end') return plain('end_turn')
      // Where the dialect cannot say the calls, which is named, there are none for the client to answer.
      if (ending.by === 'tool-calls') return plain(hasForeignCallsAlone(content) ? 'end_turn' : 'tool_use')
      return { ...plain('stop_sequence'), stop_sequence: ending.stopSequence ?? null }
    case 'truncated':
      return plain(ending.by === 'max-tokens' ? 'max_tokens' : 'model_context_window_exceeded')
    case 'paused':
      return plain('pause_turn')
    case 'refused':
      return { ...plain('refusal'), stop_details: refusalDetails(ending, content, losses) }
  }
}

function hasForeignCallsAlone(content: readonly Block[]): boolean {
  const isForeign = (block: Block) => block.type === 'opaque' && block.dialect !== dialect
  return content.some(isForeign) && !content.some((block) => block.type === 'tool-call')
}

function refusalDetails(
  { by, details }: Extract<Ending, { type: 'refused' }>,
  content: readonly Block[],
  losses: LossList,
): JsonValue {
  if (by === 'model' && isJsonObject(details) && details.type === 'refusal') return details
  if (details !== undefined) losses.dropped('stop_details', 'What another provider says of its filter has no field.')
  const said = content.map((block) => (block.type === 'refusal' ? block.text : '')).join('')
  const explanation = by === 'content-filter' ? "The provider's content filter stopped the answer." : null
  return { type: 'refusal', category: null, explanation: said || explanation }
}
