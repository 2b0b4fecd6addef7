import type { LanguageModelV3Content, LanguageModelV4Content } from '@ai-sdk/provider'
import type { JsonObject } from '../core/json.ts'
import type { Block, BlockExtras, OpaqueBlock, ThinkingBlock } from '../core/message.ts'
import { ReplyUnreadable } from '../errors/index.ts'
import type { VendorOptions } from './options.ts'

/** A part of an answer, of spec v4 or v3. */
export type ContentPart = LanguageModelV4Content | LanguageModelV3Content

/** A part of an answer as a block. What the provider did by itself (ran a tool, cited a source, drew a picture) stays opaque. */
export function readContent(part: ContentPart, target: string): Block {
  const metadata = part.providerMetadata as VendorOptions | undefined
  switch (part.type) {
    case 'text': {
      const cited = 'citations' in part && part.citations ? citationsOf(part.citations) : {}
      return { type: 'text', text: part.text, ...toldOf({ ...metadata, ...cited }) }
    }
    case 'reasoning':
      return thought(part.text, metadata)
    case 'tool-call':
      if (part.providerExecuted) return readForeign(part)
      return { type: 'tool-call', id: part.toolCallId, name: part.toolName, input: part.input, ...toldOf(metadata) }
    case 'tool-result':
    case 'tool-approval-request':
    case 'custom':
    case 'file':
    case 'reasoning-file':
    case 'source':
      return readForeign(part)
    default:
      throw new ReplyUnreadable(target, `a part of type "${String((part as { type: unknown }).type)}"`)
  }
}

/** What a model tells of a part beside it, as extras to spread into a block: its vendor's, to go back as they came. */
export function toldOf(metadata: VendorOptions | undefined): { readonly extras?: BlockExtras } {
  if (!metadata || Object.keys(metadata).length === 0) return {}
  return { extras: { dialect: 'ai-sdk', fields: { providerOptions: [metadata] } } }
}

/** Reasoning of a model of the AI SDK: what proves it stands in the vendor's metadata. */
export function thought(text: string, metadata: VendorOptions | undefined): ThinkingBlock {
  return { type: 'thinking', text, dialect: 'ai-sdk', ...toldOf(metadata) }
}

/** A part that only the AI SDK has a word for, as plain JSON. */
export function readForeign(part: ContentPart): OpaqueBlock {
  const plain = 'data' in part ? { ...part, data: plainData(part.data) } : part
  return { type: 'opaque', dialect: 'ai-sdk', value: JSON.parse(JSON.stringify(plain)) }
}

/** Citations stand beside the text under a name that no vendor has. */
export function citationsOf(citations: readonly object[]): Record<string, JsonObject> {
  return citations.length === 0 ? {} : { citations: { list: JSON.parse(JSON.stringify(citations)) } }
}

type Data = Extract<ContentPart, { readonly data: unknown }>['data']

/** Bytes as Base64, an address as text; in the words of spec v4. */
function plainData(data: Data): JsonObject {
  if (typeof data === 'string' || data instanceof Uint8Array) return { type: 'data', data: base64(data) }
  return data.type === 'data' ? { type: 'data', data: base64(data.data) } : { type: 'url', url: String(data.url) }
}

const base64 = (data: string | Uint8Array) => (typeof data === 'string' ? data : Buffer.from(data).toString('base64'))
