import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'

/** One thing that happens on the wire, in order. */
export type ExchangePart =
  | { readonly type: 'connected' }
  | { readonly type: 'answered'; readonly status: number; readonly headers: IncomingHttpHeaders }
  | { readonly type: 'data'; readonly bytes: Buffer }
  | { readonly type: 'end' }

/** One HTTP request and its response, pulled part by part. */
export interface Exchange {
  /** The next part. Rejects with the signal's reason when it aborts, or with the transport's error; both after what came before. */
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
 * attempt's. Aborting works before the connection is there, while waiting, and in the middle of the body.
 */
export function openExchange(dispatcher: Dispatch, request: Dispatcher.DispatchOptions, signal: AbortSignal): Exchange {
  const queue: ExchangePart[] = []
  let queuedBytes = 0
  let waiter: { resolve(part: ExchangePart): void; reject(error: unknown): void } | undefined
  let failure: { readonly error: unknown } | undefined
  let socket: Dispatcher.DispatchController | undefined
  let isReleased = false
  let isEnded = false

  const give = (part: ExchangePart): void => {
    if (waiter) {
      const { resolve } = waiter
      waiter = undefined
      resolve(part)
      return
    }
    queue.push(part)
    if (part.type !== 'data') return
    queuedBytes += part.bytes.length
    if (queuedBytes > highWaterBytes) socket?.pause()
  }
  const fail = (error: unknown): void => {
    failure ??= { error }
    signal.removeEventListener('abort', abort)
    if (!waiter) return
    const { reject } = waiter
    waiter = undefined
    reject(failure.error)
  }
  const end = (): void => {
    isEnded = true
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
      onRequestStart(controller) {
        socket = controller
        if (failure || isReleased) disconnect(failure?.error)
        else give({ type: 'connected' })
      },
      onResponseStart(_controller, status, headers) {
        if (status >= 200) give({ type: 'answered', status, headers })
      },
      onResponseData(_controller, bytes) {
        if (isReleased) disconnect(undefined)
        else give({ type: 'data', bytes })
      },
      onResponseEnd() {
        end()
        give({ type: 'end' })
      },
      onResponseError(_controller, error) {
        end()
        fail(error)
      },
    })
  }

  return {
    next() {
      const part = queue.shift()
      if (part) {
        if (part.type === 'data') {
          const wasFull = queuedBytes > highWaterBytes
          queuedBytes -= part.bytes.length
          if (wasFull && queuedBytes <= highWaterBytes) socket?.resume()
        }
        return Promise.resolve(part)
      }
      if (failure) return Promise.reject(failure.error)
      return new Promise((resolve, reject) => {
        waiter = { resolve, reject }
      })
    },
    release() {
      if (isEnded || isReleased) return
      isReleased = true
      signal.removeEventListener('abort', abort)
      socket?.resume()
      setTimeout(() => disconnect(undefined), releaseMs).unref()
    },
    close() {
      if (isEnded || isReleased) return
      signal.removeEventListener('abort', abort)
      failure ??= { error: new Error('The exchange was closed.') }
      disconnect(failure.error)
    },
  }
}
