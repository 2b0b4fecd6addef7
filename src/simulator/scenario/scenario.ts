import type { DialectName } from '../dialect.ts'
import type { Fault } from '../faults/faults.ts'
import type { Duration } from './duration.ts'

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
  /** One, or several that strike the same exchange: any number of how it arrives and what it says, and one of its body; those of the connection and of the status stand alone. */
  readonly fault?: Fault | readonly Fault[]
  readonly reply?: ScriptedReply
  readonly pace?: Pace
  /**
   * Steps that the requests which match go through, one after the other. What a step does not say, the rule says. After the last one
   * the rule applies no more, unless `afterSequence` says otherwise.
   */
  readonly sequence?: readonly ScenarioStep[]
  /** `end`: the rule applies no more; `stay`: the last step goes on; `repeat`: the first step is next. Default `end`. */
  readonly afterSequence?: 'end' | 'stay' | 'repeat'
}

/** What happens to some requests in a row. A step without anything is a request that goes well. */
export interface ScenarioStep {
  /** How many requests. Default 1. */
  readonly times?: number
  readonly fault?: Fault | readonly Fault[]
  readonly reply?: ScriptedReply
  readonly pace?: Pace
}

/** A stretch of the time since the scenario began, by the simulator's own clock. */
export interface ScenarioTime {
  /** Default 0. */
  readonly from?: Duration
  /** Not included. Default: for ever. */
  readonly until?: Duration
  /** Within that stretch only a part of each such span, from its beginning. Needs `for`. */
  readonly every?: Duration
  /** How long that part is. Needs `every`. */
  readonly for?: Duration
}

export interface ScenarioCondition {
  /** The model's name, without a fault written after it; `*` stands for any characters. */
  readonly model?: string
  readonly dialect?: DialectName
  readonly stream?: boolean
  /** The path of the request, without its query; `*` stands for any characters. */
  readonly path?: string
  /** Headers that are there with such values; `*` stands for any characters, and names in any case. */
  readonly headers?: Readonly<Record<string, string>>
  /** The key that the request shows, as its client was given it; `*` stands for any characters. The log never has it. */
  readonly credential?: string
  readonly time?: ScenarioTime
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
