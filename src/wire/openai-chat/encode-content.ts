import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Block, DocumentBlock, ImageBlock, OpaqueBlock, ToolCallBlock } from '../../core/message.ts'
import { checkMedia } from '../check-media.ts'
import type { LossList } from '../losses.ts'
import { withBreakpoint } from '../openai/breakpoint.ts'
import { dataUrl } from '../openai/data-url.ts'
import { nestedFields, text } from '../openai/fields.ts'
import { fitId, type IdRule } from '../tool-id.ts'
import { ownFields } from './extras.ts'
import { dialect, untitledDocument } from './types.ts'

/** A block of a user's or a system's message as a content part; undefined, and a loss, where there is no such part. */
export function encodePart(block: Block, path: string, losses: LossList): JsonObject | undefined {
  losses.foreignExtras(block.extras, path)
  const part = encodeUnmarked(block, path, losses)
  return part && part.type !== 'refusal' ? withBreakpoint(part, block.cache) : part
}

function encodeUnmarked(block: Block, path: string, losses: LossList): JsonObject | undefined {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text, ...ownFields(block.extras) }
    case 'refusal':
      return { type: 'refusal', refusal: block.text, ...ownFields(block.extras) }
    case 'image':
      return encodeImage(block, path, losses)
    case 'document':
      return encodeDocument(block, path, losses)
    case 'opaque':
      return encodeOpaque(block, path, losses)
    default:
      losses.dropped(path, `a ${block.type} block cannot stand here in ${dialect}.`)
      return undefined
  }
}

/** Parts as the `content` of a message: a plain string where one plain text is all there is. */
export function asContent(parts: readonly JsonObject[]): JsonValue {
  const [first] = parts
  if (first === undefined) return ''
  const isPlain = parts.length === 1 && first.type === 'text' && Object.keys(first).length === 2
  return isPlain ? text(first.text) : parts
}

function encodeImage({ source, extras }: ImageBlock, path: string, losses: LossList): JsonObject | undefined {
  const url = imageUrl(checkMedia(source, path, (detail) => losses.approximated(path, detail)))
  if (url === undefined) {
    losses.dropped(path, `${dialect} takes images as base64 or by URL only.`)
    return undefined
  }
  const own = ownFields(extras)
  const { detail, image_url: _, ...rest } = own
  return {
    type: 'image_url',
    image_url: { url, ...(detail !== undefined && { detail }), ...nestedFields(own, 'image_url') },
    ...rest,
  }
}

function imageUrl(source: ImageBlock['source']): string | undefined {
  if (source.type === 'url') return source.url
  return source.type === 'base64' ? dataUrl(source) : undefined
}

function encodeDocument(block: DocumentBlock, path: string, losses: LossList): JsonObject | undefined {
  const { title, extras } = block
  const source = checkMedia(block.source, path, (detail) => losses.approximated(path, detail))
  const { file: _, ...rest } = ownFields(extras)
  const nested = nestedFields(ownFields(extras), 'file')
  switch (source.type) {
    case 'base64':
      return {
        type: 'file',
        file: { filename: title ?? untitledDocument, file_data: dataUrl(source), ...nested },
        ...rest,
      }
    case 'file':
      if (source.dialect !== dialect) {
        losses.dropped(path, `the file ${source.fileId} is stored with another provider.`)
        return undefined
      }
      return { type: 'file', file: { file_id: source.fileId, ...(title && { filename: title }), ...nested }, ...rest }
    case 'text':
      losses.approximated(path, 'a text document is sent as text.')
      return { type: 'text', text: title ? `${title}\n\n${source.text}` : source.text }
    case 'url':
      losses.approximated(path, `${dialect} fetches no documents: only the URL is sent, as text.`)
      return { type: 'text', text: title ? `${title}: ${source.url}` : source.url }
  }
}

function encodeOpaque(block: OpaqueBlock, path: string, losses: LossList): JsonObject | undefined {
  if (block.dialect === dialect && isJsonObject(block.value)) return block.value
  const type = isJsonObject(block.value) ? text(block.value.type) : ''
  losses.dropped(path, `${type || 'the block'} belongs to ${block.dialect} alone.`)
  return undefined
}

/** OpenAI takes no longer id of a tool call. */
export const idRule: IdRule = { maxLength: 40 }

/** A tool call as it stands in `tool_calls`. */
export function encodeToolCall(block: ToolCallBlock): JsonObject {
  const own = ownFields(block.extras)
  const { function: _, ...rest } = own
  return {
    id: fitId(block.id, idRule),
    type: 'function',
    function: { name: block.name, arguments: block.input, ...nestedFields(own, 'function') },
    ...rest,
  }
}

/** A call of a custom tool as it stands in `tool_calls`; undefined for any other block. A streamed one has its input in its extras. */
export function encodeCustomCall({ value, dialect: spoken, extras }: OpaqueBlock): JsonObject | undefined {
  if (spoken !== dialect || !isJsonObject(value) || value.type !== 'custom') return undefined
  const { input } = ownFields(extras)
  if (!Array.isArray(input)) return value
  const custom = nestedFields(value, 'custom')
  return { ...value, custom: { ...custom, input: text(custom.input) + input.map(text).join('') } }
}

/** An answer in sound, put together from the pieces in its extras; undefined for any other block. */
export function encodeSound({ value, dialect: spoken, extras }: OpaqueBlock): JsonObject | undefined {
  if (spoken !== dialect || !isJsonObject(value) || value.type !== 'audio') return undefined
  const { audio } = ownFields(extras)
  const pieces = Array.isArray(audio) ? audio.filter(isJsonObject) : []
  const joined = (field: string): JsonObject =>
    pieces.some((piece) => field in piece) ? { [field]: pieces.map((piece) => text(piece[field])).join('') } : {}
  return Object.assign({}, ...pieces, joined('data'), joined('transcript'))
}
