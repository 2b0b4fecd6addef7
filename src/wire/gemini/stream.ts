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
import { blockedPrompt, decodeEnding } from './ending.ts'
import { failureIn, failureOf } from './error.ts'
import { text } from './extras.ts'
import { readParts } from './part-reader.ts'
import { growUsage } from './usage.ts'

export { encodeStream } from './encode-stream.ts'

const nothing: readonly Delta[] = []

/**
 * Reads a stream of `GenerateContentResponse` frames. It is complete once the first candidate has said why it ended, or the
 * prompt was blocked; other candidates only have to end, too.
 */
export function decodeStream(context: DecodeContext): StreamDecoder {
  const { target } = context
  const usage = growUsage()
  let id = ''
  let model = ''
  let stop: { readonly ending: Ending; readonly rawStop: string } | undefined
  const unfinished = new Set<number>()
  const parts = readParts(target, () => id)

  const readOther = (index: number, { finishReason }: JsonObject): void => {
    if (text(finishReason) === '') unfinished.add(index)
    else unfinished.delete(index)
  }
  const readFirst = (candidate: JsonObject): void => {
    if (parts.add(candidate) && stop) throw new ReplyUnreadable(target, 'content after its finishReason')
    const rawStop = text(candidate.finishReason)
    if (rawStop === '' || rawStop === 'FINISH_REASON_UNSPECIFIED' || stop) return
    const ending = decodeEnding(candidate, parts.hasCalls, target)
    parts.end(ending.type === 'completed')
    stop = { ending, rawStop }
  }
  const readFrame = (frame: JsonObject): void => {
    id ||= text(frame.responseId)
    model ||= text(frame.modelVersion)
    const candidates = Array.isArray(frame.candidates) ? frame.candidates.filter(isJsonObject) : []
    for (const candidate of candidates) {
      const index = typeof candidate.index === 'number' ? candidate.index : 0
      if (index === 0) readFirst(candidate)
      else readOther(index, candidate)
    }
    if (candidates.length === 0) stop ??= blockedPrompt(frame)
    doubtUsage(context, frame.usageMetadata)
    usage.take(frame.usageMetadata, stop !== undefined)
    decoder.usage = usage.usage
    decoder.usageOnly = candidates.length === 0 && frame.usageMetadata !== undefined
  }

  const decoder = {
    complete: false,
    closed: false,
    usageOnly: false,
    usage: null as Usage | null,
    push: (event: SseEvent): readonly Delta[] => {
      decoder.usageOnly = false
      const data = event.data?.trim()
      if (data === undefined || data === '') return nothing
      const frame = parseFrame(event, data, target)
      if (!frame) return nothing
      readFrame(frame)
      decoder.complete = stop !== undefined && unfinished.size === 0
      return parts.take()
    },
    finish: () => {
      if (!stop || unfinished.size > 0) {
        throw new StreamInterrupted(target, 'the stream ended without a finishReason')
      }
      return { id, model: model || askedModel(target), ...stop, usage: usage.isFinal ? usage.usage : null }
    },
  }
  return decoder
}

/** Undefined for an event of a name that the dialect does not have and that holds no frame. */
function parseFrame({ event }: SseEvent, data: string, target: string): JsonObject | undefined {
  const isOwn = event === 'message'
  let frame: JsonValue
  try {
    frame = parseJson(data)
  } catch (cause) {
    if (event === 'error') throw failureOf(data, target)
    if (!isOwn) return undefined
    throw new ReplyUnreadable(target, `a stream frame that is no JSON (${excerpt(data, 80)})`, cause)
  }
  if (event === 'error') throw failureOf(frame, target)
  const failure = failureIn(frame, target)
  if (failure) throw failure
  if (isJsonObject(frame)) return isOwn || Array.isArray(frame.candidates) ? frame : undefined
  if (!isOwn) return undefined
  throw new ReplyUnreadable(target, `a stream frame that is no object (${excerpt(data, 80)})`)
}
