import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { brokenConnection } from './broken-connection.ts'

/** One thing that happens on the wire, in order. */
export type ExchangePart =
  | { readonly type: 'connected' }
  | { readonly type: 'answered'; readonly status: number; readonly headers: IncomingHttpHeaders }
  | { readonly type: 'data'; readonly bytes: Buffer }
  | { readonly type: 'end' }

/** One HTTP request and its response, pulled part by part. */
export interface Exchange {
  /**
   * The next part. Rejects with the signal's reason when it aborts; and where the connection breaks, after what came before,
   * with `connection-failed`, or `stream-interrupted` once an answer had begun.
   */
  next(): Promise<ExchangePart>
  /** The reader has what it wants: lets the response end by itself, so that the connection can be used again. */
  release(): void
  /** Closes the socket unless the response has ended. */
  close(): void
}

/** More than this many unread bytes pause the socket. */
const highWaterBytes = 256 * 1024

/** How long a released response may take to end before its socket is closed, in milliseconds. */
const releaseMs = 500

/** The subset of undici's dispatcher that is used. */
export type Dispatch = Pick<Dispatcher, 'dispatch'>

/**
 * Sends a request over undici's `dispatch`, the cheapest way in. undici's own timeouts are off: the clocks are the
 * attempt's. Aborting works before the connection is there, while waiting, and in the middle of the body. `target` is who
 * errors name.
 */
export function openExchange(
  dispatcher: Dispatch,
  request: Dispatcher.DispatchOptions,
  signal: AbortSignal,
  target: string,
): Exchange {
  const queue: ExchangePart[] = []
  let queuedBytes = 0
  let wake: (() => void) | undefined
  let failure: { readonly error: unknown } | undefined
  let socket: Dispatcher.DispatchController | undefined
  let isReleased = false
  let lingering: NodeJS.Timeout | undefined
  let isEnded = false
  let hasAnswered = false

  const give = (part: ExchangePart): void => {
    queue.push(part)
    wake?.()
    if (part.type !== 'data') return
    queuedBytes += part.bytes.length
    if (queuedBytes > highWaterBytes) socket?.pause()
  }
  const fail = (error: unknown): void => {
    failure ??= { error }
    signal.removeEventListener('abort', abort)
    wake?.()
  }
  const end = (): void => {
    isEnded = true
    clearTimeout(lingering)
    signal.removeEventListener('abort', abort)
  }
  const disconnect = (reason: unknown): void => {
    if (!isEnded) socket?.abort(reason instanceof Error ? reason : new Error('The exchange was abandoned.'))
  }
  const abort = (): void => {
    queue.length = 0
    fail(signal.reason)
    disconnect(signal.reason)
  }

  if (signal.aborted) fail(signal.reason)
  else {
    signal.addEventListener('abort', abort, { once: true })
    dispatcher.dispatch(request, {
      onRequestStart: (controller) => {
        socket = controller
        if (failure || isReleased) disconnect(failure?.error)
        else give({ type: 'connected' })
      },
      onResponseStart: (_controller, status, headers) => {
        if (status < 200) return
        hasAnswered = true
        give({ type: 'answered', status, headers })
      },
      onResponseData: (_controller, bytes) => {
        if (isReleased) disconnect(undefined)
        else give({ type: 'data', bytes })
      },
      onResponseEnd: () => {
        end()
        give({ type: 'end' })
      },
      onResponseError: (_controller, error) => {
        end()
        fail(brokenConnection(error, target, hasAnswered))
      },
    })
  }

  /** What one read of the socket brought in many chunks is given in one part: each part costs its reader several turns. */
  const takeData = (first: Buffer): ExchangePart => {
    const wasFull = queuedBytes > highWaterBytes
    queuedBytes -= first.length
    const chunks = [first]
    for (let part = queue[0]; part?.type === 'data'; part = queue[0]) {
      queue.shift()
      queuedBytes -= part.bytes.length
      chunks.push(part.bytes)
    }
    if (wasFull) socket?.resume()
    return { type: 'data', bytes: chunks.length === 1 ? first : Buffer.concat(chunks) }
  }

  return {
    next: async () => {
      while (queue.length === 0) {
        if (failure) throw failure.error
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      const part = queue.shift() as ExchangePart
      return part.type === 'data' ? takeData(part.bytes) : part
    },
    release: () => {
      if (isEnded || isReleased) return
      isReleased = true
      signal.removeEventListener('abort', abort)
      socket?.resume()
      lingering = setTimeout(disconnect, releaseMs, undefined).unref()
    },
    close: () => {
      if (isEnded || isReleased) return
      signal.removeEventListener('abort', abort)
      failure ??= { error: new Error('The exchange was closed.') }
      disconnect(failure.error)
    },
  }
}
