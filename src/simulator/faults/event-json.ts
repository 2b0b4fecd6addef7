import { withPayload } from '../bedrock-converse/event-stream.ts'
import type { Frame } from '../dialect.ts'
import type { ChangeJson } from './change-json.ts'

/** The frame with other JSON in its event; without any text where the change leaves the event out. */
export function withEventJson(frame: Frame, change: ChangeJson): Frame {
  const { text } = frame
  if (typeof text !== 'string') {
    if (text.length === 0) return frame
    const changed = change(jsonOf(text))
    return { ...frame, text: changed === undefined ? '' : withPayload(text, Buffer.from(changed)) }
  }
  const [line, json] = /^data: (\{[^\r\n]*)/m.exec(text) ?? []
  if (line === undefined || json === undefined) return frame
  const changed = change(json)
  return { ...frame, text: changed === undefined ? '' : text.replace(line, () => `data: ${changed}`) }
}

/** The JSON of a binary message. */
function jsonOf(message: Uint8Array): string {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength)
  return bytes.toString('utf8', 12 + bytes.readUInt32BE(4), bytes.length - 4)
}
