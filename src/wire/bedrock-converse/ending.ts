import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Ending } from '../../core/reply.ts'
import { ReplyBotched, ReplyUnreadable } from '../../errors/index.ts'
import { excerpt } from '../classify.ts'
import { fieldsOf, text } from './extras.ts'

/**
 * What a `stopReason` means. Throws `ReplyBotched` for an answer that the model botched (another try may not), `ReplyUnreadable` for a
 * word that is not known.
 */
export function decodeEnding(stopReason: string, modelFields: JsonValue | undefined, target: string): Ending {
  switch (stopReason) {
    case 'end_turn':
      return { type: 'completed', by: 'end' }
    case 'tool_use':
      return { type: 'completed', by: 'tool-calls' }
    case 'stop_sequence':
      return { type: 'completed', by: 'stop-sequence', ...stopSequence(fieldsOf(modelFields)) }
    case 'max_tokens':
      return { type: 'truncated', by: 'max-tokens' }
    case 'model_context_window_exceeded':
      return { type: 'truncated', by: 'context-window' }
    case 'guardrail_intervened':
    case 'content_filtered':
      return { type: 'refused', by: 'content-filter', details: { stopReason } }
    case 'refusal':
      return { type: 'refused', by: 'model' }
    case 'pause_turn':
      return { type: 'paused' }
    case 'malformed_model_output':
    case 'malformed_tool_use':
      throw new ReplyBotched(target, `the stop reason ${stopReason}`)
    default:
      throw new ReplyUnreadable(target, `the unknown stop reason "${excerpt(stopReason, 80)}"`)
  }
}

function stopSequence(fields: JsonObject): { readonly stopSequence?: string } {
  const said = text(fields.stop_sequence) || text(fieldsOf(fields.delta).stop_sequence)
  return said === '' ? {} : { stopSequence: said }
}
