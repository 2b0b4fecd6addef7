import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Block, DocumentBlock, ImageBlock, OpaqueBlock } from '../../core/message.ts'
import { checkMedia } from '../check-media.ts'
import type { LossList } from '../losses.ts'
import { withBreakpoint } from '../openai/breakpoint.ts'
import { dataUrl } from '../openai/data-url.ts'
import { text } from '../openai/fields.ts'
import { ownFields } from './extras.ts'
import { dialect, untitledDocument } from './types.ts'

/** A block of a message to the model, or of a tool's result, as a content part; undefined, and a loss, where there is none. */
export function encodePart(block: Block, path: string, losses: LossList): JsonObject | undefined {
  losses.foreignExtras(block.extras, path)
  const part = encodeUnmarked(block, path, losses)
  return part && withBreakpoint(part, block.cache)
}

function encodeUnmarked(block: Block, path: string, losses: LossList): JsonObject | undefined {
  switch (block.type) {
    case 'text':
      return { type: 'input_text', text: block.text, ...ownFields(block.extras) }
    case 'refusal':
      losses.approximated(path, 'a refusal is sent as text.')
      return { type: 'input_text', text: block.text, ...ownFields(block.extras) }
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
  const isPlain = parts.length === 1 && first.type === 'input_text' && Object.keys(first).length === 2
  return isPlain ? text(first.text) : parts
}

function encodeImage({ extras, ...image }: ImageBlock, path: string, losses: LossList): JsonObject | undefined {
  const source = checkMedia(image.source, path, (detail) => losses.approximated(path, detail))
  const fields = { detail: 'auto', ...ownFields(extras) }
  switch (source.type) {
    case 'base64':
      return { type: 'input_image', image_url: dataUrl(source), ...fields }
    case 'url':
      return { type: 'input_image', image_url: source.url, ...fields }
    case 'file':
      if (source.dialect === dialect) return { type: 'input_image', file_id: source.fileId, ...fields }
      losses.dropped(path, `the file ${source.fileId} is stored with another provider.`)
      return undefined
    case 'text':
      losses.dropped(path, 'an image cannot be text.')
      return undefined
  }
}

function encodeDocument(block: DocumentBlock, path: string, losses: LossList): JsonObject | undefined {
  const { title, extras } = block
  const source = checkMedia(block.source, path, (detail) => losses.approximated(path, detail))
  const named = { ...(title !== undefined && { filename: title }), ...ownFields(extras) }
  switch (source.type) {
    case 'base64':
      return { type: 'input_file', filename: untitledDocument, file_data: dataUrl(source), ...named }
    case 'url':
      return { type: 'input_file', file_url: source.url, ...named }
    case 'file':
      if (source.dialect === dialect) return { type: 'input_file', file_id: source.fileId, ...named }
      losses.dropped(path, `the file ${source.fileId} is stored with another provider.`)
      return undefined
    case 'text':
      losses.approximated(path, 'a text document is sent as text.')
      return { type: 'input_text', text: title ? `${title}\n\n${source.text}` : source.text }
  }
}

/** A block of this dialect's own, as it came; undefined, and a loss, for any other. */
export function encodeOpaque(block: OpaqueBlock, path: string, losses: LossList): JsonObject | undefined {
  if (block.dialect === dialect && isJsonObject(block.value)) return block.value
  const type = isJsonObject(block.value) ? text(block.value.type) : ''
  losses.dropped(path, `${type || 'the block'} belongs to ${block.dialect} alone.`)
  return undefined
}
