import type { Call } from '../core/call.ts'
import { noCost } from '../core/cost.ts'
import type { Delta } from '../core/delta.ts'
import type { Handler, Stage } from '../core/handler.ts'
import type { Reply } from '../core/reply.ts'
import { CallAborted } from '../errors/index.ts'
import { callKey } from './call-key.ts'
import { aliasOf } from './routed.ts'

/**
 * Lets identical calls in flight share one upstream call, where the alias asks for it: a stampede pays once. Each reader
 * keeps its own deadline and its own pace, and may leave; the upstream stops when the last one has left. A failure fails
 * all that wait, once; it does not become a retry for each.
 */
export function coalesce(): Stage {
  const flights = new Map<string, Flight>()
  return (next) =>
    async function* coalesce(call) {
      if (!aliasOf(call).coalesce) return yield* next(call)
      const key = callKey(call)
      const running = flights.get(key)
      if (running) {
        call.story.note({ type: 'coalesced', leader: running.leader })
        const reply = yield* running.read(call.signal)
        return { ...reply, source: 'coalesced', cost: noCost, callId: call.id }
      }
      const flight = takeOff(next, call, () => flights.delete(key))
      flights.set(key, flight)
      return yield* flight.read(call.signal)
    }
}

interface Flight {
  /** The id of the call that pays. */
  readonly leader: string
  read(signal: AbortSignal): AsyncGenerator<Delta, Reply, void>
}

/** One upstream call for many readers: whoever has read all that came asks for more, so the quickest reader sets the pace. */
function takeOff(next: Handler, call: Call, land: () => void): Flight {
  const controller = new AbortController()
  const upstream = next({ ...call, signal: controller.signal })
  const deltas: Delta[] = []
  let readers = 0
  let ended: { readonly reply: Reply } | { readonly error: unknown } | undefined
  let pulling: Promise<void> | undefined

  const end = (how: NonNullable<typeof ended>) => {
    ended ??= how
    land()
  }
  const pull = (): Promise<void> => {
    pulling ??= upstream
      .next()
      .then(
        (step) => (step.done ? end({ reply: step.value }) : void deltas.push(step.value)),
        (error) => end({ error }),
      )
      .then(() => {
        pulling = undefined
      })
    return pulling
  }
  const leave = async () => {
    readers--
    if (readers > 0 || ended) return
    const error = new CallAborted()
    end({ error })
    controller.abort(error)
    await upstream.return(undefined as never).catch(() => undefined)
  }

  return {
    leader: call.id,
    async *read(signal) {
      readers++
      try {
        for (let at = 0; ; ) {
          const delta = deltas[at]
          if (delta) {
            at++
            yield delta
          } else if (ended) {
            if ('error' in ended) throw ended.error
            return ended.reply
          } else {
            await unlessAborted(pull(), signal)
          }
        }
      } finally {
        await leave()
      }
    },
  }
}

/** Waits for the work, but no longer than the signal allows; the work itself goes on. */
function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
