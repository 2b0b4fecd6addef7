import type { LanguageModelV4Citation, LanguageModelV4Content } from '@ai-sdk/provider'
import { isJsonObject, type JsonObject } from '../core/json.ts'
import type { Block, OpaqueBlock, ThinkingBlock } from '../core/message.ts'
import { writeMetadata } from './options.ts'

/** The specs that the seam speaks as a model. */
export type SpecVersion = 'v4' | 'v3'

/** A block of an answer as a part. What only its own provider understands is carried by the part and comes back with it. */
export function writeContent(block: Block, version: SpecVersion): LanguageModelV4Content {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text, ...writeTextEnd(block) }
    case 'refusal':
      return { type: 'text', text: block.text, ...writeMetadata(block.extras, { isRefusal: true }) }
    case 'thinking':
      return { type: 'reasoning', text: block.text, ...writeProof(block) }
    case 'tool-call': {
      const { id: toolCallId, name: toolName, input } = block
      return { type: 'tool-call', toolCallId, toolName, input: input || '{}', ...writeMetadata(block.extras) }
    }
    case 'opaque':
      return writeOpaque(block, version)
    default:
      throw new TypeError(`An answer holds no block of type ${block.type}.`)
  }
}

/** What is known of a text at its end: its citations, where a model of the AI SDK told them, and its metadata. */
export function writeTextEnd({ extras }: Pick<Block, 'extras'>): {
  readonly citations?: LanguageModelV4Citation[]
  readonly providerMetadata?: Record<string, JsonObject>
} {
  const { providerMetadata } = writeMetadata(extras)
  if (extras?.dialect !== 'ai-sdk' || !providerMetadata?.citations) return providerMetadata ? { providerMetadata } : {}
  const { citations, ...others } = providerMetadata
  return {
    citations: citations.list as unknown as LanguageModelV4Citation[],
    ...(Object.keys(others).length > 0 && { providerMetadata: others }),
  }
}

/** What proves reasoning to the provider that wrote it. */
export function writeProof({ dialect, signature, redacted, extras }: ThinkingBlock) {
  if (dialect === 'ai-sdk') return writeMetadata(extras)
  return writeMetadata(extras, {
    dialect,
    ...(signature !== undefined && { signature }),
    ...(redacted !== undefined && { redacted }),
  })
}

/** Spec v3 has no part for what it does not know: an empty piece of reasoning carries it. */
export function writeOpaque({ dialect, value }: OpaqueBlock, version: SpecVersion): LanguageModelV4Content {
  const providerMetadata = { inseam: { block: { dialect, value } } }
  if (dialect !== 'ai-sdk' || !isJsonObject(value)) {
    if (version === 'v3') return { type: 'reasoning', text: '', providerMetadata }
    return { type: 'custom', kind: `inseam.${dialect}`, providerMetadata }
  }
  if (version === 'v4') return value as unknown as LanguageModelV4Content
  if (value.type === 'file' && isJsonObject(value.data) && value.data.type === 'data') {
    return { ...value, data: value.data.data } as unknown as LanguageModelV4Content
  }
  const isNew = value.type === 'custom' || value.type === 'reasoning-file' || value.type === 'file'
  if (isNew) return { type: 'reasoning', text: '', providerMetadata }
  return value as unknown as LanguageModelV4Content
}
