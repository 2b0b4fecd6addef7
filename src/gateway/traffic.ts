import type { ServerResponse } from 'node:http'
import { CallAborted, InseamError } from '../errors/index.ts'

/** The calls under way: each from its request until it is settled and its connection has let go of the response. */
export interface Traffic {
  readonly size: number
  /** Whether it will soon stop: what is served meanwhile is its connection's last. */
  isLeaving: boolean
  /** Whether nothing new is let in. */
  isDraining: boolean
  /** Serves a call; the signal that it gets aborts when its client leaves, or when it is cut off. */
  serve(response: ServerResponse, call: (signal: AbortSignal) => Promise<void>): Promise<void>
  /** Resolves when no call is under way, but after `timeoutMs` at the latest. */
  quiet(timeoutMs: number): Promise<void>
  /** Ends what is under way, for this reason. */
  cutOff(reason: InseamError): void
}

/** Nothing is under way yet. */
export function createTraffic(): Traffic {
  const underWay = new Map<ServerResponse, AbortController>()
  const waiting = new Set<() => void>()
  const traffic: Traffic = {
    get size() {
      return underWay.size
    },
    isLeaving: false,
    isDraining: false,
    async serve(response, call) {
      const leave = new AbortController()
      const closed = new Promise<void>((resolve) => {
        response.once('close', () => {
          if (!response.writableFinished) leave.abort(new CallAborted())
          resolve()
        })
      })
      underWay.set(response, leave)
      await call(leave.signal)
      await closed
      underWay.delete(response)
      if (underWay.size === 0) for (const resume of waiting) resume()
    },
    async quiet(timeoutMs) {
      // Those that have not begun to answer close their connections with their answer.
      for (const response of underWay.keys()) response.shouldKeepAlive = false
      if (underWay.size === 0) return
      await new Promise<void>((resolve) => {
        const resume = () => {
          clearTimeout(timer)
          waiting.delete(resume)
          resolve()
        }
        const timer = setTimeout(resume, timeoutMs)
        waiting.add(resume)
      })
    },
    cutOff(reason) {
      for (const leave of underWay.values()) leave.abort(reason)
    },
  }
  return traffic
}

/** What is told to whom a gateway that drains does not serve. */
export function shuttingDown(): InseamError {
  return new InseamError('shutting-down', 'The gateway is shutting down.', {
    fix: 'Ask again; another replica answers.',
  })
}
