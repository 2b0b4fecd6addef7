import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Block, MediaSource } from '../../core/message.ts'
import { asArray, asObject, asString, optionalBoolean, optionalString } from '../read.ts'
import { dialect, extrasOf, furtherFields, markedExtrasOf } from './extras.ts'

/** Reads content: a string or blocks. Throws `InvalidRequest` naming what is of the wrong type. */
export function decodeContent(content: JsonValue | undefined, path: string): Block[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return asArray(content, path).map((block, index) => decodeBlock(block, `${path}[${index}]`))
}

const known = {
  text: new Set(['type', 'text']),
  image: new Set(['type', 'source']),
  document: new Set(['type', 'source', 'title']),
  toolUse: new Set(['type', 'id', 'name', 'input']),
  directToolUse: new Set(['type', 'id', 'name', 'input', 'caller']),
  toolResult: new Set(['type', 'tool_use_id', 'content', 'is_error']),
  thinking: new Set(['type', 'thinking', 'signature']),
  redacted: new Set(['type', 'data']),
}

/** Reads one block. A type that we do not know is carried unread, as an opaque block. */
export function decodeBlock(value: JsonValue | undefined, path: string): Block {
  const block = asObject(value, path)
  switch (asString(block.type, `${path}.type`)) {
    case 'text':
      return { type: 'text', text: asString(block.text, `${path}.text`), ...markedExtrasOf(block, known.text) }
    case 'image':
      return decodeImage(block, path)
    case 'document':
      return decodeDocument(block, path)
    case 'tool_use':
      return decodeToolUse(block, path)
    case 'tool_result':
      return {
        type: 'tool-result',
        callId: asString(block.tool_use_id, `${path}.tool_use_id`),
        content: decodeContent(block.content ?? [], `${path}.content`),
        isError: optionalBoolean(block.is_error, `${path}.is_error`) ?? false,
        ...markedExtrasOf(block, known.toolResult),
      }
    case 'thinking': {
      const signature = optionalString(block.signature, `${path}.signature`)
      return {
        type: 'thinking',
        text: asString(block.thinking, `${path}.thinking`),
        dialect,
        ...(signature && { signature }),
        ...extrasOf(block, known.thinking),
      }
    }
    case 'redacted_thinking': {
      const redacted = asString(block.data, `${path}.data`)
      return { type: 'thinking', text: '', dialect, redacted, ...extrasOf(block, known.redacted) }
    }
    default:
      return { type: 'opaque', dialect, value: block }
  }
}

function decodeToolUse(block: JsonObject, path: string): Block {
  const { caller } = block
  const isDirect = isJsonObject(caller) && caller.type === 'direct' && Object.keys(caller).length === 1
  return {
    type: 'tool-call',
    id: asString(block.id, `${path}.id`),
    name: asString(block.name, `${path}.name`),
    input: JSON.stringify(asObject(block.input ?? {}, `${path}.input`)),
    ...markedExtrasOf(block, isDirect ? known.directToolUse : known.toolUse),
  }
}

function decodeImage(block: JsonObject, path: string): Block {
  const source = decodeSource(block.source, `${path}.source`)
  if (!source || source.type === 'text') return { type: 'opaque', dialect, value: block }
  return { type: 'image', source, ...markedExtrasOf(block, known.image) }
}

function decodeDocument(block: JsonObject, path: string): Block {
  const source = decodeSource(block.source, `${path}.source`)
  if (!source) return { type: 'opaque', dialect, value: block }
  const title = optionalString(block.title, `${path}.title`)
  return { type: 'document', source, ...(title !== undefined && { title }), ...markedExtrasOf(block, known.document) }
}

const sourceFields = {
  base64: new Set(['type', 'media_type', 'data']),
  url: new Set(['type', 'url']),
  file: new Set(['type', 'file_id']),
}

/** Undefined for a source that we cannot say whole in the common form. */
function decodeSource(value: JsonValue | undefined, path: string): MediaSource | undefined {
  const source = asObject(value, path)
  const text = (field: string) => asString(source[field], `${path}.${field}`)
  const isWhole = (fields: ReadonlySet<string>) => furtherFields(source, fields) === undefined
  switch (text('type')) {
    case 'base64':
      if (!isWhole(sourceFields.base64)) return undefined
      return { type: 'base64', mediaType: text('media_type'), data: text('data') }
    case 'text':
      if (!isWhole(sourceFields.base64)) return undefined
      return { type: 'text', mediaType: text('media_type'), text: text('data') }
    case 'url':
      return isWhole(sourceFields.url) ? { type: 'url', url: text('url') } : undefined
    case 'file':
      return isWhole(sourceFields.file) ? { type: 'file', fileId: text('file_id'), dialect } : undefined
    default:
      return undefined
  }
}
