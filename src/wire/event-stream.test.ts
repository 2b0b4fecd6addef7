import { EventStreamCodec } from '@smithy/eventstream-codec'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ReplyUnreadable } from '../errors/index.ts'
import { readEventStream } from './event-stream.ts'

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
)
type Headers = Parameters<typeof codec.encode>[0]['headers']
const text = (value: string) => ({ type: 'string' as const, value })
const message = (headers: Headers, body: string) => codec.encode({ headers, body: Buffer.from(body) })
const named = (event: string, body = '{}') =>
  message(
    { ':message-type': text('event'), ':event-type': text(event), ':content-type': text('application/json') },
    body,
  )
const readAll = (bytes: Uint8Array, edges: readonly number[] = [], maxEventBytes?: number) => {
  const reader = readEventStream('bedrock/m', maxEventBytes === undefined ? {} : { maxEventBytes })
  const at = [0, ...edges, bytes.length]
  const events = at.slice(1).flatMap((end, index) => {
    // The bytes are handed over in a buffer that is used again.
    const piece = Buffer.from(bytes.slice(at[index], end))
    const found = reader.push(piece).map(({ event, data, raw }) => ({ event, data, raw: Buffer.from(raw) }))
    piece.fill(0)
    return found
  })
  return { events, midEvent: reader.midEvent() }
}

const header: fc.Arbitrary<Headers[string]> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }).map(text),
  fc.boolean().map((value) => ({ type: 'boolean' as const, value })),
  fc.integer({ min: -128, max: 127 }).map((value) => ({ type: 'byte' as const, value })),
  fc.integer({ min: -32768, max: 32767 }).map((value) => ({ type: 'short' as const, value })),
  fc.integer().map((value) => ({ type: 'integer' as const, value })),
  fc.uint8Array({ maxLength: 20 }).map((value) => ({ type: 'binary' as const, value })),
  fc.date({ noInvalidDate: true }).map((value) => ({ type: 'timestamp' as const, value })),
  fc.uuid().map((value) => ({ type: 'uuid' as const, value })),
)
const messages = fc.array(
  fc.record({
    event: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    body: fc.string({ unit: 'grapheme', minLength: 1 }),
    others: fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), header, { maxKeys: 3 }),
  }),
  { maxLength: 6 },
)

it('reads what the official codec writes, wherever its bytes are split, and takes no beginning for the whole', () => {
  fc.assert(
    fc.property(messages, fc.array(fc.nat(), { maxLength: 8 }), fc.nat(), (list, cuts, cut) => {
      const written = list.map(({ event, body, others }) =>
        message({ ...others, ':message-type': text('event'), ':event-type': text(event) }, body),
      )
      const bytes = Buffer.concat(written)
      const edges = cuts.map((at) => at % (bytes.length + 1)).sort((left, right) => left - right)
      const { events, midEvent } = readAll(bytes, edges)
      expect(events.map(({ event, data }) => [event, data])).toEqual(list.map(({ event, body }) => [event, body]))
      expect(Buffer.concat(events.map(({ raw }) => raw))).toEqual(bytes)
      expect(midEvent).toBe(false)

      const end = cut % (bytes.length + 1)
      let whole = 0
      for (const { length } of written) {
        if (whole + length > end) break
        whole += length
      }
      expect(readAll(bytes.subarray(0, end)).midEvent).toBe(whole < end)
    }),
  )
})

it('reads a message that comes byte by byte', () => {
  const bytes = Buffer.concat([named('messageStart', '{"role":"assistant"}'), named('messageStop')])
  const edges = Array.from({ length: bytes.length }, (_, index) => index)
  expect(readAll(bytes, edges).events.map(({ event }) => event)).toEqual(['messageStart', 'messageStop'])
})

it('notices every bit that is wrong', () => {
  const bytes = named('contentBlockDelta', '{"delta":{"text":"Hi"}}')
  fc.assert(
    fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
      const broken = Buffer.from(bytes)
      broken[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => readAll(broken)).toThrow(ReplyUnreadable)
    }),
  )
})

it('reads nothing of what is no event stream', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 12 }), (bytes) => {
      expect(() => readAll(bytes)).toThrow(ReplyUnreadable)
    }),
  )
})

it('names failures for what they are', () => {
  const exception = message(
    { ':message-type': text('exception'), ':exception-type': text('throttlingException') },
    '{"message":"Slow"}',
  )
  const error = message(
    { ':message-type': text('error'), ':error-code': text('InternalFailure'), ':error-message': text('Broken') },
    '',
  )
  expect(readAll(Buffer.concat([exception, error])).events).toMatchObject([
    { event: 'exception:throttlingException', data: '{"message":"Slow"}' },
    { event: 'error:InternalFailure', data: 'Broken' },
  ])
})

it('holds no more than a message may have, and refuses a longer one before its bytes have come', () => {
  const bytes = named('x', 'a'.repeat(2000))
  expect(() => readAll(bytes.subarray(0, 12), [], 1000)).toThrow('more than 1,000 bytes')
  expect(readAll(bytes, [12], bytes.length).events).toHaveLength(1)
})

it('refuses headers that do not fit, and a payload that is no UTF-8', () => {
  const broken = (headers: Buffer, body = Buffer.from('{}')) => {
    const length = 16 + headers.length + body.length
    const bytes = Buffer.alloc(length)
    bytes.writeUInt32BE(length, 0)
    bytes.writeUInt32BE(headers.length, 4)
    bytes.writeUInt32BE(crc(bytes.subarray(0, 8)), 8)
    headers.copy(bytes, 12)
    body.copy(bytes, 12 + headers.length)
    bytes.writeUInt32BE(crc(bytes.subarray(0, length - 4)), length - 4)
    return bytes
  }
  expect(() => readAll(broken(Buffer.from([9, 65])))).toThrow('broken headers')
  expect(() => readAll(broken(Buffer.from([1, 65, 7, 0, 9, 66])))).toThrow('broken headers')
  expect(() => readAll(broken(Buffer.from([1, 65, 77])))).toThrow('unknown type')
  expect(() => readAll(broken(Buffer.alloc(0), Buffer.from([0xff, 0xfe])))).toThrow('no UTF-8')
  expect(readAll(broken(Buffer.alloc(0))).events).toMatchObject([{ event: 'message', data: '{}' }])
})

/** CRC-32 as the specification has it, bit by bit. */
function crc(bytes: Uint8Array): number {
  let sum = ~0
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0)
  }
  return ~sum >>> 0
}

it('gives the events before bytes that are none, and says what is wrong with the rest', () => {
  const reader = readEventStream('bedrock/m')
  expect(reader.push(Buffer.concat([named('messageStop'), Buffer.alloc(20, 7)]))).toHaveLength(1)
  expect(reader.failure?.()).toBeInstanceOf(ReplyUnreadable)
})
