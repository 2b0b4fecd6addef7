import { isUtf8 } from 'node:buffer'
import { crc32 } from 'node:zlib'
import { grouped } from '../core/figures.ts'
import { ReplyTooLarge, ReplyUnreadable } from '../errors/index.ts'
import { hold, keepFrom, noBytes } from './held-bytes.ts'
import type { SseEvent, SseReader } from './sse.ts'

/** Two lengths and their checksum. */
const preludeBytes = 12
const checksumBytes = 4

/**
 * Reads `application/vnd.amazon.eventstream`: messages of a prelude, headers, a payload and two CRC-32 sums, split at any byte.
 * An event is named by its `:event-type`; a failure by `exception:` and its `:exception-type`, or by `error:` and its
 * `:error-code`. Linear in its input. Throws `ReplyTooLarge` for a message of more than `maxEventBytes` (default 1 MiB), and
 * `ReplyUnreadable` for a sum that is wrong and a payload that is no UTF-8.
 */
export function readEventStream(target: string, { maxEventBytes = 1 << 20 } = {}): SseReader {
  const held = noBytes()
  let failure: unknown

  return {
    failure: () => failure,
    midEvent: () => held.used > 0,
    push: (bytes) => {
      if (bytes.byteLength === 0) return []
      const wasEmpty = held.used === 0
      hold(held, bytes)
      const { buffer, used } = held
      const events: SseEvent[] = []
      let start = 0
      try {
        while (used - start >= preludeBytes) {
          const length = messageLength(buffer.subarray(start, start + preludeBytes), maxEventBytes, target)
          if (used - start < length) break
          events.push(readMessage(buffer.subarray(start, start + length), target))
          start += length
        }
      } catch (error) {
        if (events.length === 0) throw error
        failure = error
      }
      if (start > 0 || wasEmpty) keepFrom(held, start)
      return events
    },
  }
}

/** The length of the message that begins so: its sum is checked before anybody waits for so many bytes. */
function messageLength(prelude: Buffer, maxEventBytes: number, target: string): number {
  if (crc32(prelude.subarray(0, 8)) !== prelude.readUInt32BE(8)) {
    throw new ReplyUnreadable(target, 'bytes that begin no event-stream message')
  }
  const length = prelude.readUInt32BE(0)
  if (length > maxEventBytes) {
    throw new ReplyTooLarge(target, `a stream event of more than ${grouped(maxEventBytes)} bytes`)
  }
  if (length < preludeBytes + prelude.readUInt32BE(4) + checksumBytes) {
    throw new ReplyUnreadable(target, 'a stream event that is shorter than its headers')
  }
  return length
}

function readMessage(raw: Buffer, target: string): SseEvent {
  const end = raw.byteLength - checksumBytes
  if (crc32(raw.subarray(0, end)) !== raw.readUInt32BE(end)) {
    throw new ReplyUnreadable(target, 'a stream event whose checksum is wrong')
  }
  const payloadAt = preludeBytes + raw.readUInt32BE(4)
  const headers = readHeaders(raw.subarray(preludeBytes, payloadAt), target)
  const payload = raw.subarray(payloadAt, end)
  if (!isUtf8(payload)) throw new ReplyUnreadable(target, 'bytes that are no UTF-8')
  const text = payload.toString('utf8')
  return { event: nameOf(headers), data: text === '' ? headers.get(':error-message') : text, raw }
}

function nameOf(headers: ReadonlyMap<string, string>): string {
  switch (headers.get(':message-type')) {
    case 'exception':
      return `exception:${headers.get(':exception-type') ?? ''}`
    case 'error':
      return `error:${headers.get(':error-code') ?? ''}`
    default:
      return headers.get(':event-type') || 'message'
  }
}

/** How many bytes a value takes, by its type; undefined where its length stands before it. */
const valueBytes: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16]
const textType = 7

/** The headers whose values are text; the others are stepped over. */
function readHeaders(bytes: Buffer, target: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>()
  let at = 0
  const take = (count: number): Buffer => {
    if (at + count > bytes.byteLength) throw new ReplyUnreadable(target, 'a stream event with broken headers')
    at += count
    return bytes.subarray(at - count, at)
  }
  while (at < bytes.byteLength) {
    const name = take(take(1).readUInt8()).toString('utf8')
    const type = take(1).readUInt8()
    if (type >= valueBytes.length) throw new ReplyUnreadable(target, 'a stream event with a header of an unknown type')
    const value = take(valueBytes[type] ?? take(2).readUInt16BE())
    if (type === textType) headers.set(name, value.toString('utf8'))
  }
  return headers
}
