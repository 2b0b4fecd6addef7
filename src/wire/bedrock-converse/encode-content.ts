import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Block, Role, TextBlock, ThinkingBlock, ToolResultBlock } from '../../core/message.ts'
import type { LossList } from '../losses.ts'
import { fitId, type IdRule } from '../tool-id.ts'
import { toolInput } from '../tool-input.ts'
import { dialect, ownFields } from './extras.ts'
import type { Family } from './family.ts'
import { encodeDocument, encodeImage } from './media.ts'
import type { WireBlock, WireToolResult, WireToolResultContent } from './types.ts'

const idRule: IdRule = { maxLength: 64, isPlain: true }

/** What blocks are encoded for. */
export interface EncodeBlockOptions {
  readonly role: Role
  readonly family: Family
  readonly nameDocument: (title: string | undefined) => string
  readonly losses: LossList
}

/** Writes a block for a request. Undefined where it cannot be said, and is listed, or where it says nothing. */
export function encodeBlock(block: Block, path: string, options: EncodeBlockOptions): WireBlock | undefined {
  const { losses, nameDocument, role } = options
  const own = ownFields(block.extras, path, losses)
  switch (block.type) {
    case 'text':
      return encodeText(block, own, path, losses)
    case 'refusal':
      losses.approximated(path, 'A refusal is sent as text.')
      return encodeText({ type: 'text', text: block.text }, {}, path, losses)
    case 'image':
      if (role !== 'assistant') return encodeImage(block, path, losses)
      losses.dropped(path, 'Bedrock takes pictures from the user only.')
      return undefined
    case 'document': {
      if (role === 'assistant') {
        losses.dropped(path, 'Bedrock takes documents from the user only.')
        return undefined
      }
      const written = encodeDocument(block, nameDocument, path, losses)
      return written && 'document' in written ? { document: { ...written.document, ...own } } : written
    }
    case 'tool-call':
      return {
        toolUse: {
          toolUseId: fitId(block.id, idRule),
          name: block.name,
          input: toolInput(block.input, path, 'Bedrock'),
          ...own,
        },
      }
    case 'tool-result':
      return { toolResult: { ...encodeToolResult(block, path, options), ...own } }
    case 'thinking':
      return encodeReasoning(block, path, options)
    case 'opaque':
      if (block.dialect === dialect && isJsonObject(block.value)) return { ...block.value }
      losses.dropped(path, `A block of ${block.dialect} has no meaning to Bedrock.`)
      return undefined
  }
}

/** Words that were given with their sources go back with them. */
function encodeText({ text }: TextBlock, own: JsonObject, path: string, losses: LossList): WireBlock | undefined {
  if (text.trim() === '') {
    if (text !== '') losses.dropped(path, 'Bedrock rejects text that is nothing but white space.')
    return undefined
  }
  const { citations } = own
  return citations === undefined ? { text } : { citationsContent: { content: [{ text }], citations } }
}

function encodeToolResult(block: ToolResultBlock, path: string, options: EncodeBlockOptions): WireToolResult {
  const content: WireToolResultContent[] = []
  for (const [index, inner] of block.content.entries()) {
    const written = encodeResultContent(inner, `${path}.content[${index}]`, options)
    if (written) content.push(written)
  }
  return {
    toolUseId: fitId(block.callId, idRule),
    content,
    ...(block.isError && { status: 'error' as const }),
  }
}

function encodeResultContent(
  block: Block,
  path: string,
  { nameDocument, losses }: EncodeBlockOptions,
): WireToolResultContent | undefined {
  losses.foreignExtras(block.extras, path)
  switch (block.type) {
    case 'text':
      return block.text.trim() === '' ? undefined : { text: block.text }
    case 'image':
      return encodeImage(block, path, losses)
    case 'document':
      return encodeDocument(block, nameDocument, path, losses)
    default:
      losses.dropped(path, `Bedrock takes no ${block.type} in a tool result.`)
      return undefined
  }
}

function encodeReasoning(
  { text, dialect: spoken, signature, redacted }: ThinkingBlock,
  path: string,
  { family, losses }: EncodeBlockOptions,
): WireBlock | undefined {
  if (spoken !== dialect) {
    losses.dropped(path, 'Thinking goes back only to the provider that signed it: signatures are provider-bound.')
    return undefined
  }
  if (redacted !== undefined) return { reasoningContent: { redactedContent: redacted } }
  if (family === 'claude' && !signature) {
    losses.dropped(path, 'Thinking without its signature is refused by the model.')
    return undefined
  }
  return { reasoningContent: { reasoningText: { text, ...(signature && { signature }) } } }
}
