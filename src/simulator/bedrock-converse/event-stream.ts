import { crc32 } from 'node:zlib'

/** One message of `application/vnd.amazon.eventstream`: lengths and their sum, headers, the payload, the sum of it all. */
export function eventMessage(headers: Readonly<Record<string, string>>, payload: string): Uint8Array {
  const body = new TextEncoder().encode(payload)
  return assembled(Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value))), body)
}

function assembled(head: Uint8Array, body: Uint8Array): Uint8Array {
  const message = Buffer.alloc(12 + head.length + body.length + 4)
  message.writeUInt32BE(message.length, 0)
  message.writeUInt32BE(head.length, 4)
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8)
  message.set(head, 12)
  message.set(body, 12 + head.length)
  message.writeUInt32BE(crc32(message.subarray(0, -4)), message.length - 4)
  return message
}

/** A message whose payload is `before`, so many bytes, and `after`; as much of them at a time as `filling` holds. */
export function* longMessage(
  headers: Readonly<Record<string, string>>,
  [before, after]: readonly [string, string],
  bytes: number,
  filling: Uint8Array,
): Generator<Uint8Array> {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)))
  const prelude = Buffer.alloc(12)
  prelude.writeUInt32BE(12 + head.length + before.length + bytes + after.length + 4, 0)
  prelude.writeUInt32BE(head.length, 4)
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8)
  let sum = 0
  for (const part of payload()) {
    sum = crc32(part, sum)
    yield part
  }
  const end = Buffer.alloc(4)
  end.writeUInt32BE(sum)
  yield end

  function* payload(): Generator<Uint8Array> {
    yield Buffer.concat([prelude, head, Buffer.from(before)])
    for (let left = bytes; left > 0; left -= filling.length) yield filling.subarray(0, left)
    yield Buffer.from(after)
  }
}

/** A header whose value is a string: type 7. */
function header(name: string, value: string): Uint8Array {
  const [label, text] = [Buffer.from(name), Buffer.from(value)]
  const length = Buffer.alloc(2)
  length.writeUInt16BE(text.length)
  return Buffer.concat([Buffer.from([label.length]), label, Buffer.from([7]), length, text])
}

/** The message with another payload. */
export function withPayload(message: Uint8Array, payload: Uint8Array): Uint8Array {
  const head = Buffer.from(message).subarray(12, 12 + Buffer.from(message).readUInt32BE(4))
  return assembled(head, payload)
}
