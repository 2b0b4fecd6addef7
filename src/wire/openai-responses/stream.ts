import type { Delta } from '../../core/delta.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'
import { ReplyUnreadable, StreamInterrupted } from '../../errors/index.ts'
import { askedModel } from '../asked-model.ts'
import { excerpt } from '../classify.ts'
import type { DecodeContext, StreamDecoder } from '../codec.ts'
import { doubtUsage } from '../doubt-usage.ts'
import { failureIn, failureOf } from '../openai/error.ts'
import { nestedFields, text } from '../openai/fields.ts'
import { parseJson } from '../parse-json.ts'
import type { SseEvent } from '../sse.ts'
import { decodeCacheMiss } from './cache-miss.ts'
import { decodeEnding, type Ended, responseFailure } from './ending.ts'
import { readItems } from './item-reader.ts'
import { decodeUsage } from './usage.ts'

export { encodeStream } from './encode-stream.ts'

const nothing: readonly Delta[] = []

/**
 * Reads a stream of response events. It is complete with `response.completed` or `response.incomplete`; `response.failed` and
 * `error` throw what they say. Events of types that we do not know, and what comes after the end, spell nothing.
 */
export function decodeStream(context: DecodeContext): StreamDecoder {
  const { target } = context
  const items = readItems(target)
  let id = ''
  let model = ''
  let ended: (Ended & ReturnType<typeof decodeCacheMiss>) | undefined

  const name = (response: JsonObject): void => {
    id = text(response.id) || id
    model = text(response.model) || model
  }
  const end = (event: JsonObject, status: 'completed' | 'incomplete'): void => {
    const { response } = event
    if (!isJsonObject(response)) throw new ReplyUnreadable(target, `a response.${status} without a response`)
    name(response)
    if (!items.hasItems && Array.isArray(response.output)) for (const item of response.output) items.whole(item)
    ended = { ...decodeEnding({ ...response, status }, items, target), ...decodeCacheMiss(response) }
    items.end(ended.ending.type === 'completed')
    doubtUsage(context, response.usage)
    decoder.usage = decodeUsage(response)
    decoder.complete = true
    decoder.closed = true
  }
  const read = (type: string, event: JsonObject): void => {
    switch (type) {
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
        name(nestedFields(event, 'response'))
        break
      case 'response.output_item.added':
        items.start(event)
        break
      case 'response.output_item.done':
        items.stop(event)
        break
      case 'response.content_part.added':
      case 'response.reasoning_summary_part.added':
        items.startPart(event, nestedFields(event, 'part'))
        break
      case 'response.content_part.done':
      case 'response.reasoning_summary_part.done':
        items.stopPart(event, nestedFields(event, 'part'))
        break
      case 'response.output_text.delta':
        items.words(event, 'output_text')
        break
      case 'response.refusal.delta':
        items.words(event, 'refusal')
        break
      case 'response.reasoning_summary_text.delta':
        items.words(event, 'summary_text')
        break
      case 'response.reasoning_text.delta':
        items.words(event, 'reasoning_text')
        break
      case 'response.output_text.annotation.added':
        items.annotate(event)
        break
      case 'response.function_call_arguments.delta':
        items.input(event, text(event.delta), false)
        break
      case 'response.function_call_arguments.done':
        items.input(event, text(event.arguments), true)
        break
      case 'response.completed':
        end(event, 'completed')
        break
      case 'response.incomplete':
        end(event, 'incomplete')
        break
      case 'response.failed':
        throw responseFailure(nestedFields(event, 'response'), target)
      case 'error':
        throw failureOf(event, target)
    }
  }

  const decoder = {
    complete: false,
    closed: false,
    usageOnly: false,
    usage: null as Usage | null,
    push: (sse: SseEvent): readonly Delta[] => {
      const data = sse.data?.trim()
      if (decoder.closed || data === undefined || data === '' || data === '[DONE]') return nothing
      const event = parseEvent(sse.event, data, target)
      if (!event) return nothing
      read(text(event.type) || sse.event, event)
      return items.take()
    },
    finish: () => {
      if (!ended) throw new StreamInterrupted(target, 'the stream ended without response.completed')
      return { id, model: model || askedModel(target), ...ended, usage: decoder.usage }
    },
  }
  return decoder
}

/** Undefined for an event of a name that the dialect does not have and that holds no object. */
function parseEvent(name: string, data: string, target: string): JsonObject | undefined {
  const isOwn = name === 'message' || name === 'error' || name.startsWith('response.')
  let event: JsonValue
  try {
    event = parseJson(data)
  } catch (cause) {
    if (name === 'error') throw failureOf(data, target)
    if (!isOwn) return undefined
    throw new ReplyUnreadable(target, `a stream event that is no JSON (${excerpt(data, 80)})`, cause)
  }
  if (name === 'error') throw failureOf(event, target)
  if (isJsonObject(event)) {
    const failure = event.type === undefined ? failureIn(event, target) : undefined
    if (failure) throw failure
    return event
  }
  if (!isOwn) return undefined
  throw new ReplyUnreadable(target, `a stream event that is no object (${excerpt(data, 80)})`)
}
