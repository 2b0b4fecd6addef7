import type { Call } from '../core/call.ts'
import type { Timer } from '../core/clock.ts'
import { counted, milliseconds } from '../core/figures.ts'
import type { LoadClass } from '../core/load-class.ts'
import type { Slot } from '../core/slot.ts'
import { InseamError } from '../errors/index.ts'
import { deadlineOf } from './routed.ts'
import { type Ask, createTargetCapacity, type TargetCapacityOptions } from './target-capacity.ts'
import { createWaitingLine } from './waiting-line.ts'

/** What a gate needs. */
export interface GateOptions extends TargetCapacityOptions {
  /** The longest that a call waits here which has another target to go to, in milliseconds. Default 250. */
  readonly patienceMs?: number
}

/** Lets calls to one target through as fast as it takes them. */
export interface Gate {
  /** Whether a call would pass without waiting, and nothing is near its limit. */
  isFree(call: Call): boolean
  /** A place for a call that is let through whatever the limits say. */
  take(call: Call): Slot
  /**
   * A place, once there is one. Throws `throttled` where the wait would be too long or too many wait, and the signal's reason as soon as
   * it aborts.
   */
  enter(call: Call): Promise<Slot>
  readonly inFlight: number
  readonly waiting: number
}

/** Unless the operator says otherwise. */
const usualQueue = 1_000
interface Waiter extends Ask {
  readonly call: Call
  readonly deadlineAt: number
  readonly since: number
  readonly admit: (slot: Slot) => void
  readonly turnAway: (error: InseamError) => void
}

/**
 * Stands before one target: provider, model and credential. Holds calls back where the provider has said that it takes no more (its
 * 429, its rate-limit headers), where the operator has, or where more in flight than it lately took would be turned away; they wait in
 * a {@link createWaitingLine}.
 */
export function createGate({ patienceMs = 250, ...options }: GateOptions): Gate {
  const { clock, target, operator } = options
  const line = createWaitingLine<Waiter>()
  let timer: Timer | undefined

  /** Lets through whoever may go now, and sees to it that the next one will be. */
  const pump = (): void => {
    timer?.cancel()
    timer = undefined
    for (let next = line.first(); next; next = line.first()) {
      const now = clock.now()
      const ms = waitMs(next, now)
      if (ms > 0) {
        operator.wait(pump)
        if (Number.isFinite(ms)) timer = clock.timer(ms, pump)
        return
      }
      line.remove(next)
      operator.stopWaiting(pump)
      next.admit(capacity.open(next.call, next, now, next.since))
    }
    operator.stopWaiting(pump)
  }
  const capacity = createTargetCapacity(options, pump)
  const waitMs = (ask: Ask, now: number) => capacity.waitMs(ask, now, line.count('interactive') > 0)

  const refuse = (call: Call, because: string, queuedMs: number, retryAfterMs?: number): InseamError => {
    call.story.note({ type: 'shed', target: target.name, ms: queuedMs, because })
    return new InseamError('throttled', `${target.name} is not asked: ${because}.`, {
      fix: `Add a target to fall back to, raise the limit (that of "${target.provider}" under \`limits\`, or with the provider itself), or send what can wait as \`batch\`.`,
      retryAfterMs: retryAfterMs !== undefined && retryAfterMs > 0 ? Math.ceil(retryAfterMs) : undefined,
    })
  }

  /** Why a call should not even begin to wait. */
  const whyNot = (call: Call, likelyMs: number, now: number): string | undefined => {
    const wait = `a place is likely in ${milliseconds(likelyMs)}`
    const leftMs = deadlineOf(call) - now
    if (likelyMs > leftMs) return `${wait}, and the call has ${milliseconds(leftMs)} left`
    if ((call.fallbacksLeft ?? 0) > 0 && likelyMs > patienceMs) return `${wait}, and another target need not wait`
    const { queue = usualQueue } = operator.limits
    const isFull = line.size >= queue && (classOf(call) === 'batch' || line.count('batch') === 0)
    return isFull
      ? `it takes no more now, and ${queue === 0 ? 'none' : counted(queue, 'call')} may wait for it`
      : undefined
  }

  const wait = (call: Call, ask: Ask, likelyMs: number, now: number) =>
    new Promise<Slot>((resolve, reject) => {
      let patience: Timer | undefined
      const stop = () => {
        patience?.cancel()
        call.signal.removeEventListener('abort', leave)
      }
      const leave = () => {
        stop()
        line.remove(waiter)
        call.story.note({ type: 'left-queue', target: target.name, ms: clock.now() - now })
        reject(call.signal.reason)
        pump()
      }
      const waiter: Waiter = {
        ...ask,
        call,
        deadlineAt: deadlineOf(call),
        since: now,
        admit: (slot) => {
          stop()
          call.story.note({ type: 'let-through', target: target.name, ms: slot.queuedMs })
          resolve(slot)
        },
        turnAway: (error) => {
          stop()
          line.remove(waiter)
          reject(error)
        },
      }
      if ((call.fallbacksLeft ?? 0) > 0) {
        patience = clock.timer(patienceMs, () => {
          const because = `it was waited for ${milliseconds(patienceMs)}, and another target need not wait`
          waiter.turnAway(refuse(call, because, clock.now() - now))
          pump()
        })
      }
      call.signal.addEventListener('abort', leave, { once: true })
      call.story.note({ type: 'queued', target: target.name, ahead: line.ahead(waiter), likelyMs })
      line.add(waiter)
      makeRoom(now)
      pump()
    })

  /** Where one too many waits, the last of the batch calls goes. */
  const makeRoom = (now: number) => {
    const { queue = usualQueue } = operator.limits
    const last = line.size > queue ? line.lastBatch() : undefined
    last?.turnAway(refuse(last.call, 'its place in the queue went to an interactive call', now - last.since))
  }

  return {
    get inFlight() {
      return capacity.inFlight
    },
    get waiting() {
      return line.size
    },
    isFree: (call) => line.size === 0 && capacity.hasPlenty(call),
    take(call) {
      const now = clock.now()
      return capacity.open(call, { loadClass: classOf(call), need: capacity.quickNeedOf(call) }, now, now)
    },
    async enter(call) {
      if (call.signal.aborted) throw call.signal.reason
      const now = clock.now()
      const ask = { loadClass: classOf(call), need: capacity.needOf(call) }
      if (line.size === 0 && waitMs(ask, now) === 0) return capacity.open(call, ask, now, now)
      const ahead = line.ahead({ ...ask, deadlineAt: deadlineOf(call) })
      const likelyMs = capacity.likelyWaitMs(ask.need, ahead, now)
      const because = whyNot(call, likelyMs, now)
      if (because !== undefined) throw refuse(call, because, 0, likelyMs)
      return wait(call, ask, likelyMs, now)
    },
  }
}

function classOf({ loadClass, alias }: Call): LoadClass {
  return loadClass ?? alias?.loadClass ?? 'interactive'
}
