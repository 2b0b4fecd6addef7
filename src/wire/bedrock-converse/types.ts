import type { JsonValue } from '../../core/json.ts'

/**
 * The parts of Converse that we write, as of `@aws-sdk/client-bedrock-runtime` 3.1164, with bytes in base64 as they travel; a test holds
 * them against the SDK's own types. Fields that the caller said in this dialect beyond these are spread beside them.
 */

type Fields = { [key: string]: JsonValue | undefined }

/** Bytes within the request, or an object in S3. */
export type WireSource = { bytes: string } | { s3Location: { uri: string } }

/** A picture. */
export type WireImage = { format: 'png' | 'jpeg' | 'gif' | 'webp'; source: WireSource }

/** A document. */
export type WireDocument = {
  format: 'pdf' | 'csv' | 'doc' | 'docx' | 'xls' | 'xlsx' | 'html' | 'txt' | 'md'
  name: string
  source: WireSource
}

/** The model asks for a tool. */
export type WireToolUse = { toolUseId: string; name: string; input: Fields }

/** A piece of what a tool answered. */
export type WireToolResultContent = { text: string } | { image: WireImage } | { document: WireDocument }

/** What a tool answered. */
export type WireToolResult = { toolUseId: string; content: WireToolResultContent[]; status?: 'error' }

/** Reasoning, signed or as ciphertext. */
export type WireReasoning = { reasoningText: { text: string; signature?: string } } | { redactedContent: string }

/** The prompt up to here is worth keeping. */
export type WireCachePoint = { cachePoint: { type: 'default'; ttl?: '5m' | '1h' } }

/** A block that we know. */
export type WireKnownBlock =
  | { text: string }
  | { image: WireImage }
  | { document: WireDocument }
  | { toolUse: WireToolUse }
  | { toolResult: WireToolResult }
  | { reasoningContent: WireReasoning }
  | WireCachePoint

/** A block, or one of the provider's own that we carry unread. */
export type WireBlock = WireKnownBlock | Fields

/** One turn. */
export type WireMessage = { role: 'user' | 'assistant'; content: WireBlock[] }

/** A piece of the system prompt. */
export type WireSystem = { text: string } | WireCachePoint

/** A tool of the caller's. */
export type WireToolSpec = {
  name: string
  description?: string
  inputSchema: { json: { type: 'object' } & Fields }
  strict?: boolean
}

/** Which tool the model must or may use. */
export type WireToolChoice = { auto: Record<never, never> } | { any: Record<never, never> } | { tool: { name: string } }

/** The settings that every model knows. */
export type WireInference = { maxTokens?: number; temperature?: number; topP?: number; stopSequences?: string[] }

/** How much effort, and in which shape. */
export type WireOutputConfig = {
  textFormat?: {
    type: 'json_schema'
    structure: { jsonSchema: { schema: string; name?: string; description?: string } }
  }
  effort?: string
}
