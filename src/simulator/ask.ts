import type { JsonObject } from './json.ts'

/** What a request asks for, whichever dialect it came in. */
export interface Ask {
  readonly instructions: string
  readonly turns: readonly Turn[]
  readonly tools: readonly AskedTool[]
  readonly toolChoice: ToolChoice
  readonly parallelTools: boolean
  readonly format: AskedFormat
  /** Infinity where the request sets no limit. */
  readonly maxOutputTokens: number
  readonly stopSequences: readonly string[]
  readonly choices: number
  readonly thinking: Thinking
  readonly streamed: boolean
  /** Whether usage belongs in the stream: always with Anthropic, on request with OpenAI. */
  readonly usageInStream: boolean
  /** The prompt as it is counted and cached, in the order the provider reads it. */
  readonly prompt: readonly PromptSegment[]
  /** Where vectors are asked for, and no answer. */
  readonly vectors?: AskedVectors
}

export interface AskedVectors {
  readonly texts: readonly string[]
  /** Absent: as many as the model gives. */
  readonly dimensions?: number
  readonly inBase64: boolean
}

export interface Turn {
  readonly role: 'user' | 'assistant' | 'tool'
  readonly text: string
  /** For a tool turn: the tool that gave this result. */
  readonly tool?: string
  readonly failed?: boolean
}

export interface AskedTool {
  readonly name: string
  readonly description: string
  readonly schema: JsonObject
  /** A custom tool takes plain text in place of JSON arguments. */
  readonly kind: 'function' | 'custom'
}

export type ToolChoice =
  | { readonly type: 'auto' | 'none' | 'required' }
  | { readonly type: 'named'; readonly names: readonly string[] }

export type AskedFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json-object' }
  | { readonly type: 'json-schema'; readonly schema: JsonObject }

export interface Thinking {
  /** `hidden` thinking is billed and not sent. */
  readonly mode: 'none' | 'hidden' | 'shown'
  /** At most this many tokens. */
  readonly budgetTokens: number
  /** Whether it comes with the ciphertext that lets it be sent back. */
  readonly sealed?: boolean
}

/** A stretch of the prompt. */
export interface PromptSegment {
  readonly text: string
  readonly tokens: number
  /** A cache breakpoint after this segment, and how long what stands before it is kept. */
  readonly breakpoint?: '5m' | '1h'
}

export function lastUserText(ask: Ask): string {
  return ask.turns.findLast((turn) => turn.role === 'user')?.text ?? ''
}

/** The tool results that arrived since the user last spoke. */
export function freshToolResults(ask: Ask): readonly Turn[] {
  return ask.turns
    .slice(ask.turns.findLastIndex((turn) => turn.role === 'user') + 1)
    .filter((turn) => turn.role === 'tool')
}
