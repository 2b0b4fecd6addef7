import type { Config } from '../../config.ts'
import type { SeamEvent } from '../../core/event.ts'
import type { ErrorCode } from '../../errors/index.ts'
import type { LimitAnswer, LimitQuestion } from '../../stores/memory/index.ts'

/** What the supervisor tells a worker. */
export type ToWorker =
  | { readonly type: 'start'; readonly config: Config; readonly tellsCalls: boolean; readonly shared: SharedProblems }
  | { readonly type: 'use'; readonly config: Config }
  | { readonly type: 'tell-calls'; readonly tellsCalls: boolean }
  | { readonly type: 'problems'; readonly shared: SharedProblems }
  | { readonly type: 'flush'; readonly id: number }
  | { readonly type: 'stop'; readonly noticeMs: number }
  | LimitAnswer

/** What a worker tells its supervisor. */
export type FromWorker =
  | { readonly type: 'up'; readonly url: string; readonly features: readonly string[] }
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly message: string; readonly fix: string }
  | { readonly type: 'in-force' }
  | { readonly type: 'call'; readonly event: SeamEvent }
  | { readonly type: 'flushed'; readonly id: number; readonly problem?: string }
  | { readonly type: 'figures'; readonly figures: WorkerFigures }
  | LimitQuestion

/** Why the gateway as a whole is not well: whichever worker is asked says the same. */
export interface SharedProblems {
  readonly reasons: readonly string[]
  readonly degraded: readonly string[]
}

/** What a worker has to lose. */
export interface WorkerFigures {
  readonly inFlight: number
  readonly unflushed: number
  readonly degraded: readonly string[]
}

/** The configuration as it was before it crossed to another process, where objects without a prototype get one. */
export function received(config: Config): Config {
  return { ...config, prices: Object.assign(Object.create(null), config.prices) }
}
