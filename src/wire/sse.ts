import { isUtf8 } from 'node:buffer'
import { grouped } from '../core/figures.ts'
import { ReplyTooLarge, ReplyUnreadable } from '../errors/index.ts'
import { hold, keepFrom, noBytes } from './held-bytes.ts'

/** One server-sent event. */
export interface SseEvent {
  /** The `event` field; `message` where there is none. */
  readonly event: string
  /** The `data` lines, joined by line feeds; undefined where there is none, as in a comment. */
  readonly data: string | undefined
  /** The bytes as they came, blank line included, but for a byte order mark, on which SDKs fail. Valid until the next `push`. */
  readonly raw: Uint8Array
}

/** Splits a byte stream into events. */
export interface SseReader {
  /** The events that these bytes complete. */
  push(bytes: Uint8Array): readonly SseEvent[]
  /** Whether an event was begun and not ended: the WHATWG algorithm drops it. */
  midEvent(): boolean
  /** What is wrong with the bytes after the events that the last `push` gave: it throws where it has none to give. Absent: never. */
  failure?(): unknown
}

const lineFeed = 10
const carriageReturn = 13
/** How many bytes a byte order mark takes. */
const markBytes = 3

/**
 * Reads server-sent events as the WHATWG HTML standard has them (section 9.2.6): LF, CR or CRLF, a byte order mark,
 * comments, several data lines, split at any byte; an event is given as soon as its blank line ends. Linear in its input.
 * Throws `ReplyTooLarge` for an event of more than `maxEventBytes` (default 32 MiB: a picture comes in one), `ReplyUnreadable` for one that
 * is no UTF-8.
 */
export function readSse(target: string, { maxEventBytes = 32 << 20 }: { maxEventBytes?: number } = {}): SseReader {
  const held = noBytes()
  let scanned = 0
  let lineStart = 0
  let afterReturn = false
  let first = true
  let hasReturns = false

  return {
    midEvent: () => held.buffer.subarray(0, held.used).some((byte) => byte !== lineFeed && byte !== carriageReturn),
    push: (bytes) => {
      if (bytes.byteLength === 0) return []
      const wasEmpty = held.used === 0
      hold(held, bytes)
      const { buffer, used } = held
      const events: SseEvent[] = []
      let start = 0
      const breaks = findBreaks(buffer.subarray(0, used), scanned)
      while (scanned < used) {
        const at = breaks.next(scanned)
        if (at > scanned) afterReturn = false
        scanned = at
        if (at === used) break
        const byte = buffer[at]
        hasReturns ||= byte === carriageReturn
        if (byte === lineFeed && afterReturn) {
          afterReturn = false
          lineStart = ++scanned
          continue
        }
        afterReturn = byte === carriageReturn
        const isBlankLine = at === lineStart
        scanned++
        if (afterReturn && scanned < used && buffer[scanned] === lineFeed) {
          scanned++
          afterReturn = false
        }
        lineStart = scanned
        if (!isBlankLine) continue
        if (scanned - start > maxEventBytes) throw tooLarge(target, maxEventBytes)
        events.push(parseEvent(buffer.subarray(start, scanned), first, hasReturns, target))
        first = false
        start = scanned
      }
      if (used - start > maxEventBytes) throw tooLarge(target, maxEventBytes)
      if (start > 0 || wasEmpty) {
        keepFrom(held, start)
        scanned -= start
        lineStart -= start
      }
      return events
    },
  }
}

/**
 * Finds where lines end from `start` on, by the native search: a byte at a time costs more than all else that is done with an event, and
 * what was searched before is not searched again.
 */
function findBreaks(bytes: Buffer, start: number): { next(from: number): number } {
  const search = (byte: number) => {
    let found = bytes.indexOf(byte, start)
    return (from: number): number => {
      if (found !== -1 && found < from) found = bytes.indexOf(byte, from)
      return found === -1 ? bytes.length : found
    }
  }
  const [feed, carriage] = [search(lineFeed), search(carriageReturn)]
  return { next: (from) => Math.min(feed(from), carriage(from)) }
}

function parseEvent(raw: Buffer, first: boolean, hasReturns: boolean, target: string): SseEvent {
  let event = 'message'
  let data: string | undefined
  const text = raw.toString('utf8')
  // What cannot be read comes out as U+FFFD, which may also be what was said.
  if (text.includes('\ufffd') && !isUtf8(raw)) throw new ReplyUnreadable(target, 'bytes that are no UTF-8')
  const hasMark = first && text.charCodeAt(0) === 0xfeff
  let at = hasMark ? 1 : 0
  while (at < text.length) {
    const end = hasReturns ? endOfLine(text, at) : endOfFedLine(text, at)
    if (text.startsWith('data', at) && (end === at + 4 || text[at + 4] === ':')) {
      const value = fieldValue(text, at + 4, end)
      data = data === undefined ? value : `${data}\n${value}`
    } else if (text.startsWith('event:', at)) {
      event = fieldValue(text, at + 5, end) || 'message'
    }
    at = end + 1
  }
  return { event, data, raw: hasMark ? raw.subarray(markBytes) : raw }
}

function endOfFedLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}

function endOfLine(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === lineFeed || unit === carriageReturn) return at
  }
  return text.length
}

/** What follows the colon at `colon`, less one space. */
function fieldValue(text: string, colon: number, end: number): string {
  const start = text[colon + 1] === ' ' ? colon + 2 : colon + 1
  return start < end ? text.slice(start, end) : ''
}

function tooLarge(target: string, maxEventBytes: number): ReplyTooLarge {
  return new ReplyTooLarge(target, `a stream event of more than ${grouped(maxEventBytes)} bytes`)
}
