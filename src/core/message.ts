import type { Tongue } from './dialect.ts'
import type { JsonObject, JsonValue } from './json.ts'

/** Where the bytes of an image or a document are. */
export type MediaSource =
  | { readonly type: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'text'; readonly mediaType: string; readonly text: string }
  | { readonly type: 'file'; readonly fileId: string; readonly dialect: Tongue }

/**
 * What a dialect says about a block that the common form has no word for: citations, image detail.
 * Carried to a target of the same dialect, named as a loss for any other.
 */
export interface BlockExtras {
  readonly dialect: Tongue
  readonly fields: JsonObject
}

/**
 * A breakpoint of the provider's prompt cache: the prompt up to here is worth keeping, for so long after its last use. Absent `ttl`:
 * the provider's default. A mark changes what a call costs, never what it asks.
 */
export interface CacheMark {
  readonly ttl?: '5m' | '30m' | '1h' | '12h'
}

interface BlockBase {
  readonly cache?: CacheMark
  readonly extras?: BlockExtras
}

/** Words. */
export interface TextBlock extends BlockBase {
  readonly type: 'text'
  readonly text: string
}

/** A picture in the prompt. */
export interface ImageBlock extends BlockBase {
  readonly type: 'image'
  readonly source: MediaSource
}

/** A document in the prompt, PDF or text. */
export interface DocumentBlock extends BlockBase {
  readonly type: 'document'
  readonly source: MediaSource
  readonly title?: string
}

/** The model asks for a tool. `input` is the JSON text exactly as the model wrote it: it may be incomplete where a reply was cut. */
export interface ToolCallBlock extends BlockBase {
  readonly type: 'tool-call'
  readonly id: string
  readonly name: string
  readonly input: string
}

/** What a tool answered. */
export interface ToolResultBlock extends BlockBase {
  readonly type: 'tool-result'
  readonly callId: string
  readonly content: readonly Block[]
  readonly isError: boolean
}

/**
 * The model's reasoning. `signature` proves it to the provider that wrote it and to no other; `redacted` holds the
 * provider's ciphertext where it shows none. Goes back only to `dialect`, unmodified.
 */
export interface ThinkingBlock extends BlockBase {
  readonly type: 'thinking'
  readonly text: string
  readonly dialect: Tongue
  readonly signature?: string
  readonly redacted?: string
}

/** The model declines, in words. */
export interface RefusalBlock extends BlockBase {
  readonly type: 'refusal'
  readonly text: string
}

/** A block of one provider's own, carried to that provider and back untouched and never sent to another. */
export interface OpaqueBlock extends BlockBase {
  readonly type: 'opaque'
  readonly dialect: Tongue
  readonly value: JsonValue
}

/** A piece of a message. */
export type Block =
  | TextBlock
  | ImageBlock
  | DocumentBlock
  | ToolCallBlock
  | ToolResultBlock
  | ThinkingBlock
  | RefusalBlock
  | OpaqueBlock

/** Who speaks. Tool results stand in a `user` message, as blocks. */
export type Role = 'system' | 'user' | 'assistant'

/** One turn of a conversation. */
export interface Message {
  readonly role: Role
  readonly content: readonly Block[]
  /** The dialect's own fields of this message (`name`, say); see {@link BlockExtras}. */
  readonly extras?: BlockExtras
}

/** The text of a list of blocks: its text blocks joined, nothing else. */
export function textOf(content: readonly Block[]): string {
  let text = ''
  for (const block of content) if (block.type === 'text') text += block.text
  return text
}
