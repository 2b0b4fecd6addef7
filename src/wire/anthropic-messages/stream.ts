import type { Delta } from '../../core/delta.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Ending } from '../../core/reply.ts'
import type { Usage } from '../../core/usage.ts'
import { ReplyUnreadable, StreamInterrupted } from '../../errors/index.ts'
import { askedModel } from '../asked-model.ts'
import { excerpt } from '../classify.ts'
import type { DecodeContext, StreamDecoder } from '../codec.ts'
import { doubtUsage } from '../doubt-usage.ts'
import { parseJson } from '../parse-json.ts'
import type { SseEvent } from '../sse.ts'
import { readBlocks } from './block-reader.ts'
import { decodeCacheMiss } from './cache-miss.ts'
import { decodeEnding } from './ending.ts'
import { decodeErrorEvent } from './error.ts'
import { mendUsage } from './mend-usage.ts'
import { growUsage } from './usage.ts'

export { encodeStream } from './encode-stream.ts'

const nothing: readonly Delta[] = []

/**
 * Reads a stream of the Messages API. It is complete once `message_stop` has come and a stop reason before it. What comes
 * after `message_stop`, and events of types that we do not know, spell nothing.
 */
export function decodeStream(context: DecodeContext): StreamDecoder {
  const { target } = context
  const blocks = readBlocks(target)
  const usage = growUsage()
  const mend = mendUsage(context)
  let message: { readonly id: string; readonly model: string } | undefined
  let miss: ReturnType<typeof decodeCacheMiss> = {}
  let stop: { readonly raw: string; readonly ending: Ending } | undefined

  const unreadable = (what: string) => new ReplyUnreadable(target, what)
  const readStop = (source: JsonObject): void => {
    const raw = source.stop_reason
    if (typeof raw !== 'string' || raw === '') return
    const ending = decodeEnding(raw, source.stop_sequence, source.stop_details)
    if (!ending) throw unreadable(`the unknown stop reason "${excerpt(raw, 80)}"`)
    stop = { raw, ending }
  }
  const begin = (started: JsonValue | undefined): readonly Delta[] => {
    if (!isJsonObject(started)) throw unreadable('a message_start without a message')
    // Some hosts say it twice.
    if (message && message.id !== started.id) throw unreadable('the start of another message')
    readStop(started)
    doubtUsage(context, started.usage)
    usage.take(started.usage, stop !== undefined)
    miss = decodeCacheMiss(started.diagnostics)
    if (message) return nothing
    const { id, model, content } = started
    message = {
      id: typeof id === 'string' ? id : '',
      model: (typeof model === 'string' && model) || askedModel(target),
    }
    // A turn that goes on after a tool call of the provider's own code can come whole in its first event.
    return Array.isArray(content) ? blocks.whole(content) : nothing
  }
  const read = (type: string, event: JsonObject): readonly Delta[] => {
    switch (type) {
      case 'message_start':
        return begin(event.message)
      case 'content_block_start':
        return blocks.start(event)
      case 'content_block_delta':
        return blocks.delta(event)
      case 'content_block_stop':
        return blocks.stop(event)
      case 'message_delta':
        doubtUsage(context, event.usage)
        usage.take(event.usage, true)
        if (isJsonObject(event.delta)) readStop(event.delta)
        return nothing
      case 'message_stop':
        if (blocks.open() > 0) throw unreadable('a message_stop within a block')
        decoder.closed = true
        decoder.complete = stop !== undefined
        return nothing
      case 'error':
        throw decodeErrorEvent(event, context)
      default:
        return nothing
    }
  }

  const decoder = {
    complete: false,
    closed: false,
    usageOnly: false,
    usage: null as Usage | null,
    mended: undefined as string | undefined,
    push: (sse: SseEvent): readonly Delta[] => {
      decoder.mended = undefined
      const data = sse.data?.trim()
      if (decoder.closed || data === undefined || data === '') return nothing
      const event = parse(sse.event, data, context)
      if (!event) return nothing
      const type = typeof event.type === 'string' ? event.type : isJsonObject(event.error) ? 'error' : sse.event
      if (!message && needsMessage.has(type)) throw unreadable(`a ${type} before message_start`)
      const deltas = read(type, event)
      decoder.usage = usage.usage
      decoder.mended = mend(type, event, deltas, data)
      return deltas
    },
    finish: () => {
      if (!decoder.closed) throw new StreamInterrupted(target, 'the stream ended without message_stop')
      if (!message || !stop) throw new StreamInterrupted(target, 'the message stopped without a stop reason')
      return { ...message, ending: stop.ending, rawStop: stop.raw, usage: usage.isFinal ? usage.usage : null, ...miss }
    },
  }
  return decoder
}

const needsMessage: ReadonlySet<string> = new Set([
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
])

/** Undefined for an event of a name that the dialect does not have and that holds no object. */
function parse(name: string, data: string, context: DecodeContext): JsonObject | undefined {
  let event: JsonValue
  let what = 'no JSON object'
  try {
    event = parseJson(data)
    if (isJsonObject(event)) return event
  } catch (cause) {
    event = data
    what = `no JSON (${(cause as Error).message})`
  }
  if (name === 'error') throw decodeErrorEvent(event, context)
  if (name !== 'message' && name !== 'message_start' && !needsMessage.has(name)) return undefined
  throw new ReplyUnreadable(context.target, `an event that is ${what}`)
}
