import type { Reasoning } from './request.ts'

/** How hard a model can be asked to think. */
export type Effort = NonNullable<Reasoning['effort']>

/** What a request may say of thinking: that the model decides, so many tokens, none, or between its tool calls too. */
export type ThinkingMode = 'adaptive' | 'budget' | 'off' | 'between-tools'

/**
 * What a model can do. Absent means that it is not known, never that it cannot: `false`, and an empty list, are knowledge too.
 */
export interface ModelCapabilities {
  /** Input and output together, in tokens. */
  readonly contextTokens?: number
  readonly maxOutputTokens?: number
  /** What may stand in the prompt beside text. */
  readonly imageInput?: boolean
  readonly pdfInput?: boolean
  readonly audioInput?: boolean
  readonly tools?: boolean
  /** Several tool calls in one turn. */
  readonly parallelTools?: boolean
  /** JSON of a schema that the provider holds the model to. */
  readonly structuredOutput?: boolean
  readonly thinking?: boolean
  readonly thinkingModes?: readonly ThinkingMode[]
  readonly efforts?: readonly Effort[]
  /** The provider keeps prompts, and bills what it reads of them at another price. */
  readonly promptCaching?: boolean
  /** Whether `temperature` and `top_p` are taken, whatever else is asked. */
  readonly sampling?: boolean
  /** Whether it gives vectors, and no answers. */
  readonly embeds?: boolean
  /** How long the vectors are that it gives by itself. */
  readonly embeddingDimensions?: number
}
