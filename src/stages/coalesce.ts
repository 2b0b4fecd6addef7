import type { Call } from '../core/call.ts'
import { noCost } from '../core/cost.ts'
import type { Delta } from '../core/delta.ts'
import { close, type Handler, type Stage } from '../core/handler.ts'
import type { Reply } from '../core/reply.ts'
import { CallAborted } from '../errors/index.ts'
import { callKey } from './call-key.ts'
import { interruptible } from './interruptible.ts'
import { relayStory } from './relay-story.ts'
import { aliasOf } from './routed.ts'

/**
 * Lets identical calls in flight share one upstream call, where the alias asks for it: a stampede pays once. Each reader
 * keeps its own deadline and its own pace, and may leave; the upstream has until the latest of their deadlines, and stops
 * when the last one has left. The first reader pays; where it leaves, the next one does. A failure fails all that wait,
 * once; it does not become a retry for each.
 */
export function coalesce(): Stage {
  const flights = new Map<string, Flight>()
  const join = (next: Handler, call: Call): Flight => {
    const key = callKey(call)
    const running = flights.get(key)
    if (running) {
      call.story.note({ type: 'coalesced', leader: running.leader })
      return running
    }
    const flight = takeOff(next, call, () => flights.delete(key))
    flights.set(key, flight)
    return flight
  }
  return (next) => {
    async function* share(call: Call): AsyncGenerator<Delta, Reply, void> {
      if (call.signal.aborted) throw call.signal.reason
      return yield* join(next, call).read(call)
    }
    return function coalesce(call) {
      return aliasOf(call).coalesce ? share(call) : next(call)
    }
  }
}

interface Flight {
  /** The id of the call that began it. */
  readonly leader: string
  read(call: Call): AsyncGenerator<Delta, Reply, void>
}

type End = { readonly reply: Reply } | { readonly error: unknown }

/** One upstream call for many readers: whoever has read all that came asks for more, so the quickest reader sets the pace. */
function takeOff(next: Handler, leader: Call, land: () => void): Flight {
  const controller = new AbortController()
  const readers = new Set<Call>()
  const deltas: Delta[] = []
  let payer = leader
  let ended: End | undefined
  let pulling: Promise<void> | undefined
  let closed: Promise<void> | undefined
  let deadlineAt = leader.deadlineAt
  /** That of the reader with the most time; once all have left, what it was. */
  const latestDeadline = () => {
    if (readers.size > 0) deadlineAt = Math.max(...Array.from(readers, (reader) => reader.deadlineAt))
    return deadlineAt
  }
  const upstream = next({
    ...leader,
    signal: controller.signal,
    story: relayStory(() => payer.story),
    latestDeadline,
  })

  const end = (how: End): void => {
    if (ended) return
    ended = how
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
  const leave = (call: Call): void => {
    if (!readers.delete(call) || ended) return
    const [successor] = readers
    if (successor) {
      if (payer === call) payer = successor
      return
    }
    const error = call.signal.aborted ? call.signal.reason : new CallAborted()
    end({ error })
    controller.abort(error)
    closed = close(upstream).catch(() => undefined)
  }

  return {
    leader: leader.id,
    async *read(call) {
      const { signal } = call
      const reading = interruptible()
      const abort = () => {
        leave(call)
        reading.interrupt(signal.reason)
      }
      readers.add(call)
      signal.addEventListener('abort', abort, { once: true })
      try {
        for (let at = 0; ; ) {
          if (signal.aborted) throw signal.reason
          const delta = deltas[at]
          if (delta) {
            at++
            yield delta
          } else if (!ended) await reading.wait(pull())
          else if ('error' in ended) throw ended.error
          else if (call === payer) return { ...ended.reply, callId: call.id }
          else
            return { ...ended.reply, source: 'coalesced', cost: noCost, sparedCost: ended.reply.cost, callId: call.id }
        }
      } finally {
        signal.removeEventListener('abort', abort)
        leave(call)
        await closed
      }
    },
  }
}
