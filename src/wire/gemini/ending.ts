import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Ending, Reply } from '../../core/reply.ts'
import { ProviderFailed, ReplyBotched, ReplyUnreadable } from '../../errors/index.ts'
import { excerpt } from '../classify.ts'
import type { LossList } from '../losses.ts'
import { saysInWords } from '../openai/refusal.ts'
import { compact, text } from './extras.ts'

/** Words for an answer that the provider's own filters stopped. */
const filtered: ReadonlySet<string> = new Set([
  'SAFETY',
  'RECITATION',
  'LANGUAGE',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'MODEL_ARMOR',
  'JAILBREAK',
  'IMAGE_SAFETY',
  'IMAGE_PROHIBITED_CONTENT',
  'IMAGE_RECITATION',
])

/** Words for an answer that the model botched: another try may not. */
const botched: ReadonlySet<string> = new Set([
  'MALFORMED_FUNCTION_CALL',
  'MALFORMED_RESPONSE',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
  'MISSING_THOUGHT_SIGNATURE',
])

/**
 * The ending that a candidate states. Calls of functions end in STOP like everything else: the content tells. Throws
 * `ReplyBotched` for an answer that the model botched, `ReplyUnreadable` for a word that is not known, and `ProviderFailed` where
 * the provider gives no reason.
 */
export function decodeEnding(candidate: JsonObject, hasCalls: boolean, target: string): Ending {
  const reason = text(candidate.finishReason)
  const message = text(candidate.finishMessage)
  if (reason === 'STOP') return { type: 'completed', by: hasCalls ? 'tool-calls' : 'end' }
  if (reason === 'MAX_TOKENS') return { type: 'truncated', by: 'max-tokens' }
  if (reason === 'CONTINUATION') return { type: 'paused' }
  if (filtered.has(reason)) {
    const details = compact({ finishReason: reason, finishMessage: message || undefined })
    return { type: 'refused', by: 'content-filter', details }
  }
  if (botched.has(reason)) {
    throw new ReplyBotched(target, `finishReason ${reason}${message === '' ? '' : ` (${excerpt(message, 200)})`}`)
  }
  if (reason === 'OTHER' || /^(?:NO_IMAGE|IMAGE_OTHER)$/.test(reason)) {
    const said = `finishReason ${reason}${message === '' ? '' : `: ${excerpt(message, 200)}`}`
    throw new ProviderFailed({ code: 'server-error', said, target, providerStatus: 200 })
  }
  throw new ReplyUnreadable(target, `finishReason ${JSON.stringify(reason.slice(0, 100))}, which is not known`)
}

/** The ending of an answer whose prompt was blocked, and its word; undefined where none was. Such an answer has no candidates. */
export function blockedPrompt(body: JsonObject): { readonly ending: Ending; readonly rawStop: string } | undefined {
  const feedback = isJsonObject(body.promptFeedback) ? body.promptFeedback : {}
  const rawStop = text(feedback.blockReason)
  if (rawStop === '' || rawStop === 'BLOCKED_REASON_UNSPECIFIED') return undefined
  const message = text(feedback.blockReasonMessage)
  const details = compact({ blockReason: rawStop, blockReasonMessage: message || undefined })
  return { ending: { type: 'refused', by: 'content-filter', details }, rawStop }
}

/** How this dialect says that the reply ended so: fields of the candidate. */
export function encodeEnding({ ending, content }: Pick<Reply, 'ending' | 'content'>, losses: LossList): JsonObject {
  switch (ending.type) {
    case 'completed':
      if (ending.by === 'stop-sequence') {
        losses.approximated('stop_sequence', 'finishReason cannot say which stop sequence ended it.')
      }
      return { finishReason: 'STOP' }
    case 'truncated':
      if (ending.by === 'context-window') {
        losses.approximated('stop_reason', 'The full context window is told as MAX_TOKENS.')
      }
      return { finishReason: 'MAX_TOKENS' }
    case 'paused':
      losses.approximated('stop_reason', 'A pause is told as STOP; the answer may go on when it is sent back.')
      return { finishReason: 'STOP' }
    case 'refused': {
      const details = isJsonObject(ending.details) ? ending.details : {}
      const own = text(details.finishReason)
      const words = content.map((block) => (block.type === 'refusal' ? block.text : '')).join('')
      const isOwn = own !== '' || text(details.blockReason) !== ''
      if (ending.details !== undefined && !isOwn && !saysInWords(ending)) {
        losses.dropped('stop_details', 'There is no field for what is more than words.')
      }
      const message = text(details.finishMessage) || words || text(details.explanation)
      return {
        finishReason: filtered.has(own) ? own : 'SAFETY',
        ...(message !== '' && { finishMessage: message }),
      }
    }
  }
}
