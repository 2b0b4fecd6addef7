import { setTimeout as sleep } from 'node:timers/promises'
import { addDelta, type Delta, type ProviderPart } from '../core/delta.ts'
import type { ProviderReply } from '../core/provider.ts'
import { StreamInterrupted } from '../errors/index.ts'
import type { DecodeContext, TargetCodec } from '../wire/codec.ts'
import { readSse } from '../wire/sse.ts'
import type { Exchange } from './exchange.ts'

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
  let late: Promise<void> | undefined
  while (!decoder.closed) {
    if (decoder.complete) late ??= sleep(lateMs, undefined, { ref: false })
    // The answer is whole: a connection that breaks or lingers now takes nothing from it but late usage.
    const part = await (late ? Promise.race([exchange.next(), late]).catch(() => undefined) : exchange.next())
    if (part?.type !== 'data') break
    const frames: Uint8Array[] = []
    const deltas: Delta[] = []
    let failure: unknown
    try {
      for (const event of events.push(part.bytes)) {
        const spelt = decoder.push(event)
        if (decoder.closed && !decoder.complete) break
        if (passes && !(withholdsUsage && decoder.usageOnly)) frames.push(event.raw)
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
  }
  if (events.midEvent() && !decoder.complete)
    throw new StreamInterrupted(context.target, 'the stream ended in the middle of an event')
  const reply = decoder.finish()
  exchange.release()
  return reply
}

const join = (frames: readonly Uint8Array[]) => (frames.length === 1 && frames[0] ? frames[0] : Buffer.concat(frames))
