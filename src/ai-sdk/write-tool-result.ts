import type { LanguageModelV4ToolResultOutput, LanguageModelV4ToolResultPart } from '@ai-sdk/provider'
import type { Block, ToolResultBlock } from '../core/message.ts'
import { textOf } from '../core/message.ts'
import { InvalidRequest } from '../errors/index.ts'
import type { LossList } from './loss-list.ts'
import { mediaTypeOf, writeFile } from './media.ts'
import { writeOptions } from './options.ts'

type ContentOutput = Extract<LanguageModelV4ToolResultOutput, { type: 'content' }>['value'][number]

/** The result of a tool, under the name that its call had. Throws `InvalidRequest` where no call came before it. */
export function writeToolResult(
  block: ToolResultBlock,
  toolNames: ReadonlyMap<string, string>,
  path: string,
  losses: LossList,
): LanguageModelV4ToolResultPart {
  const { callId, content, isError } = block
  const toolName = toolNames.get(callId)
  if (toolName === undefined) {
    throw new InvalidRequest(path, `no tool call "${callId}" comes before this result of it.`, 'Send the call, too.')
  }
  const output = writeOutput(content, isError, path, losses)
  return { type: 'tool-result', toolCallId: callId, toolName, output, ...writeOptions(block, path, losses) }
}

function writeOutput(
  content: readonly Block[],
  isError: boolean,
  path: string,
  losses: LossList,
): LanguageModelV4ToolResultOutput {
  const isPlain =
    content.length <= 1 && content.every(({ type, extras, cache }) => type === 'text' && !extras && !cache)
  if (isPlain) return { type: isError ? 'error-text' : 'text', value: textOf(content) }
  if (isError) losses.approximated(`${path}.isError`, 'Told by "Error:" before its parts.')
  const parts = content.map((block, index) => writePart(block, `${path}.content[${index}]`, losses))
  const said = parts.filter((part) => part !== undefined)
  return { type: 'content', value: isError ? [{ type: 'text', text: 'Error:' }, ...said] : said }
}

function writePart(block: Block, path: string, losses: LossList): ContentOutput | undefined {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text, ...writeOptions(block, path, losses) }
    case 'image':
    case 'document':
      return {
        type: 'file',
        data: writeFile(block.source, path),
        mediaType: mediaTypeOf(block.source, block.type),
        ...(block.type === 'document' && block.title !== undefined && { filename: block.title }),
        ...writeOptions(block, path, losses),
      }
    default:
      losses.dropped(path, `The result of a tool cannot hold a block of type ${block.type}.`)
      return undefined
  }
}
