import type { Delta } from '../../core/delta.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Ending } from '../../core/reply.ts'
import type { Usage } from '../../core/usage.ts'
import { ReplyUnreadable, StreamInterrupted } from '../../errors/index.ts'
import { askedModel } from '../asked-model.ts'
import type { DecodeContext, StreamDecoder } from '../codec.ts'
import { doubtUsage } from '../doubt-usage.ts'
import { parseJson } from '../parse-json.ts'
import type { SseEvent } from '../sse.ts'
import { withServiceTier } from '../with-service-tier.ts'
import { readBlocks } from './block-reader.ts'
import { decodeEnding } from './ending.ts'
import { failureOf } from './error.ts'
import { text } from './extras.ts'
import { decodeUsage, tierOf } from './usage.ts'

const nothing: readonly Delta[] = []
const known: ReadonlySet<string> = new Set([
  'messageStart',
  'contentBlockStart',
  'contentBlockDelta',
  'contentBlockStop',
  'messageStop',
  'metadata',
])

/**
 * Reads a ConverseStream. It is complete once `messageStop` has come; usage follows it, in `metadata`, after which only that may come
 * again: the last one counts. Events of names that we do not know spell nothing.
 */
export function decodeStream(context: DecodeContext): StreamDecoder {
  const { target } = context
  const blocks = readBlocks(target)
  let isOver = false
  let stop: { readonly ending: Ending; readonly rawStop: string } | undefined

  const finish = (event: JsonObject): readonly Delta[] => {
    if (stop) throw new ReplyUnreadable(target, 'a second messageStop')
    const rawStop = text(event.stopReason)
    if (rawStop === '') throw new ReplyUnreadable(target, 'a messageStop without a stop reason')
    const ending = decodeEnding(rawStop, event.additionalModelResponseFields, target)
    stop = { ending, rawStop }
    decoder.complete = true
    return blocks.end(ending.type === 'completed')
  }
  const read = (name: string, event: JsonObject): readonly Delta[] => {
    if (stop && name.startsWith('contentBlock')) throw new ReplyUnreadable(target, 'content after its messageStop')
    switch (name) {
      case 'contentBlockStart':
        return blocks.start(event)
      case 'contentBlockDelta':
        return blocks.delta(event)
      case 'contentBlockStop':
        return blocks.stop(event)
      case 'messageStop':
        return finish(event)
      case 'metadata':
        doubtUsage(context, event.usage)
        decoder.usage = withServiceTier(decodeUsage(event.usage), tierOf(event)) ?? decoder.usage
        isOver = stop !== undefined
        return nothing
      default:
        return nothing
    }
  }

  const decoder = {
    complete: false,
    closed: false,
    usageOnly: false,
    usage: null as Usage | null,
    push: ({ event: name, data }: SseEvent): readonly Delta[] => {
      if (isOver && name !== 'metadata') return nothing
      const failure = failureOf(name, data, target)
      if (failure) throw failure
      if (!known.has(name)) return nothing
      return read(name, parse(data, target))
    },
    finish: () => {
      if (!stop) throw new StreamInterrupted(target, 'the stream ended without messageStop')
      return { id: '', model: askedModel(target), ...stop, usage: decoder.usage }
    },
  }
  return decoder
}

function parse(data: string | undefined, target: string): JsonObject {
  let event: JsonValue
  try {
    event = parseJson(data ?? '')
  } catch (cause) {
    throw new ReplyUnreadable(target, `an event that is no JSON (${(cause as Error).message})`, cause)
  }
  if (isJsonObject(event)) return event
  throw new ReplyUnreadable(target, 'an event that is no JSON object')
}
