import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import type { Ending, Reply } from '../../core/reply.ts'
import { ProviderFailed, ReplyUnreadable } from '../../errors/index.ts'
import type { LossList } from '../losses.ts'
import { failureOf } from '../openai/error.ts'
import { nestedFields, text } from '../openai/fields.ts'
import { saysInWords } from '../openai/refusal.ts'
import { clientCalls } from './types.ts'

/** How an answer ended, and the dialect's own word for it. */
export interface Ended {
  readonly ending: Ending
  readonly rawStop: string
}

/** What an answer holds, as far as its ending depends on it. */
export interface Held {
  readonly toolCalls: boolean
  readonly refusal: boolean
}

/** What blocks hold. */
export function heldIn(content: readonly Block[]): Held {
  return { toolCalls: content.some(isCall), refusal: content.some(({ type }) => type === 'refusal') }
}

/** Whether a block asks the client to act. */
export function isCall(block: Block): boolean {
  if (block.type === 'tool-call') return true
  return block.type === 'opaque' && isJsonObject(block.value) && clientCalls.has(block.value.type)
}

/**
 * The ending that a response states. Throws `ProviderFailed` for one that failed, and `ReplyUnreadable` for a word that is not
 * known. One that the provider goes on with in the background is paused.
 */
export function decodeEnding(response: JsonObject, held: Held, target: string): Ended {
  const status = text(response.status)
  switch (status) {
    case 'completed':
      if (held.refusal) return { ending: { type: 'refused', by: 'model' }, rawStop: status }
      return { ending: { type: 'completed', by: held.toolCalls ? 'tool-calls' : 'end' }, rawStop: status }
    case 'incomplete':
      return decodeIncomplete(response, target)
    case 'failed':
      throw responseFailure(response, target)
    case 'cancelled':
      throw new ProviderFailed({
        code: 'server-error',
        said: 'the response was cancelled',
        target,
        providerStatus: 200,
      })
    case 'queued':
    case 'in_progress':
      if (response.background === true) return { ending: { type: 'paused' }, rawStop: status }
      throw new ReplyUnreadable(target, `a response that is ${status}`)
    case '':
      throw new ReplyUnreadable(target, 'a response without a status')
    default:
      throw new ReplyUnreadable(target, `the status ${JSON.stringify(status.slice(0, 100))}, which is not known`)
  }
}

function decodeIncomplete(response: JsonObject, target: string): Ended {
  const rawStop = text(nestedFields(response, 'incomplete_details').reason)
  switch (rawStop) {
    case 'max_output_tokens':
      return { ending: { type: 'truncated', by: 'max-tokens' }, rawStop }
    case 'content_filter':
      return { ending: { type: 'refused', by: 'content-filter' }, rawStop }
    case 'max_messages':
    case 'steered':
      return { ending: { type: 'paused' }, rawStop }
    default:
      throw new ReplyUnreadable(
        target,
        `an incomplete response for the reason ${JSON.stringify(rawStop.slice(0, 100))}, which is not known`,
      )
  }
}

/** The failure that a response with the status `failed` carries. */
export function responseFailure({ error }: JsonObject, target: string): ProviderFailed {
  const said: JsonValue = isJsonObject(error) ? { error } : { error: { message: 'the response failed' } }
  return failureOf(said, target)
}

/** The status for an ending, and its details. */
export function encodeEnding(
  { ending, content }: Pick<Reply, 'ending' | 'content'>,
  losses: LossList,
): { readonly status: 'completed' | 'incomplete'; readonly incomplete_details: JsonObject | null } {
  const completed = { status: 'completed', incomplete_details: null } as const
  switch (ending.type) {
    case 'completed':
      if (ending.by === 'stop-sequence') {
        losses.approximated('stop_sequence', 'there is no word for which stop sequence ended it.')
      }
      return completed
    case 'truncated':
      if (ending.by === 'context-window') {
        losses.approximated('stop_reason', 'the full context window is told as max_output_tokens.')
      }
      return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
    case 'refused':
      if (ending.details !== undefined && !saysInWords(ending)) {
        losses.dropped('stop_details', 'there is no field for it.')
      }
      if (ending.by === 'model' && content.some(({ type }) => type === 'refusal')) return completed
      return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }
    case 'paused':
      losses.approximated('stop_reason', 'a pause is told as completed; the answer may go on when it is sent back.')
      return completed
  }
}
