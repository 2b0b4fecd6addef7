import type { MediaSource } from '../core/message.ts'
import { InvalidRequest } from '../errors/index.ts'

/** Told what was mended, so that it can be named. */
type Note = (detail: string) => void

/**
 * The bytes or the address of a picture or a document, fit to be written in another dialect. What it repeats in a form that every
 * API takes means the same (`image/jpg`, base64 in lines or in the alphabet of URLs); a picture that is not of the type that it
 * claims is sent as what it is, and noted. Throws `InvalidRequest` for a media type or bytes that are none, and for an address
 * that nobody could fetch.
 */
export function checkMedia(source: MediaSource, path: string, note: Note): MediaSource {
  if (source.type === 'base64') return checkBytes(source, path, note)
  if (source.type === 'url' && !/^(?:https?|gs):\/\/./i.test(source.url)) throw notAnAddress(source.url, path)
  return source
}

type Bytes = Extract<MediaSource, { type: 'base64' }>

function checkBytes(source: Bytes, path: string, note: Note): Bytes {
  const mediaType = source.mediaType.toLowerCase()
  if (!/^[\w.+-]+\/[\w.+*-]+$/.test(mediaType)) {
    throw new InvalidRequest(path, `${JSON.stringify(source.mediaType.slice(0, 80))} is no media type.`, howToSend)
  }
  const data = plainBase64(source.data)
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(data)) {
    throw new InvalidRequest(path, `its ${mediaType} data is no base64.`, howToSend)
  }
  const claimed = mediaType === 'image/jpg' ? 'image/jpeg' : mediaType
  const found = claimed.startsWith('image/') ? pictureType(data) : undefined
  if (found !== undefined && found !== claimed) note(`it claims to be ${claimed}; its bytes are ${found}.`)
  const known = found ?? claimed
  return known === source.mediaType && data === source.data ? source : { type: 'base64', mediaType: known, data }
}

const howToSend = 'Send `data:<media type>;base64,<data>`, or an address that begins with https://.'

function notAnAddress(url: string, path: string): InvalidRequest {
  const what = url.startsWith('data:') ? 'a data URL without a media type, or not in base64' : 'no address'
  return new InvalidRequest(path, `${JSON.stringify(url.slice(0, 80))} is ${what}.`, howToSend)
}

function plainBase64(data: string): string {
  if (!/[\s_-]/.test(data)) return data
  return data.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/')
}

/** How the files begin of the kinds of picture that every API takes, in base64. */
const beginnings: readonly (readonly [string, RegExp])[] = [
  ['image/png', /^iVBORw0KGg/],
  ['image/jpeg', /^\/9j\//],
  ['image/gif', /^R0lGOD/],
  ['image/webp', /^UklGR.{6}XRUJQ/],
]

function pictureType(data: string): string | undefined {
  const start = data.slice(0, 24)
  return beginnings.find(([, pattern]) => pattern.test(start))?.[0]
}
