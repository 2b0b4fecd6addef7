import { addDelta, type Delta, type ProviderPart } from '../core/delta.ts'
import type { ProviderReply } from '../core/provider.ts'
import { StreamInterrupted } from '../errors/index.ts'
import type { DecodeContext, TargetCodec } from '../wire/codec.ts'
import { readSse, type SseEvent } from '../wire/sse.ts'
import type { Exchange, ExchangePart } from './exchange.ts'

/** How a stream is read. */
export interface ReadStreamOptions {
  readonly codec: TargetCodec
  readonly context: DecodeContext
  /** The caller speaks the same dialect: its frames go back as they came. */
  readonly passes: boolean
  /** Usage was asked for on the caller's behalf: the frame that brings it is not passed on. */
  readonly withholdsUsage: boolean
}

/** How long an answer that is complete may still bring its usage before it is taken as it is, in milliseconds. */
const lateMs = 500

/**
 * Reads a streamed answer: what one read of the socket brought goes on together. Throws `StreamInterrupted` without the
 * dialect's terminal signal, after all that came before.
 */
export async function* readStream(
  exchange: Exchange,
  { codec, context, passes, withholdsUsage }: ReadStreamOptions,
): AsyncGenerator<ProviderPart, ProviderReply, void> {
  const decoder = codec.decodeStream(context)
  const events =
    codec.framing === 'event-stream'
      ? (await import('../wire/event-stream.ts')).readEventStream(context.target)
      : readSse(context.target)
  let usage = decoder.usage
  const late = patience(lateMs)
  try {
    while (!decoder.closed) {
      // The answer is whole: a connection that breaks or lingers now takes nothing from it but late usage.
      const part = await (decoder.complete ? late.wait(exchange.next()) : exchange.next())
      if (part?.type !== 'data') break
      const frames: Uint8Array[] = []
      const deltas: Delta[] = []
      let failure: unknown
      let arrived: readonly SseEvent[] = []
      let broken: unknown
      try {
        arrived = events.push(part.bytes)
        broken = events.failure?.()
      } catch (error) {
        broken = error
      }
      try {
        for (const event of arrived) {
          if (decoder.closed) break
          const spelt = decoder.push(event)
          if (decoder.closed && !decoder.complete) break
          if (passes && !(withholdsUsage && decoder.usageOnly))
            frames.push(decoder.mended === undefined ? event.raw : Buffer.from(decoder.mended))
          for (const delta of spelt) addDelta(deltas, delta)
        }
      } catch (error) {
        failure = error
      }
      if (passes) {
        if (frames.length > 0) yield { type: 'frames', bytes: join(frames), deltas }
      } else yield* deltas
      if (decoder.usage && decoder.usage !== usage) {
        usage = decoder.usage
        yield { type: 'usage', usage }
      }
      if (failure) throw failure
      // Bytes that are no events take nothing from an answer that is whole.
      if (broken && decoder.complete) break
      if (broken) throw broken
    }
  } finally {
    late.end()
  }
  if (events.midEvent() && !decoder.complete)
    throw new StreamInterrupted(context.target, 'the stream ended in the middle of an event')
  const reply = decoder.finish()
  exchange.release()
  return reply
}

const join = (frames: readonly Uint8Array[]) => (frames.length === 1 && frames[0] ? frames[0] : Buffer.concat(frames))

/** Waits for parts that may come late: for all of them together no longer than `limitMs`. */
function patience(limitMs: number) {
  let timer: NodeJS.Timeout | undefined
  let over: Promise<undefined> | undefined
  return {
    /** Undefined where it fails, or time is over. */
    wait: (part: Promise<ExchangePart>): Promise<ExchangePart | undefined> => {
      over ??= new Promise((resolve) => {
        timer = setTimeout(resolve, limitMs, undefined)
      })
      return Promise.race([part, over]).catch(() => undefined)
    },
    end: () => clearTimeout(timer),
  }
}
