/** What the simulated model says to one choice of a request, before any dialect has shaped it. */
export interface Answer {
  readonly parts: readonly AnswerPart[]
  readonly ending: Ending
  /** The sequence that stopped it, for the ending `stop-sequence`. */
  readonly stopSequence?: string
  /** Thinking that is billed and not sent. */
  readonly hiddenReasoningTokens: number
}

export type AnswerPart =
  | { readonly type: 'thinking'; readonly text: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'refusal'; readonly text: string }
  | ToolCallPart

export interface ToolCallPart {
  readonly type: 'tool-call'
  /** Unique within the answer; each dialect adds its own prefix. */
  readonly key: string
  readonly name: string
  /** JSON for a function, any text for a custom tool. */
  readonly input: string
  readonly kind: 'function' | 'custom'
}

export type Ending = 'finished' | 'stop-sequence' | 'length' | 'tool-calls' | 'refused' | 'filtered'
