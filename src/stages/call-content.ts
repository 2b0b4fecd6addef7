import type { CallContent } from '../core/event.ts'
import { grouped } from '../core/figures.ts'
import type { Block, DocumentBlock, ImageBlock, Message } from '../core/message.ts'

/** What the content of one call may take, in bytes of JSON. */
export const maxContentBytes = 64 * 1024

/** What content is kept of. */
export interface CallContentOptions {
  readonly messages: readonly Message[]
  /** Absent where no answer came. */
  readonly answer?: readonly Block[]
  /** Takes the known secrets out of a text. */
  readonly redact: (text: string) => string
}

/**
 * What was asked and answered, as the record keeps it: words alone, without the known secrets, at most 64 KiB as JSON. Of
 * images, documents and what is one provider's own, a note says what it was and how large. Where it is too much, the answer
 * has at most half of it, and the last messages go before the first.
 */
export function callContent({ messages, answer, redact }: CallContentOptions): CallContent {
  const room: Room = { left: maxContentBytes / 2, isCut: false, redact }
  const answered = answer && fitBlocks(answer, room)
  room.left += maxContentBytes / 2 - framing
  const kept: Message[] = []
  for (const message of messages.toReversed()) {
    const framed = take<Message>({ role: message.role, content: [] }, room)
    if (!framed) break
    kept.push({ ...framed, content: fitBlocks(message.content, room) })
  }
  return { messages: kept.reverse(), ...(answered && { answer: answered }), isCut: room.isCut }
}

/** `{"messages":[],"answer":[],"isCut":false}` */
const framing = 64

/** Labels (ids, names of tools) are cut at this many characters. */
const maxLabelLength = 200

/** What is left of the bytes. */
interface Room {
  left: number
  isCut: boolean
  readonly redact: (text: string) => string
}

function fitBlocks(blocks: readonly Block[], room: Room): Block[] {
  return blocks.flatMap((block) => fitBlock(block, room) ?? [])
}

function fitBlock(block: Block, room: Room): Block | undefined {
  const label = (text: string) => {
    if (text.length <= maxLabelLength) return room.redact(text)
    room.isCut = true
    return room.redact(`${text.slice(0, maxLabelLength)}…`)
  }
  switch (block.type) {
    case 'text':
    case 'refusal': {
      const framed = take({ type: block.type, text: '' }, room)
      return framed && { ...framed, text: cut(block.text, room) }
    }
    case 'thinking': {
      const framed = take({ type: block.type, text: '', dialect: block.dialect }, room)
      return framed && { ...framed, text: cut(block.text, room) }
    }
    case 'tool-call': {
      const framed = take({ type: block.type, id: label(block.id), name: label(block.name), input: '' }, room)
      return framed && { ...framed, input: cut(block.input, room) }
    }
    case 'tool-result': {
      const { type, callId, isError } = block
      const framed = take({ type, callId: label(callId), isError, content: [] }, room)
      return framed && { ...framed, content: fitBlocks(block.content, room) }
    }
    case 'image':
    case 'document':
      return fitBlock({ type: 'text', text: noteOf(block) }, room)
    case 'opaque':
      return fitBlock({ type: 'text', text: `[a block of ${block.dialect}, ${sizeOf(bytesOf(block.value))}]` }, room)
  }
}

function noteOf(block: ImageBlock | DocumentBlock): string {
  const { type, source } = block
  const title = block.type === 'document' && block.title !== undefined ? ` "${block.title}"` : ''
  switch (source.type) {
    case 'base64':
      return `[${type}${title}: ${source.mediaType}, ${sizeOf(Math.floor((source.data.length * 3) / 4))}]`
    case 'url':
      // A page's address is worth keeping; what is all in its address is data.
      return source.url.startsWith('data:')
        ? `[${type}${title}: in its address, ${sizeOf(source.url.length)}]`
        : `[${type}${title}: ${source.url}]`
    case 'file':
      return `[${type}${title}: file ${source.fileId}]`
    case 'text':
      return `[${type}${title}: ${source.mediaType}]\n${source.text}`
  }
}

const sizeOf = (bytes: number): string => `${grouped(bytes)} bytes`

/** Takes the room that a block takes without its words; undefined where there is none left. */
function take<Frame>(frame: Frame, room: Room): Frame | undefined {
  const bytes = bytesOf(frame) + 1
  if (bytes > room.left) {
    room.isCut = true
    return undefined
  }
  room.left -= bytes
  return frame
}

/** As much of a text as there is room for, redacted. A secret that the end cuts in two is known by the ellipsis. */
function cut(text: string, room: Room): string {
  let kept = room.redact(text.length > room.left ? `${text.slice(0, room.left)}…` : text)
  let bytes = bytesOf(kept) - 2
  room.isCut ||= text.length > room.left || bytes > room.left
  while (bytes > room.left) {
    const length = Math.floor((kept.length * room.left) / bytes) - 1
    kept = length > 0 ? `${kept.slice(0, length)}…` : ''
    bytes = bytesOf(kept) - 2
    // The ellipsis itself takes three bytes.
    if (length <= 3) break
  }
  if (bytes > room.left) return ''
  room.left -= bytes
  return kept
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '')
}
