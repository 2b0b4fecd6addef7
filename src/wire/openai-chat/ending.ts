import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import type { Ending, Reply } from '../../core/reply.ts'
import { ProviderFailed, ReplyUnreadable } from '../../errors/index.ts'
import type { LossList } from '../losses.ts'
import { saysInWords } from '../openai/refusal.ts'
import { dialect } from './types.ts'

type Meaning = 'end' | 'tool-calls' | 'max-tokens' | 'context-window' | 'content-filter' | 'overloaded' | 'server-error'

/** What `finish_reason` may say: OpenAI's five words, then those of hosts that are known to differ (lower case). */
const meanings: ReadonlyMap<string, Meaning> = new Map([
  ['stop', 'end'],
  ['length', 'max-tokens'],
  ['tool_calls', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['content_filter', 'content-filter'],
  ['eos', 'end'],
  ['eos_token', 'end'],
  ['end_turn', 'end'],
  ['stop_sequence', 'end'],
  ['max_tokens', 'max-tokens'],
  ['tool_use', 'tool-calls'],
  ['model_length', 'context-window'],
  ['sensitive', 'content-filter'],
  ['insufficient_system_resource', 'overloaded'],
  ['error', 'server-error'],
  ['network_error', 'server-error'],
  ['abort', 'server-error'],
])

/** What an answer holds, as far as its ending depends on it. */
export interface Held {
  readonly toolCalls: boolean
  readonly refusal: boolean
}

/**
 * The ending that a choice states. Without a word for it (hosts that send none, by their quirks) the content decides. Throws
 * `ReplyUnreadable` for a word that is not known: what it means for the answer cannot be told.
 */
export function decodeEnding(rawStop: string, choice: JsonObject, held: Held, target: string): Ending {
  const meaning = rawStop === '' ? 'end' : meanings.get(rawStop.toLowerCase())
  switch (meaning) {
    case 'end':
      if (held.refusal) return { type: 'refused', by: 'model' }
      return { type: 'completed', by: held.toolCalls ? 'tool-calls' : 'end' }
    case 'tool-calls':
      if (!held.toolCalls) throw new ReplyUnreadable(target, `finish_reason "${rawStop}" and no tool call`)
      return { type: 'completed', by: 'tool-calls' }
    case 'max-tokens':
    case 'context-window':
      return { type: 'truncated', by: meaning }
    case 'content-filter': {
      const details = choice.content_filter_results
      return { type: 'refused', by: 'content-filter', ...(isJsonObject(details) && { details }) }
    }
    case 'overloaded':
    case 'server-error':
      throw new ProviderFailed({ code: meaning, said: `finish_reason "${rawStop}"`, target, providerStatus: 200 })
    case undefined:
      throw new ReplyUnreadable(target, `finish_reason ${JSON.stringify(rawStop.slice(0, 100))}, which is not known`)
  }
}

function hasForeignCallsAlone(content: readonly Block[]): boolean {
  const isForeign = (block: Block) => block.type === 'opaque' && block.dialect !== dialect
  return content.some(isForeign) && !content.some((block) => block.type === 'tool-call')
}

/** The `finish_reason` for an ending. A model that declines without saying so in words ends in `content_filter`. */
export function encodeEnding({ ending, content }: Pick<Reply, 'ending' | 'content'>, losses: LossList): string {
  switch (ending.type) {
    case 'completed':
      // Where the dialect cannot say the calls, which is named, there are none for the client to answer.
      if (ending.by === 'tool-calls') return hasForeignCallsAlone(content) ? 'stop' : 'tool_calls'
      if (ending.by === 'stop-sequence') {
        losses.approximated('stop_sequence', 'finish_reason cannot say which stop sequence ended it.')
      }
      return 'stop'
    case 'truncated':
      if (ending.by === 'context-window') {
        losses.approximated('stop_reason', 'the full context window is told as length.')
      }
      return 'length'
    case 'refused':
      if (ending.details !== undefined && !saysInWords(ending)) {
        losses.dropped('stop_details', 'there is no field for it.')
      }
      return ending.by === 'model' && content.some(({ type }) => type === 'refusal') ? 'stop' : 'content_filter'
    case 'paused':
      losses.approximated('stop_reason', 'a pause is told as stop; the answer may go on when it is sent back.')
      return 'stop'
  }
}
