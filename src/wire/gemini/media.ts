import type { JsonObject } from '../../core/json.ts'
import type { Block, DocumentBlock, ImageBlock, MediaSource } from '../../core/message.ts'
import { checkMedia } from '../check-media.ts'
import type { LossList } from '../losses.ts'
import { asString, optionalString } from '../read.ts'
import { dialect, fieldsOf, furtherFields, text, withExtras } from './extras.ts'
import type { WireBlob, WireFile } from './types.ts'

const known = {
  blob: new Set(['mimeType', 'data', 'displayName']),
  file: new Set(['fileUri', 'mimeType', 'displayName']),
}

/** Reads `inlineData` or `fileData`; undefined for what the common form has no word for: sound, video, what we do not know. */
export function decodeMedia(part: JsonObject, path: string, further: JsonObject | undefined): Block | undefined {
  const isInline = part.inlineData !== undefined
  const at = `${path}.${isInline ? 'inlineData' : 'fileData'}`
  const said = fieldsOf(isInline ? part.inlineData : part.fileData, at)
  if (furtherFields(said, isInline ? known.blob : known.file)) return undefined
  const mediaType = optionalString(said.mimeType, `${at}.mimeType`) ?? ''
  const name = optionalString(said.displayName, `${at}.displayName`)
  const source = isInline
    ? inlineSource(mediaType, asString(said.data, `${at}.data`))
    : fileSource(asString(said.fileUri, `${at}.fileUri`))
  // A file's type is for the provider to know: kept beside the block, and sent back with it.
  const extras = { ...further, ...(!isInline && mediaType !== '' && { mimeType: mediaType }) }
  if (mediaType.startsWith('image/')) {
    return { type: 'image', source, ...withExtras({ ...extras, ...(name !== undefined && { displayName: name }) }) }
  }
  if (mediaType !== 'application/pdf' && !mediaType.startsWith('text/')) return undefined
  return { type: 'document', source, ...(name !== undefined && { title: name }), ...withExtras(extras) }
}

/** Plain text travels as bytes in this dialect, and as text in others. */
function inlineSource(mediaType: string, data: string): MediaSource {
  if (mediaType.startsWith('text/')) {
    const bytes = Buffer.from(data, 'base64')
    const words = bytes.toString('utf8')
    if (Buffer.from(words).equals(bytes) && bytes.toString('base64') === data) {
      return { type: 'text', mediaType, text: words }
    }
  }
  return { type: 'base64', mediaType, data }
}

/** What was uploaded to Google lies there; any other address is anybody's. */
function fileSource(uri: string): MediaSource {
  const isAddress = /^https?:\/\//.test(uri) && !/^https:\/\/generativelanguage\.googleapis\.com\//.test(uri)
  return isAddress ? { type: 'url', url: uri } : { type: 'file', fileId: uri, dialect }
}

/** Writes a picture or a document; undefined, and named as a loss, where it lies with another provider. */
export function encodeMedia(
  { type, source: said, ...block }: ImageBlock | DocumentBlock,
  own: JsonObject,
  path: string,
  losses: LossList,
): { inlineData: WireBlob } | { fileData: WireFile } | undefined {
  const source = checkMedia(said, path, (detail) => losses.approximated(path, detail))
  const displayName = ('title' in block ? block.title : undefined) ?? (text(own.displayName) || undefined)
  const named = displayName === undefined ? {} : { displayName }
  switch (source.type) {
    case 'base64':
      return { inlineData: { mimeType: source.mediaType, data: source.data, ...named } }
    case 'text':
      return { inlineData: { mimeType: source.mediaType, data: Buffer.from(source.text).toString('base64'), ...named } }
    case 'url':
      return { fileData: { fileUri: source.url, mimeType: text(own.mimeType) || guess(type, source.url), ...named } }
    case 'file': {
      if (source.dialect !== dialect) {
        losses.dropped(path, `The file "${source.fileId}" lies with another provider (${source.dialect}).`)
        return undefined
      }
      const mimeType = text(own.mimeType)
      return { fileData: { fileUri: source.fileId, ...(mimeType !== '' && { mimeType }), ...named } }
    }
  }
}

const byEnding: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  heif: 'image/heif',
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  html: 'text/html',
  csv: 'text/csv',
}

/** The API wants a type where an address is given, and the other dialects name none. */
function guess(type: 'image' | 'document', url: string): string {
  const ending = /\.(\w{2,4})(?:[?#]|$)/.exec(url)?.[1]?.toLowerCase() ?? ''
  const usual = type === 'image' ? 'image/jpeg' : 'application/pdf'
  const found = Object.hasOwn(byEnding, ending) ? byEnding[ending]! : usual
  return type === 'image' && !found.startsWith('image/') ? usual : found
}
