import type { LanguageModelV3ToolResultPart, LanguageModelV4ToolResultPart } from '@ai-sdk/provider'
import type { Block, ToolResultBlock } from '../core/message.ts'
import { InvalidRequest } from '../errors/index.ts'
import { readMedia } from './media.ts'
import { readExtras, type VendorOptions } from './options.ts'

type Output = LanguageModelV4ToolResultPart['output'] | LanguageModelV3ToolResultPart['output']
type Part = Extract<Output, { type: 'content' }>['value'][number]

/** What a tool answered. Throws `InvalidRequest` for what cannot be read. */
export function readOutput(output: Output, path: string): Pick<ToolResultBlock, 'content' | 'isError'> {
  switch (output.type) {
    case 'text':
    case 'error-text':
      return { content: textBlocks(output.value), isError: output.type === 'error-text' }
    case 'json':
    case 'error-json':
      return { content: textBlocks(JSON.stringify(output.value)), isError: output.type === 'error-json' }
    case 'execution-denied':
      return { content: textBlocks(output.reason ?? 'The tool was not allowed to run.'), isError: true }
    case 'content':
      return {
        content: output.value.map((part: Part, index) => readPart(part, `${path}.output.value[${index}]`)),
        isError: false,
      }
    default:
      throw new InvalidRequest(`${path}.output`, 'its type is not known.')
  }
}

function readPart(part: Part, path: string): Block {
  const extras = readExtras(part.providerOptions as VendorOptions | undefined)
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text, ...extras }
    case 'file':
      return { ...readMedia(part.data, part.mediaType, part.filename, path), ...extras }
    case 'file-data':
      return { ...readMedia(part.data, part.mediaType, part.filename, path), ...extras }
    case 'image-data':
      return { ...readMedia(part.data, part.mediaType, undefined, path), ...extras }
    case 'image-url':
      return { type: 'image', source: { type: 'url', url: part.url }, ...extras }
    case 'file-url':
      return { type: 'document', source: { type: 'url', url: part.url }, ...extras }
    case 'file-id':
    case 'image-file-id': {
      if (typeof part.fileId === 'string') {
        throw new InvalidRequest(path, 'it does not tell whose file it is.', "Write fileId: { openai: 'file-…' }.")
      }
      const reference = part.fileId
      const mediaType = part.type === 'file-id' ? 'application/pdf' : 'image/*'
      return { ...readMedia({ type: 'reference', reference }, mediaType, undefined, path), ...extras }
    }
    case 'custom':
      return { type: 'opaque', dialect: 'ai-sdk', value: JSON.parse(JSON.stringify(part)) }
    default:
      throw new InvalidRequest(path, 'its type is not known.')
  }
}

const textBlocks = (text: string): Block[] => (text === '' ? [] : [{ type: 'text', text }])
