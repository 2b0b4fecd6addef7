import type { Delta } from '../../core/delta.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Ending } from '../../core/reply.ts'
import type { Usage } from '../../core/usage.ts'
import { ReplyUnreadable, StreamInterrupted } from '../../errors/index.ts'
import { askedModel } from '../asked-model.ts'
import { excerpt } from '../classify.ts'
import type { DecodeContext, StreamDecoder } from '../codec.ts'
import { doubtUsage } from '../doubt-usage.ts'
import { text } from '../openai/fields.ts'
import { parseJson } from '../parse-json.ts'
import type { SseEvent } from '../sse.ts'
import { withServiceTier } from '../with-service-tier.ts'
import { assembleDeltas } from './assemble-deltas.ts'
import { decodeEnding } from './ending.ts'
import { failureIn, failureOf } from './error.ts'
import { reasoningFields } from './types.ts'
import { decodeUsage } from './usage.ts'

export { encodeStream } from './encode-stream.ts'

/** Reads one stream of `chat.completion.chunk` frames. Deltas are those of the first choice; the others only have to end, too. */
export function decodeStream(context: DecodeContext): StreamDecoder {
  const { target, quirks } = context
  const terminal = quirks.terminal ?? 'stop-reason'
  let id = ''
  let model = ''
  let tier: JsonValue | undefined
  let rawStop = ''
  let ending: Ending | undefined
  let hasBegun = false
  const unfinished = new Set<number>()
  const blocks = assembleDeltas(target, () => id)

  const end = (choice: JsonObject): void => {
    ending = decodeEnding(rawStop, choice, blocks, target)
    blocks.end(ending.type === 'completed')
  }

  const readChoice = (choice: JsonObject): void => {
    const failure = failureIn(choice, target)
    if (failure) throw failure
    const stop = text(choice.finish_reason)
    const index = typeof choice.index === 'number' ? choice.index : 0
    if (index !== 0) {
      if (stop === '') unfinished.add(index)
      else unfinished.delete(index)
      return
    }
    if (ending) {
      if (isJsonObject(choice.delta) && hasWords(choice.delta)) throw new ReplyUnreadable(target, afterEnd)
      return
    }
    if (isJsonObject(choice.delta)) blocks.add(choice.delta)
    if (stop === '') return
    rawStop = stop
    end(choice)
  }

  const readFrame = (frame: JsonObject): void => {
    const failure = failureIn(frame, target) ?? groqFailure(frame, target)
    if (failure) throw failure
    hasBegun = true
    id ||= text(frame.id)
    model ||= text(frame.model)
    doubtUsage(context, frame.usage)
    tier = frame.service_tier ?? tier
    const counted = decodeUsage(frame.usage) ?? decodeUsage(groqUsage(frame))
    if (counted) decoder.usage = withServiceTier(counted, tier)
    const choices = Array.isArray(frame.choices) ? frame.choices.filter(isJsonObject) : []
    decoder.usageOnly = counted !== null && choices.length === 0
    for (const choice of choices) readChoice(choice)
  }

  const decoder = {
    complete: false,
    closed: false,
    usageOnly: false,
    usage: null as Usage | null,
    push: (event: SseEvent): readonly Delta[] => {
      decoder.usageOnly = false
      const data = event.data?.trim()
      if (decoder.closed || data === undefined || data === '') return []
      if (data === '[DONE]') {
        decoder.closed = true
        if (!ending && terminal === 'done' && hasBegun) end({})
        decoder.complete = ending !== undefined && unfinished.size === 0
        return blocks.take()
      }
      const frame = parseFrame(event, data, target)
      if (frame) readFrame(frame)
      decoder.complete = ending !== undefined && unfinished.size === 0
      return blocks.take()
    },
    finish: () => {
      if (!ending && terminal === 'eof' && hasBegun) end({})
      if (!ending || unfinished.size > 0) {
        throw new StreamInterrupted(
          target,
          `the stream ended${decoder.closed ? ' with [DONE]' : ''} without a finish_reason`,
        )
      }
      return { id, model: model || askedModel(target), ending, rawStop, usage: decoder.usage }
    },
  }
  return decoder
}

const afterEnd = 'content after its finish_reason'

/** Undefined for an event of a name that the dialect does not have and that holds no frame. */
function parseFrame(event: SseEvent, data: string, target: string): JsonObject | undefined {
  const isOwn = event.event === 'message' || event.event === 'error'
  let frame: JsonValue
  try {
    frame = parseJson(data)
  } catch (cause) {
    if (!isOwn) return undefined
    if (event.event === 'error') throw failureOf(data, target)
    throw new ReplyUnreadable(target, `a stream frame that is no JSON (${excerpt(data, 80)})`, cause)
  }
  if (event.event === 'error') throw failureOf(frame, target)
  if (isJsonObject(frame)) return isOwn || Array.isArray(frame.choices) ? frame : undefined
  if (!isOwn) return undefined
  throw new ReplyUnreadable(target, `a stream frame that is no object (${excerpt(data, 80)})`)
}

function hasWords(delta: JsonObject): boolean {
  const hasEntries = [delta.tool_calls, delta.content].some((list) => Array.isArray(list) && list.length > 0)
  return hasEntries || ['content', 'refusal', ...reasoningFields].some((field) => text(delta[field]) !== '')
}

function groqUsage({ x_groq: groq }: JsonObject): JsonValue | undefined {
  return isJsonObject(groq) ? groq.usage : undefined
}

function groqFailure({ x_groq: groq }: JsonObject, target: string): ReturnType<typeof failureIn> {
  return isJsonObject(groq) ? failureIn(groq, target) : undefined
}
