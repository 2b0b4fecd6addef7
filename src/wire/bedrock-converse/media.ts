import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Block, DocumentBlock, ImageBlock, MediaSource } from '../../core/message.ts'
import { checkMedia } from '../check-media.ts'
import type { LossList } from '../losses.ts'
import { text } from './extras.ts'
import type { WireDocument, WireImage, WireSource } from './types.ts'

const imageFormats: ReadonlyMap<string, WireImage['format']> = new Map([
  ['image/png', 'png'],
  ['image/jpeg', 'jpeg'],
  ['image/gif', 'gif'],
  ['image/webp', 'webp'],
])

const documentFormats: ReadonlyMap<string, WireDocument['format']> = new Map([
  ['application/pdf', 'pdf'],
  ['text/csv', 'csv'],
  ['application/msword', 'doc'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
  ['application/vnd.ms-excel', 'xls'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
  ['text/html', 'html'],
  ['text/plain', 'txt'],
  ['text/markdown', 'md'],
])

/** Writes a picture; undefined, and named as a loss, where the API cannot have its bytes or its format. */
export function encodeImage(
  { source: said }: Pick<ImageBlock, 'source'>,
  path: string,
  losses: LossList,
): { image: WireImage } | undefined {
  const source = checked(said, path, losses)
  const type = typeOf(source)
  const format = type === undefined ? byEnding(source, imageEndings) : imageFormats.get(type)
  const bytes = encodeSource(source)
  if (bytes && format) return { image: { format, source: bytes } }
  losses.dropped(
    path,
    bytes ? `Bedrock takes png, jpeg, gif and webp, and this is ${type ?? 'unknown'}.` : whyNot(source),
  )
  return undefined
}

/** Writes a document, named as the API allows, or a picture as one; undefined, and named as a loss, where it cannot be sent. */
export function encodeDocument(
  { source: said, title }: DocumentBlock,
  nameOf: (title: string | undefined) => string,
  path: string,
  losses: LossList,
): { document: WireDocument } | { image: WireImage } | undefined {
  const source = checked(said, path, losses)
  const type = typeOf(source)
  // A picture that came as a file is a picture.
  if (type?.startsWith('image/')) return encodeImage({ source }, path, losses)
  const known = type === undefined ? byEnding(source, documentEndings) : documentFormats.get(type)
  const format = known ?? (type?.startsWith('text/') ? 'txt' : undefined)
  const bytes = encodeSource(source)
  if (!bytes || !format) {
    losses.dropped(path, bytes ? `Bedrock takes no document of the type ${type ?? 'unknown'}.` : whyNot(source))
    return undefined
  }
  if (!known) losses.approximated(`${path}.source`, `${type} is sent as text/plain.`)
  const name = nameOf(title)
  if (title !== undefined && title !== name) {
    losses.approximated(
      `${path}.title`,
      `Bedrock allows only some characters, and each name once: it is sent as "${name}".`,
    )
  }
  return { document: { format, name, source: bytes } }
}

/**
 * Names documents as the API allows: letters, digits, single spaces, hyphens, parentheses and square brackets, and no name twice in
 * a request. One without a title is called `document`.
 */
export function nameDocuments(): (title: string | undefined) => string {
  const taken = new Set<string>()
  return (title) => {
    const allowed = (title ?? '')
      .replace(/[^A-Za-z0-9\s()[\]-]+/g, '-')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, 180)
    const name = allowed === '' || allowed === '-' ? 'document' : allowed
    let free = name
    for (let count = 2; taken.has(free); count++) free = `${name} (${count})`
    taken.add(free)
    return free
  }
}

/** What lies in S3 is nobody's to check but Bedrock's. */
function checked(source: MediaSource, path: string, losses: LossList): MediaSource {
  if (source.type === 'url' && source.url.startsWith('s3://')) return source
  return checkMedia(source, path, (detail) => losses.approximated(path, detail))
}

function typeOf(source: MediaSource): string | undefined {
  const type = source.type === 'base64' || source.type === 'text' ? source.mediaType : undefined
  return type?.split(';')[0]?.trim().toLowerCase()
}

function encodeSource(source: MediaSource): WireSource | undefined {
  switch (source.type) {
    case 'base64':
      return { bytes: source.data }
    case 'text':
      return { bytes: Buffer.from(source.text).toString('base64') }
    case 'url':
      return source.url.startsWith('s3://') ? { s3Location: { uri: source.url } } : undefined
    case 'file':
      return undefined
  }
}

function whyNot(source: MediaSource): string {
  return source.type === 'file'
    ? `The file "${source.fileId}" lies with another provider (${source.dialect}).`
    : 'Bedrock loads nothing from the web: send the bytes, or an address that begins with s3://.'
}

const imageEndings: ReadonlyMap<string, WireImage['format']> = new Map([
  ['png', 'png'],
  ['jpg', 'jpeg'],
  ['jpeg', 'jpeg'],
  ['gif', 'gif'],
  ['webp', 'webp'],
])
const documentEndings: ReadonlyMap<string, WireDocument['format']> = new Map(
  [...documentFormats.values()].map((format) => [format, format]),
)

function byEnding<Format>(source: MediaSource, endings: ReadonlyMap<string, Format>): Format | undefined {
  const ending = source.type === 'url' ? /\.(\w{1,5})$/.exec(source.url)?.[1]?.toLowerCase() : undefined
  return ending === undefined ? undefined : endings.get(ending)
}

/** A picture in an answer; undefined for one that is not as the API has it. */
export function decodeImage(image: JsonObject): Block | undefined {
  const bytes = isJsonObject(image.source) ? text(image.source.bytes) : ''
  const format = text(image.format)
  if (bytes === '' || !imageFormats.has(`image/${format}`)) return undefined
  return { type: 'image', source: { type: 'base64', mediaType: `image/${format}`, data: bytes } }
}
