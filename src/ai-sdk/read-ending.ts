import type { LanguageModelV4FinishReason } from '@ai-sdk/provider'
import type { Ending } from '../core/reply.ts'
import { ProviderFailed, ReplyUnreadable, StreamInterrupted } from '../errors/index.ts'

/**
 * The ending that a finish reason tells. `interrupted`, and `other` without the provider's own word, are no ending: the provider's
 * terminal signal never came. Throws `StreamInterrupted`, `ProviderFailed` for an error, `ReplyUnreadable` for a word that is not known.
 */
export function readEnding(reason: LanguageModelV4FinishReason, asksForTools: boolean, target: string): Ending {
  const { unified, raw } = reason
  switch (unified) {
    case 'stop':
      if (raw === 'pause_turn') return { type: 'paused' }
      if (asksForTools) return { type: 'completed', by: 'tool-calls' }
      return { type: 'completed', by: raw === 'stop_sequence' ? 'stop-sequence' : 'end' }
    case 'tool-calls':
      if (!asksForTools) throw new ReplyUnreadable(target, 'finish reason "tool-calls" and no tool call')
      return { type: 'completed', by: 'tool-calls' }
    case 'length':
      return { type: 'truncated', by: raw === 'model_context_window_exceeded' ? 'context-window' : 'max-tokens' }
    case 'content-filter':
      return { type: 'refused', by: raw === 'refusal' ? 'model' : 'content-filter' }
    case 'interrupted':
      throw new StreamInterrupted(target, 'its model says that the provider gave no terminal signal')
    case 'error':
      throw new ProviderFailed({ code: 'server-error', said: `finish reason "error"${own(raw)}`, target })
    default:
      if (raw === undefined) throw new StreamInterrupted(target, 'its model gave no reason for the end')
      throw new ReplyUnreadable(target, `the finish reason "${String(unified)}"${own(raw)}`)
  }
}

const own = (raw: string | undefined) => (raw === undefined ? '' : ` (${raw.slice(0, 100)})`)
