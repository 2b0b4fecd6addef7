import type { LanguageModelV4FinishReason } from '@ai-sdk/provider'
import type { Ending, Reply } from '../core/reply.ts'

/** The finish reason for an ending, with the provider's own word beside it. A pause is `other`: the answer goes on when it is sent back. */
export function writeEnding({ ending, rawStop }: Pick<Reply, 'ending' | 'rawStop'>): LanguageModelV4FinishReason {
  return { unified: unifiedOf(ending), raw: rawStop }
}

function unifiedOf(ending: Ending): LanguageModelV4FinishReason['unified'] {
  switch (ending.type) {
    case 'completed':
      return ending.by === 'tool-calls' ? 'tool-calls' : 'stop'
    case 'truncated':
      return 'length'
    case 'refused':
      return 'content-filter'
    case 'paused':
      return 'other'
  }
}
