import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Block, MediaSource } from '../../core/message.ts'
import { InvalidRequest } from '../../errors/index.ts'
import { takeBreakpoint } from '../openai/breakpoint.ts'
import { parseDataUrl, parseFileData } from '../openai/data-url.ts'
import { asObject, asString, optionalString, unknownFields } from '../read.ts'
import { withExtras } from './extras.ts'
import { dialect, untitledDocument } from './types.ts'

/** The `content` of a message, a text or a list of parts, as blocks. An empty text is no block. */
export function decodeContent(content: JsonValue | undefined, path: string): Block[] {
  if (content === '') return []
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (Array.isArray(content)) {
    return content.map((value: JsonValue, i) => {
      const [part, mark] = takeBreakpoint(asObject(value, `${path}[${i}]`))
      return { ...decodePart(part, `${path}[${i}]`), ...mark }
    })
  }
  throw new InvalidRequest(path, 'expected a string or an array of content parts.')
}

function decodePart(part: JsonObject, path: string): Block {
  switch (asString(part.type, `${path}.type`)) {
    case 'text':
      return {
        type: 'text',
        text: asString(part.text, `${path}.text`),
        ...withExtras(unknownFields(part, textFields)),
      }
    case 'refusal':
      return {
        type: 'refusal',
        text: asString(part.refusal, `${path}.refusal`),
        ...withExtras(unknownFields(part, refusalFields)),
      }
    case 'image_url':
      return decodeImage(part, path)
    case 'file':
      return decodeFile(part, path)
    default:
      return { type: 'opaque', dialect, value: part }
  }
}

const textFields = new Set(['type', 'text'])
const refusalFields = new Set(['type', 'refusal'])
const imageFields = new Set(['type', 'image_url'])
const imageUrlFields = new Set(['url', 'detail'])
const filePartFields = new Set(['type', 'file'])
const fileFields = new Set(['file_id', 'file_data', 'filename'])

function decodeImage(part: JsonObject, path: string): Block {
  // Mistral's clients write the address alone.
  const said = part.image_url
  const image = typeof said === 'string' ? { url: said } : asObject(said, `${path}.image_url`)
  const url = asString(image.url, `${path}.image_url.url`)
  const detail = optionalString(image.detail, `${path}.image_url.detail`)
  const rest = unknownFields(image, imageUrlFields)
  return {
    type: 'image',
    source: parseDataUrl(url) ?? { type: 'url', url },
    ...withExtras({
      ...(detail !== undefined && { detail }),
      ...(rest && { image_url: rest }),
      ...unknownFields(part, imageFields),
    }),
  }
}

function decodeFile(part: JsonObject, path: string): Block {
  const file = asObject(part.file, `${path}.file`)
  const name = optionalString(file.filename, `${path}.file.filename`)
  const source = fileSource(
    optionalString(file.file_id, `${path}.file.file_id`),
    optionalString(file.file_data, `${path}.file.file_data`),
  )
  if (!source) return { type: 'opaque', dialect, value: part }
  const rest = unknownFields(file, fileFields)
  return {
    type: 'document',
    source,
    ...(name !== undefined && name !== untitledDocument && { title: name }),
    ...withExtras({ ...(rest && { file: rest }), ...unknownFields(part, filePartFields) }),
  }
}

/** Undefined where the file is neither an id nor of a media type that can be known. */
function fileSource(fileId: string | undefined, data: string | undefined): MediaSource | undefined {
  if (fileId !== undefined) return { type: 'file', fileId, dialect }
  return data === undefined ? undefined : parseFileData(data)
}

/** A tool call of an assistant message: a function, or a block of the dialect's own (a custom tool). */
export function decodeToolCall(value: JsonValue | undefined, path: string): { id: string; block: Block } {
  const call = asObject(value, path)
  const id = asString(call.id, `${path}.id`)
  if (id === '') throw new InvalidRequest(`${path}.id`, 'a tool call needs an id that is not empty.')
  const isFunction = call.type === undefined || call.type === null || call.type === 'function'
  if (!isFunction) return { id, block: { type: 'opaque', dialect, value: call } }
  const called = asObject(call.function, `${path}.function`)
  const input = asString(called.arguments, `${path}.function.arguments`)
  const rest = unknownFields(called, functionFields)
  const block: Block = {
    type: 'tool-call',
    id,
    name: asString(called.name, `${path}.function.name`),
    input: input === '' ? '{}' : input,
    ...withExtras({ ...(rest && { function: rest }), ...unknownFields(call, callFields) }),
  }
  return { id, block }
}

const callFields = new Set(['id', 'type', 'function'])
const functionFields = new Set(['name', 'arguments'])
