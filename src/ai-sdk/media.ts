import type { SharedV4FileData } from '@ai-sdk/provider'
import type { DocumentBlock, ImageBlock, MediaSource } from '../core/message.ts'
import { InvalidRequest } from '../errors/index.ts'

/** Bytes of a file, in the words of spec v4 or, as they stand there without a `type`, of spec v3. */
export type FileData =
  | { readonly type: 'data'; readonly data: Uint8Array | string }
  | { readonly type: 'url'; readonly url: URL; readonly originalUrl?: string }
  | { readonly type: 'reference'; readonly reference: Readonly<Record<string, string | undefined>> }
  | { readonly type: 'text'; readonly text: string }
  | Uint8Array
  | string
  | URL

/** A file as the block that holds it. */
export function readMedia(
  data: FileData,
  mediaType: string,
  title: string | undefined,
  path: string,
): ImageBlock | DocumentBlock {
  const source = readFile(data, mediaType, path)
  if (/^image(\/|$)/.test(mediaType)) return { type: 'image', source }
  return { type: 'document', source, ...(title !== undefined && { title }) }
}

/** Where the bytes of a file are. Throws `InvalidRequest` where the media type of inline bytes is not told in full. */
function readFile(data: FileData, mediaType: string, path: string): MediaSource {
  if (typeof data === 'string' || data instanceof Uint8Array) return inline(data, mediaType, path)
  if (data instanceof URL) return readUrl(data.href)
  switch (data.type) {
    case 'data':
      return inline(data.data, mediaType, path)
    case 'url':
      return readUrl(data.originalUrl ?? data.url.href)
    case 'text':
      return { type: 'text', mediaType: mediaType === 'text/*' ? 'text/plain' : mediaType, text: data.text }
    case 'reference':
      return readReference(data.reference)
    default:
      throw new InvalidRequest(path, 'its data is of no kind that is known.')
  }
}

/** The same in the words of spec v4. Throws `InvalidRequest` for an address that is none. */
export function writeFile(source: MediaSource, path: string): SharedV4FileData {
  switch (source.type) {
    case 'base64':
      return { type: 'data', data: source.data }
    case 'url':
      return writeUrl(source.url, path)
    case 'text':
      return { type: 'text', text: source.text }
    case 'file':
      return { type: 'reference', reference: writeReference(source) }
  }
}

/** The media type of a file; where its source does not tell, any of its kind. */
export function mediaTypeOf(source: MediaSource, kind: 'image' | 'document'): string {
  if ('mediaType' in source) return source.mediaType
  return kind === 'image' ? 'image/*' : 'application/pdf'
}

function inline(data: Uint8Array | string, mediaType: string, path: string): MediaSource {
  if (!/^[^/*]+\/[^/*]+$/.test(mediaType)) {
    const fix = 'Write it in full: image/png, application/pdf.'
    throw new InvalidRequest(path, `the media type "${mediaType}" does not tell what the bytes are.`, fix)
  }
  const bytes = typeof data === 'string' ? data : Buffer.from(data).toString('base64')
  if (!mediaType.startsWith('text/')) return { type: 'base64', mediaType, data: bytes }
  return { type: 'text', mediaType, text: Buffer.from(bytes, 'base64').toString('utf8') }
}

function readUrl(url: string): MediaSource {
  const [, mediaType, data] = /^data:([^;,]+);base64,(.*)$/s.exec(url) ?? []
  return mediaType !== undefined && data !== undefined ? { type: 'base64', mediaType, data } : { type: 'url', url }
}

function writeUrl(address: string, path: string): SharedV4FileData {
  const url = URL.parse(address)
  if (!url) throw new InvalidRequest(path, 'its url is no absolute address.')
  return { type: 'url', url, originalUrl: address }
}

/** The names that the AI SDK gives to the providers whose dialects are known here. */
const vendors = [
  ['openai', 'openai-chat'],
  ['anthropic', 'anthropic-messages'],
] as const

function readReference(reference: Readonly<Record<string, string | undefined>>): MediaSource {
  const [only, ...others] = Object.entries(reference)
  const dialect = only && others.length === 0 && vendors.find(([vendor]) => vendor === only[0])?.[1]
  if (dialect && only[1] !== undefined) return { type: 'file', fileId: only[1], dialect }
  return { type: 'file', fileId: JSON.stringify(reference), dialect: 'ai-sdk' }
}

function writeReference({ fileId, dialect }: Extract<MediaSource, { type: 'file' }>): Record<string, string> {
  if (dialect === 'ai-sdk') return JSON.parse(fileId)
  const vendor = vendors.find(([, spoken]) => spoken === dialect)?.[0] ?? dialect
  return { [vendor]: fileId }
}
