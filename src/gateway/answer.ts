import type { ServerResponse } from 'node:http'
import type { Call } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import { close, drain, type Handler } from '../core/handler.ts'
import { asInseamError } from '../errors/index.ts'
import type { AnswerContext, ClientOperation, Codec, StreamEncoder } from '../wire/codec.ts'
import { pingSilence } from './ping-silence.ts'
import { refuse } from './refuse.ts'
import { replyHeaders, streamHeaders } from './reply-headers.ts'
import { type Headers, send } from './send.ts'
import { writeAtPace } from './write-at-pace.ts'

/** What an answer is made from. */
export interface AnswerOptions {
  /** Answers the call. */
  readonly run: Handler
  readonly codec: Codec
  /** What is asked for where it is no answer. */
  readonly operation?: ClientOperation
  readonly context: AnswerContext
  readonly pace: Pace
  /** Further headers, known by the first delta or the reply. */
  readonly headers?: Headers
}

/** What is asked of the time between two writes. */
export interface Pace {
  readonly clock: Clock
  /** After how much silence a stream is pinged, in milliseconds. Absent: never. */
  readonly pingMs: number | undefined
  /** How long the reader may take nothing, in milliseconds. */
  readonly readerTimeoutMs: number
}

/** Runs a call and writes its answer, whole or as a stream, in the caller's dialect; its errors too. Never throws. */
export async function answer(call: Call, response: ServerResponse, options: AnswerOptions): Promise<void> {
  try {
    if (call.request.stream) await answerStream(call, response, options)
    else await answerWhole(call, response, options)
  } catch (thrown) {
    refuse(response, asInseamError(thrown), options.codec, call)
  }
}

async function answerWhole(
  call: Call,
  response: ServerResponse,
  { run, codec, operation, context, headers }: AnswerOptions,
): Promise<void> {
  const reply = await drain(run(call))
  if (reply.wire?.dialect === codec.dialect) {
    send(response, 200, reply.wire.body, { ...replyHeaders(call, reply), ...headers })
    return
  }
  const { body, losses } = operation
    ? operation.encodeReply(reply, context, call.request)
    : codec.encodeReply(reply, context)
  call.story.lose(losses)
  send(response, 200, JSON.stringify(body), { ...replyHeaders(call, reply), ...headers })
}

/**
 * Headers go out with the first content, or with the first ping where it is long in coming, so that a failure before it is a plain
 * HTTP error; one after it is the dialect's in-band error, and nothing follows that could be taken for success.
 */
async function answerStream(
  call: Call,
  response: ServerResponse,
  { run, codec, context, pace, headers }: AnswerOptions,
): Promise<void> {
  const running = run(call)
  const write = writeAtPace(response, call.signal, pace.readerTimeoutMs)
  const pings = pingSilence(call, response, codec, pace)
  let encoder: StreamEncoder | undefined
  let passes = false
  let told = 0
  /** The record has what the stream could not say, and has it before the call ends. */
  const tellLosses = () => {
    if (!encoder || encoder.losses.length === told) return
    call.story.lose(encoder.losses.slice(told))
    told = encoder.losses.length
  }
  try {
    for (;;) {
      const step = await running.next()
      if (response.destroyed) return
      pings.rest()
      if (!response.headersSent) response.writeHead(200, { ...streamHeaders(call), ...headers })
      if (step.done) {
        if (!passes) {
          encoder ??= codec.encodeStream(context)
          response.write(encoder.end(step.value))
          tellLosses()
        }
        response.end()
        return
      }
      const delta = step.value
      let chunk: string | Uint8Array
      if (delta.type === 'frames') {
        passes = true
        chunk = delta.bytes
      } else {
        encoder ??= codec.encodeStream(context)
        chunk = encoder.push(delta)
        tellLosses()
      }
      const paced = chunk.length === 0 ? undefined : write(chunk)
      if (paced) await paced
      pings.watch()
    }
  } catch (thrown) {
    if (!response.headersSent) throw thrown
    if (!response.destroyed) response.end((encoder ?? codec.encodeStream(context)).fail(asInseamError(thrown), passes))
  } finally {
    pings.stop()
    await close(running)
  }
}
