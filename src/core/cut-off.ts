import type { Clock } from './clock.ts'

/** How a piece of work ended: by itself, or cut off. */
export type Ended<T> =
  | { readonly type: 'done'; readonly value: T }
  | { readonly type: 'failed'; readonly cause: unknown }
  | { readonly type: 'timed-out' }
  /** The signal aborted, before it began or while it ran. */
  | { readonly type: 'stopped' }

/** When work is cut off. */
export interface CutOffOptions {
  readonly clock: Clock
  /** Default: no limit. */
  readonly timeoutMs?: number
  /** Default: nobody stops it. */
  readonly signal?: AbortSignal
}

/**
 * Lets work run until it ends, its time is over, or the signal aborts, whichever is first. Cut off, the work is told by its own
 * signal and waited for no longer: what it gives or throws later is nobody's. Never throws; leaves neither timer nor listener.
 */
export function cutOff<T>(
  work: (signal: AbortSignal) => T | PromiseLike<T>,
  { clock, timeoutMs, signal }: CutOffOptions,
): Promise<Ended<T>> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve({ type: 'stopped' })
    const own = new AbortController()
    const end = (ended: Ended<T>) => {
      timer?.cancel()
      signal?.removeEventListener('abort', stop)
      resolve(ended)
    }
    const stop = () => {
      end({ type: 'stopped' })
      own.abort(signal?.reason)
    }
    const expire = () => {
      end({ type: 'timed-out' })
      own.abort(new DOMException(`It took longer than ${timeoutMs} ms.`, 'TimeoutError'))
    }
    const timer = timeoutMs === undefined ? undefined : clock.timer(timeoutMs, expire)
    signal?.addEventListener('abort', stop, { once: true })
    new Promise<T>((give) => give(work(own.signal))).then(
      (value) => end({ type: 'done', value }),
      (cause: unknown) => end({ type: 'failed', cause }),
    )
  })
}
