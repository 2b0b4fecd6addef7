import { isJsonObject } from '../../core/json.ts'
import type { Block, DocumentBlock, MediaSource, ThinkingBlock, ToolResultBlock } from '../../core/message.ts'
import type { ChosenMarks, MarkHolder } from '../cache-marks.ts'
import { checkMedia } from '../check-media.ts'
import type { LossList } from '../losses.ts'
import { fitId, type IdRule } from '../tool-id.ts'
import { toolInput } from '../tool-input.ts'
import { dialect, ownFields, withMark } from './extras.ts'
import type { WireBlock, WireDocument, WireImage, WireSource, WireText, WireTextSource } from './types.ts'

/** Writes blocks for a request. What cannot be said is left out and listed; empty text says nothing and is left out. */
export function encodeBlocks(
  content: readonly Block[],
  pathOf: (index: number) => string,
  marks: ChosenMarks,
  losses: LossList,
): WireBlock[] {
  const written: WireBlock[] = []
  for (const [index, block] of content.entries()) {
    const one = encodeBlock(block, pathOf(index), marks, losses)
    if (one) written.push(one)
  }
  return written
}

const idRule: IdRule = { maxLength: 128, isPlain: true }

/** A text without further fields as a string, the rest as it is: both mean the same to the API. */
export function shorten(blocks: WireBlock[]): string | WireBlock[] {
  const [only] = blocks
  const isPlain = blocks.length === 1 && only?.type === 'text' && Object.keys(only).length === 2
  return isPlain ? (only as WireText).text : blocks
}

/** Whether the API takes a mark on it: on all but thinking, and text that says nothing. */
export function canHold(holder: MarkHolder): boolean {
  if (!('type' in holder)) return true
  switch (holder.type) {
    case 'text':
    case 'refusal':
      return holder.text.trim() !== ''
    case 'image':
    case 'document':
      if (holder.source.type === 'file') return holder.source.dialect === dialect
      return holder.type === 'document' || holder.source.type !== 'text'
    case 'thinking':
    case 'opaque':
      return false
    default:
      return true
  }
}

function encodeBlock(block: Block, path: string, marks: ChosenMarks, losses: LossList): WireBlock | undefined {
  const written = encodeKnown(block, path, marks, losses)
  // What another dialect says of an empty text (a signature) is lost with it.
  if (!written && block.type === 'text') ownFields(block.extras, path, losses)
  return written && { ...written, ...withMark(marks.take(block), ownFields(block.extras, path, losses)) }
}

function encodeKnown(block: Block, path: string, marks: ChosenMarks, losses: LossList): WireBlock | undefined {
  switch (block.type) {
    case 'text':
      return encodeText(block.text, path, losses)
    case 'refusal':
      losses.approximated(path, 'A refusal is sent as text.')
      return encodeText(block.text, path, losses)
    case 'image':
      return encodeImage(checkMedia(block.source, path, noteOf(path, losses)), path, losses)
    case 'document':
      return encodeDocument(block, path, losses)
    case 'tool-call':
      return {
        type: 'tool_use',
        id: fitId(block.id, idRule),
        name: block.name,
        input: toolInput(block.input, path, 'Anthropic'),
      }
    case 'tool-result':
      return encodeToolResult(block, path, marks, losses)
    case 'thinking':
      return encodeThinkingBlock(block, path, losses)
    case 'opaque':
      if (block.dialect === dialect && isJsonObject(block.value)) return { ...block.value }
      losses.dropped(path, `A block of ${block.dialect} has no meaning to Anthropic.`)
      return undefined
  }
}

function encodeText(text: string, path: string, losses: LossList): WireText | undefined {
  if (text.trim() !== '') return { type: 'text', text }
  if (text !== '') losses.dropped(path, 'Anthropic rejects text that is nothing but white space.')
  return undefined
}

function encodeImage(source: MediaSource, path: string, losses: LossList): WireImage | undefined {
  if (source.type === 'base64' && !pictures.has(source.mediaType)) {
    losses.dropped(path, `Anthropic takes no pictures of the type ${source.mediaType}.`)
    return undefined
  }
  const written = source.type === 'text' ? undefined : encodeSource(source)
  if (!written) losses.dropped(path, whyNot(source))
  return written && { type: 'image', source: written }
}

const pictures: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])

function noteOf(path: string, losses: LossList): (detail: string) => void {
  return (detail) => losses.approximated(path, detail)
}

/** Documents are PDF or plain text here; a picture that came as a file is a picture. */
function encodeDocument(
  { source: said, title }: DocumentBlock,
  path: string,
  losses: LossList,
): WireDocument | WireImage | undefined {
  const source = readableText(checkMedia(said, path, noteOf(path, losses)))
  if (source.type === 'base64' && source.mediaType.startsWith('image/')) return encodeImage(source, path, losses)
  if (source.type === 'base64' && source.mediaType !== 'application/pdf') {
    losses.dropped(path, `Anthropic takes documents as PDF or text, not as ${source.mediaType}.`)
    return undefined
  }
  const written = source.type === 'text' ? encodePlainText(source, path, losses) : encodeSource(source)
  if (!written) losses.dropped(path, whyNot(source))
  return written && { type: 'document', source: written, ...(title !== undefined && { title }) }
}

/** Text that came as bytes, as text. */
function readableText(source: MediaSource): MediaSource {
  if (source.type !== 'base64' || !source.mediaType.startsWith('text/')) return source
  return { type: 'text', mediaType: source.mediaType, text: Buffer.from(source.data, 'base64').toString('utf8') }
}

function encodePlainText(
  { mediaType, text }: Extract<MediaSource, { type: 'text' }>,
  path: string,
  losses: LossList,
): WireTextSource {
  if (mediaType !== 'text/plain') losses.approximated(`${path}.source`, `${mediaType} is sent as text/plain.`)
  return { type: 'text', media_type: 'text/plain', data: text }
}

function encodeSource(source: Exclude<MediaSource, { type: 'text' }>): WireSource | undefined {
  switch (source.type) {
    case 'base64':
      return { type: 'base64', media_type: source.mediaType, data: source.data }
    case 'url':
      return { type: 'url', url: source.url }
    case 'file':
      return source.dialect === dialect ? { type: 'file', file_id: source.fileId } : undefined
  }
}

function whyNot(source: MediaSource): string {
  return source.type === 'file'
    ? `The file "${source.fileId}" lies with another provider (${source.dialect}).`
    : 'An image cannot be text.'
}

function encodeToolResult(block: ToolResultBlock, path: string, marks: ChosenMarks, losses: LossList): WireBlock {
  const content = encodeBlocks(block.content, (index) => `${path}.content[${index}]`, marks, losses)
  return {
    type: 'tool_result',
    tool_use_id: fitId(block.callId, idRule),
    ...(content.length > 0 && { content: shorten(content) }),
    ...(block.isError && { is_error: true as const }),
  }
}

function encodeThinkingBlock(block: ThinkingBlock, path: string, losses: LossList): WireBlock | undefined {
  if (block.dialect === dialect) {
    if (block.redacted !== undefined) return { type: 'redacted_thinking', data: block.redacted }
    if (block.signature) return { type: 'thinking', thinking: block.text, signature: block.signature }
  }
  losses.dropped(path, 'Thinking goes back only to the provider that signed it: signatures are provider-bound.')
  return undefined
}
