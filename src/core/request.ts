import type { Tongue } from './dialect.ts'
import type { JsonObject, JsonValue } from './json.ts'
import type { BlockExtras, CacheMark, Message } from './message.ts'

/** A tool that the model may ask for; `inputSchema` is JSON Schema. */
export interface ToolDefinition {
  readonly name: string
  readonly description?: string
  readonly inputSchema: JsonObject
  /** Ask the provider to hold the arguments to the schema. */
  readonly strict?: boolean
  /** The prompt up to here, tools first, may be kept by the provider's prompt cache. */
  readonly cache?: CacheMark
  readonly extras?: BlockExtras
}

/** What is asked for where it is no answer: the vectors of texts, or how many tokens a request has. */
export type Operation = 'embed' | 'count-tokens'

/** What becomes of a request that the target's dialect cannot say whole: `loud` reports what was lost, `strict` refuses. */
export type Translation = 'loud' | 'strict'

/** A tool of the provider's own (web search, say): sent to its dialect only. */
export interface ProviderTool {
  readonly dialect: Tongue
  readonly value: JsonObject
}

/** Which tool the model must, may or must not use. */
export type ToolChoice =
  | { readonly type: 'auto' }
  | { readonly type: 'none' }
  | { readonly type: 'required' }
  | { readonly type: 'tool'; readonly name: string }

/** The shape that the answer must have: JSON, of a schema where one is given. */
export interface OutputFormat {
  readonly type: 'json'
  readonly schema?: JsonObject
  readonly name?: string
  readonly description?: string
  readonly strict?: boolean
  /** The reader takes `null` for the absence of an optional property, so that a dialect that wants every property can be asked strictly. */
  readonly acceptsNullForAbsent?: boolean
}

/** How hard the model should think before it answers, and how much of that it shows. */
export interface Reasoning {
  readonly effort?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'
  /** Tokens it may think for, where the dialect counts them. */
  readonly budgetTokens?: number
  /** `adaptive`: the model decides; `off`: it must not. */
  readonly mode?: 'adaptive' | 'on' | 'off'
  /**
   * What is to be seen of its thoughts: `none`; a `summary`, as long as the provider likes; a `concise` or a `detailed` one, which
   * dialects that know yes and no alone take for a summary. Absent: the provider's default.
   */
  readonly show?: 'none' | 'summary' | 'concise' | 'detailed'
}

/**
 * What is asked of a model, in no provider's dialect. Absent means: the provider's default. What a caller's dialect said
 * beyond these fields stands in `extensions`, under its dialect.
 */
export interface ModelRequest {
  /** Absent: an answer. `embed`: one vector for each message. */
  readonly operation?: Operation
  /** How long vectors are to be, where the model can choose. `embed` only. */
  readonly dimensions?: number
  readonly messages: readonly Message[]
  readonly tools?: readonly ToolDefinition[]
  readonly providerTools?: readonly ProviderTool[]
  readonly toolChoice?: ToolChoice
  readonly parallelToolCalls?: boolean
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly stop?: readonly string[]
  readonly seed?: number
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
  readonly output?: OutputFormat
  readonly reasoning?: Reasoning
  /** The whole prompt is worth keeping: a breakpoint at its end, wherever that is. */
  readonly cache?: CacheMark
  /** The provider's own end-user id (`user`, `metadata.user_id`). */
  readonly endUser?: string
  readonly stream: boolean
  readonly extensions?: Readonly<Partial<Record<Tongue, Readonly<Record<string, JsonValue>>>>>
}

/** Something that one dialect said and another cannot: named, never silent. */
export interface Loss {
  /** The field, as a path in the dialect that said it: `messages[2].content[0].cache_control`. */
  readonly path: string
  readonly effect: 'dropped' | 'approximated'
  readonly detail: string
}
