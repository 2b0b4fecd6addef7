import { crc32 } from 'node:zlib'

/** One message of `application/vnd.amazon.eventstream`: lengths and their sum, headers, the payload, the sum of it all. */
export function eventMessage(headers: Readonly<Record<string, string>>, payload: string): Uint8Array {
  const body = new TextEncoder().encode(payload)
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)))
  const message = Buffer.alloc(12 + head.length + body.length + 4)
  message.writeUInt32BE(message.length, 0)
  message.writeUInt32BE(head.length, 4)
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8)
  message.set(head, 12)
  message.set(body, 12 + head.length)
  message.writeUInt32BE(crc32(message.subarray(0, -4)), message.length - 4)
  return message
}

/** A header whose value is a string: type 7. */
function header(name: string, value: string): Uint8Array {
  const [label, text] = [Buffer.from(name), Buffer.from(value)]
  const length = Buffer.alloc(2)
  length.writeUInt16BE(text.length)
  return Buffer.concat([Buffer.from([label.length]), label, Buffer.from([7]), length, text])
}
