import type { DialectName } from '../dialect.ts'
import type { Fault } from '../faults/faults.ts'

/** How the simulator behaves: which models and keys it knows, and a list of rules of which the first that matches wins. */
export interface Scenario {
  /** Takes the place of the simulator's seed. */
  readonly seed?: number
  /** Takes the place of the simulator's pace. */
  readonly pace?: Pace
  readonly models?: {
    /** Names that are answered 404. */
    readonly unknown?: readonly string[]
  }
  /** Credentials that are answered 401. */
  readonly rejectedKeys?: readonly string[]
  readonly rules: readonly ScenarioRule[]
}

export interface ScenarioRule {
  /** Default: every request. */
  readonly when?: ScenarioCondition
  /** How likely the rule applies to a request that matches, 0 to 1; drawn from the seed. Default 1. */
  readonly probability?: number
  readonly fault?: Fault
  readonly reply?: ScriptedReply
  readonly pace?: Pace
}

export interface ScenarioCondition {
  /** The model's name, without a fault written after it; `*` stands for any characters. */
  readonly model?: string
  readonly dialect?: DialectName
  readonly stream?: boolean
  /** Which of the requests that match the rest of this condition, counted from 1, both ends included. */
  readonly request?: { readonly from?: number; readonly to?: number }
}

/** What the model says, in place of what it would. */
export interface ScriptedReply {
  readonly text?: string
  /** Sent as JSON text. */
  readonly json?: unknown
  readonly toolCalls?: readonly { readonly name: string; readonly input: unknown }[]
  /** Sent where the request shows thinking; counted as reasoning where it does not. */
  readonly thinking?: string
  /** The model refuses in these words. */
  readonly refusal?: string
}

/** How fast the model writes. */
export interface Pace {
  /** Milliseconds before the first token. Default 0. */
  readonly firstTokenMs?: number
  /** Milliseconds for each token after the first. Default 0. */
  readonly tokenMs?: number
}
