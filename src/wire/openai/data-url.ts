import type { MediaSource } from '../../core/message.ts'

/** Bytes within a message. */
export type Base64Source = Extract<MediaSource, { type: 'base64' }>

/** The media type and the base64 text of a `data:` URL; undefined for any other URL. */
export function parseDataUrl(url: string): Base64Source | undefined {
  const comma = url.indexOf(',')
  if (comma === -1 || comma > 200) return undefined
  const mediaType = /^data:([^;,\s]+)(?:;[^;,]*)*;base64$/i.exec(url.slice(0, comma))?.[1]
  return mediaType === undefined ? undefined : { type: 'base64', mediaType, data: url.slice(comma + 1) }
}

/** What stands in `file_data`: a `data:` URL, or a bare PDF. Undefined where the media type cannot be known. */
export function parseFileData(data: string): Base64Source | undefined {
  const isBarePdf = data.startsWith('JVBERi')
  return isBarePdf ? { type: 'base64', mediaType: 'application/pdf', data } : parseDataUrl(data)
}

/** Bytes as a `data:` URL. */
export function dataUrl({ mediaType, data }: Base64Source): string {
  return `data:${mediaType};base64,${data}`
}
