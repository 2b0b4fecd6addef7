import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Block, MediaSource } from '../../core/message.ts'
import { InvalidRequest } from '../../errors/index.ts'
import { takeBreakpoint } from '../openai/breakpoint.ts'
import { parseDataUrl, parseFileData } from '../openai/data-url.ts'
import { asObject, asString, optionalString, unknownFields } from '../read.ts'
import { withExtras } from './extras.ts'
import { dialect, untitledDocument } from './types.ts'

/** The `content` of a message or the `output` of a tool, a text or a list of parts, as blocks. An empty text is no block. */
export function decodeContent(content: JsonValue | undefined, path: string, item: JsonObject = {}): Block[] {
  if (content === '') return []
  if (typeof content === 'string') return [{ type: 'text', text: content, ...withExtras(item) }]
  if (Array.isArray(content)) {
    return content.map((value: JsonValue, i) => {
      const [part, mark] = takeBreakpoint(asObject(value, `${path}[${i}]`))
      return { ...decodePart(part, `${path}[${i}]`, item), ...mark }
    })
  }
  throw new InvalidRequest(path, 'expected a string or an array of content parts.')
}

/** One part. `item` is what the block keeps of the item around it. */
function decodePart(part: JsonObject, path: string, item: JsonObject = {}): Block {
  switch (asString(part.type, `${path}.type`)) {
    case 'input_text':
    case 'output_text':
      return {
        type: 'text',
        text: asString(part.text, `${path}.text`),
        ...withExtras({ ...item, ...furtherFields(part, textFields) }),
      }
    case 'refusal':
      return {
        type: 'refusal',
        text: asString(part.refusal, `${path}.refusal`),
        ...withExtras({ ...item, ...furtherFields(part, refusalFields) }),
      }
    case 'input_image':
      return decodeImage(part, path)
    case 'input_file':
      return decodeFile(part, path)
    default:
      return { type: 'opaque', dialect, value: part }
  }
}

const textFields = new Set(['type', 'text'])
const refusalFields = new Set(['type', 'refusal'])
const imageFields = new Set(['type', 'image_url', 'file_id'])
const fileFields = new Set(['type', 'file_id', 'file_data', 'file_url', 'filename'])

/** What a part says beyond the fields in `known`; nulls, empty lists and `detail: auto` say nothing. */
export function furtherFields(part: JsonObject, known: ReadonlySet<string>): JsonObject {
  const fields = Object.entries(unknownFields(part, known) ?? {})
  return Object.fromEntries(
    fields.filter(
      ([key, value]) =>
        value !== null && !(Array.isArray(value) && value.length === 0) && !(key === 'detail' && value === 'auto'),
    ),
  )
}

function decodeImage(part: JsonObject, path: string): Block {
  const url = optionalString(part.image_url, `${path}.image_url`)
  const fileId = optionalString(part.file_id, `${path}.file_id`)
  if (url === undefined && fileId === undefined) {
    throw new InvalidRequest(`${path}.image_url`, 'an input_image needs an image_url or a file_id.')
  }
  const source: MediaSource =
    url === undefined ? { type: 'file', fileId: fileId ?? '', dialect } : (parseDataUrl(url) ?? { type: 'url', url })
  return { type: 'image', source, ...withExtras(furtherFields(part, imageFields)) }
}

function decodeFile(part: JsonObject, path: string): Block {
  const title = optionalString(part.filename, `${path}.filename`)
  const source = fileSource(
    optionalString(part.file_id, `${path}.file_id`),
    optionalString(part.file_data, `${path}.file_data`),
    optionalString(part.file_url, `${path}.file_url`),
  )
  if (!source) return { type: 'opaque', dialect, value: part }
  return {
    type: 'document',
    source,
    ...(title !== undefined && title !== untitledDocument && { title }),
    ...withExtras(furtherFields(part, fileFields)),
  }
}

function fileSource(
  fileId: string | undefined,
  data: string | undefined,
  url: string | undefined,
): MediaSource | undefined {
  if (fileId !== undefined) return { type: 'file', fileId, dialect }
  if (data !== undefined) return parseFileData(data)
  return url === undefined ? undefined : { type: 'url', url }
}
