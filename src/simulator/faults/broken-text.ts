import { withPayload } from '../bedrock-converse/event-stream.ts'

/** Stands in the text of an answer where its bytes are to be broken; nothing else of the simulator's writes it. */
export const breakHere = '\u{e002}'

const mark = Buffer.from(breakHere)
const broken = Buffer.from([0xff, 0xfe, 0xff])

/** The bytes with no UTF-8 in them wherever the text says so. */
export function brokenText(text: string | Uint8Array): string | Uint8Array {
  const bytes = Buffer.from(text)
  let at = bytes.indexOf(mark)
  if (at < 0) return text
  for (; at >= 0; at = bytes.indexOf(mark, at)) bytes.set(broken, at)
  if (typeof text === 'string') return bytes
  return withPayload(bytes, bytes.subarray(12 + bytes.readUInt32BE(4), -4))
}
