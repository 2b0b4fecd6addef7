import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import { asArray, asObject, asString, optionalBoolean, optionalString } from '../read.ts'
import type { CallBook } from './call-ids.ts'
import { dialect, fieldsOf, furtherFields, optionalFields, withExtras } from './extras.ts'
import { decodeMedia } from './media.ts'
import { decodeResponse } from './tool-result.ts'

const known = {
  text: new Set(['text', 'thought']),
  thinking: new Set(['text', 'thought', 'thoughtSignature']),
  inlineData: new Set(['inlineData']),
  fileData: new Set(['fileData']),
  functionCall: new Set(['functionCall']),
  call: new Set(['id', 'name', 'args']),
  functionResponse: new Set(['functionResponse']),
  response: new Set(['id', 'name', 'response', 'parts']),
}

/** Reads the parts of a turn. Throws `InvalidRequest` naming what is of the wrong type. */
export function decodeParts(parts: JsonValue | undefined, path: string, calls: CallBook): Block[] {
  if (parts === undefined || parts === null) return []
  return asArray(parts, path).map((part, index) => decodePart(part, `${path}[${index}]`, calls))
}

/**
 * Reads one part. What we do not know (code that the provider ran, sound, video) is carried unread, as an opaque block. The
 * signature of a thought stays with the part that it came with: on anything but a thought it is one of the part's extras.
 */
export function decodePart(value: JsonValue | undefined, path: string, calls: CallBook): Block {
  const part = fieldsOf(value, path)
  const opaque: Block = { type: 'opaque', dialect, value: part }
  if (part.functionCall !== undefined) return decodeCall(part, path, calls)
  if (part.functionResponse !== undefined) return decodeFunctionResponse(part, path, calls)
  if (part.inlineData !== undefined || part.fileData !== undefined) {
    const only = part.inlineData === undefined ? known.fileData : known.inlineData
    return decodeMedia(part, path, furtherFields(part, only)) ?? opaque
  }
  if (part.text === undefined) return opaque
  const words = asString(part.text, `${path}.text`)
  if (optionalBoolean(part.thought, `${path}.thought`)) {
    const signature = optionalString(part.thoughtSignature, `${path}.thoughtSignature`)
    const further = withExtras(furtherFields(part, known.thinking))
    return { type: 'thinking', text: words, dialect, ...(signature && { signature }), ...further }
  }
  return { type: 'text', text: words, ...withExtras(furtherFields(part, known.text)) }
}

function decodeCall(part: JsonObject, path: string, calls: CallBook): Block {
  const at = `${path}.functionCall`
  const call = fieldsOf(part.functionCall, at)
  const name = asString(call.name, `${at}.name`)
  const beside = furtherFields(call, known.call)
  return {
    type: 'tool-call',
    id: calls.called(name, optionalString(call.id, `${at}.id`), at),
    name,
    input: JSON.stringify(argumentsOf(call.args, `${at}.args`)),
    ...withExtras({ ...furtherFields(part, known.functionCall), ...(beside && { functionCall: beside }) }),
  }
}

/** The names within are the caller's own. */
function argumentsOf(value: JsonValue | undefined, path: string): JsonObject {
  if (value === undefined || value === null) return {}
  return asObject(value, path)
}

function decodeFunctionResponse(part: JsonObject, path: string, calls: CallBook): Block {
  const at = `${path}.functionResponse`
  const said = fieldsOf(part.functionResponse, at)
  const name = asString(said.name, `${at}.name`)
  const response = argumentsOf(said.response, `${at}.response`)
  const { text, isError } = decodeResponse(response)
  const beside = furtherFields(said, known.response)
  const media = decodeParts(said.parts, `${at}.parts`, calls)
  return {
    type: 'tool-result',
    callId: calls.answered(name, optionalString(said.id, `${at}.id`), at),
    content: [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...media],
    isError,
    ...withExtras({ ...furtherFields(part, known.functionResponse), ...(beside && { functionResponse: beside }) }),
  }
}

/** The text of a system instruction, which may come as content or as a string. */
export function decodeSystem(value: JsonValue | undefined, calls: CallBook): Block[] {
  if (typeof value === 'string') return value === '' ? [] : [{ type: 'text', text: value }]
  return decodeParts(optionalFields(value, 'systemInstruction').parts, 'systemInstruction.parts', calls)
}
