import type { JsonValue } from '../../core/json.ts'

/**
 * The parts of the Messages API that we write, as of `@anthropic-ai/sdk` 1.12; a test holds them against the SDK's own types.
 * Fields that a caller's dialect said beyond these are spread beside them.
 */

type Fields = { [key: string]: JsonValue | undefined }

/** Words. */
export type WireText = { type: 'text'; text: string }

/** Where the bytes of an image or a document are. */
export type WireSource =
  | { type: 'base64'; media_type: string; data: string }
  | { type: 'url'; url: string }
  | { type: 'file'; file_id: string }

/** Plain text as the source of a document. */
export type WireTextSource = { type: 'text'; media_type: 'text/plain'; data: string }

/** A picture. */
export type WireImage = { type: 'image'; source: WireSource }

/** A document, PDF or text. */
export type WireDocument = { type: 'document'; source: WireSource | WireTextSource; title?: string }

/** The model asks for a tool. */
export type WireToolUse = { type: 'tool_use'; id: string; name: string; input: JsonValue }

/** What a tool answered. */
export type WireToolResult = {
  type: 'tool_result'
  tool_use_id: string
  content?: string | WireBlock[]
  is_error?: true
}

/** Signed reasoning. */
export type WireThinking = { type: 'thinking'; thinking: string; signature: string }

/** Reasoning as ciphertext. */
export type WireRedactedThinking = { type: 'redacted_thinking'; data: string }

/** A block that we know by its type. */
export type WireKnownBlock =
  | WireText
  | WireImage
  | WireDocument
  | WireToolUse
  | WireToolResult
  | WireThinking
  | WireRedactedThinking

/** A block, or one of the provider's own that we carry unread. */
export type WireBlock = WireKnownBlock | Fields

/** One turn. */
export type WireMessage = { role: 'user' | 'assistant' | 'system'; content: string | WireBlock[] }

/** A tool of the caller's. */
export type WireTool = {
  name: string
  description?: string
  input_schema: { type: 'object' } & Fields
  strict?: boolean
}

/** Which tool the model must, may or must not use. */
export type WireToolChoice =
  | { type: 'auto' | 'any'; disable_parallel_tool_use?: boolean }
  | { type: 'tool'; name: string; disable_parallel_tool_use?: boolean }
  | { type: 'none' }

/** How the model thinks. */
export type WireThinkingConfig =
  | { type: 'adaptive'; display?: 'summarized' | 'omitted' }
  | { type: 'enabled'; budget_tokens: number; display?: 'summarized' | 'omitted' }
  | { type: 'disabled' }

/** How much effort, and in which shape. */
export type WireOutputConfig = {
  effort?: 'low' | 'medium' | 'high' | 'xhigh' | 'max'
  format?: { type: 'json_schema'; schema: Fields }
}

/** The settings of a request, without its messages and tools. */
export type WireSettings = {
  model: string
  max_tokens: number
  tool_choice?: WireToolChoice
  stop_sequences?: string[]
  temperature?: number
  top_p?: number
  top_k?: number
  thinking?: WireThinkingConfig
  output_config?: WireOutputConfig
  metadata?: { user_id: string }
  stream?: true
}

/** Why a message ended. */
export type WireEnding = {
  stop_reason:
    | 'end_turn'
    | 'max_tokens'
    | 'stop_sequence'
    | 'tool_use'
    | 'pause_turn'
    | 'refusal'
    | 'model_context_window_exceeded'
  stop_sequence: string | null
  stop_details: JsonValue
}

/** Tokens, in Anthropic's convention: `input_tokens` leaves cached ones out, `output_tokens` takes thinking in. */
export type WireUsage = {
  input_tokens: number
  cache_creation_input_tokens: number
  cache_read_input_tokens: number
  cache_creation: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number }
  output_tokens: number
  output_tokens_details: { thinking_tokens: number } | null
  server_tool_use: { [name: string]: number } | null
}
