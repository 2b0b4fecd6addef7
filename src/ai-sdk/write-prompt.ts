import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4TextPart,
  LanguageModelV4ToolResultPart,
} from '@ai-sdk/provider'
import { isJsonObject, type JsonValue } from '../core/json.ts'
import type { Block, DocumentBlock, ImageBlock, Message, OpaqueBlock, ToolCallBlock } from '../core/message.ts'
import { textOf } from '../core/message.ts'
import { InvalidRequest } from '../errors/index.ts'
import { parseJson } from '../wire/parse-json.ts'
import type { LossList } from './loss-list.ts'
import { mediaTypeOf, writeFile } from './media.ts'
import { writeOptions, writeThinking } from './options.ts'
import { writeToolResult } from './write-tool-result.ts'

type UserPart = LanguageModelV4TextPart | LanguageModelV4FilePart
type AssistantPart = Extract<LanguageModelV4Message, { role: 'assistant' }>['content'][number]

/**
 * A conversation as a prompt of spec v4: results of tools stand in messages of their own, ahead of the words beside them. What cannot be
 * said is listed. Throws `InvalidRequest` for a result without its call and for a call whose input is no JSON.
 */
export function writePrompt(messages: readonly Message[], losses: LossList): LanguageModelV4Prompt {
  const toolNames = new Map<string, string>()
  return messages.flatMap((message, index): LanguageModelV4Message[] => {
    const path = `messages[${index}]`
    const { providerOptions } = writeOptions(message.extras ? { extras: message.extras } : {}, path, losses)
    const own = providerOptions && { providerOptions }
    const written =
      message.role === 'system'
        ? writeSystem(message, path, losses)
        : message.role === 'user'
          ? writeUser(message.content, path, toolNames, losses)
          : [writeAssistant(message.content, path, toolNames, losses)]
    return written.map((one) => ({ ...one, ...own }))
  })
}

/** One message a block, for each may say to a vendor what the others do not: where the prefix that it caches ends. */
function writeSystem({ content }: Message, path: string, losses: LossList): LanguageModelV4Message[] {
  if (content.every(({ type, extras, cache }) => type === 'text' && !extras && !cache)) {
    return [{ role: 'system', content: textOf(content) }]
  }
  return content.flatMap((block, index) => {
    const at = `${path}.content[${index}]`
    if (block.type === 'text') {
      return [{ role: 'system', content: block.text, ...writeOptions(block, at, losses) }]
    }
    losses.dropped(at, 'A system prompt holds text only.')
    return []
  })
}

function writeUser(
  content: readonly Block[],
  path: string,
  toolNames: ReadonlyMap<string, string>,
  losses: LossList,
): LanguageModelV4Message[] {
  const results: LanguageModelV4ToolResultPart[] = []
  const parts: UserPart[] = []
  for (const [index, block] of content.entries()) {
    const at = `${path}.content[${index}]`
    if (block.type === 'tool-result') {
      if (parts.length > 0) losses.approximated(at, 'It moved ahead of the words before it.')
      results.push(writeToolResult(block, toolNames, at, losses))
      continue
    }
    const part = writeUserPart(block, at, losses)
    if (part) parts.push(part)
  }
  return [
    ...(results.length > 0 ? [{ role: 'tool' as const, content: results }] : []),
    ...(parts.length > 0 ? [{ role: 'user' as const, content: parts }] : []),
  ]
}

function writeUserPart(block: Block, path: string, losses: LossList): UserPart | undefined {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text, ...writeOptions(block, path, losses) }
    case 'image':
    case 'document':
      return writeMedia(block, path, losses)
    default:
      losses.dropped(path, `A user cannot say a block of type ${block.type}.`)
      return undefined
  }
}

function writeMedia(block: ImageBlock | DocumentBlock, path: string, losses: LossList): LanguageModelV4FilePart {
  return {
    type: 'file',
    data: writeFile(block.source, path),
    mediaType: mediaTypeOf(block.source, block.type),
    ...(block.type === 'document' && block.title !== undefined && { filename: block.title }),
    ...writeOptions(block, path, losses),
  }
}

function writeAssistant(
  content: readonly Block[],
  path: string,
  toolNames: Map<string, string>,
  losses: LossList,
): LanguageModelV4Message {
  const parts: AssistantPart[] = []
  for (const [index, block] of content.entries()) {
    if (block.type === 'tool-call') toolNames.set(block.id, block.name)
    const part = writeAssistantPart(block, `${path}.content[${index}]`, losses)
    if (part) parts.push(part)
  }
  return { role: 'assistant', content: parts }
}

function writeAssistantPart(block: Block, path: string, losses: LossList): AssistantPart | undefined {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text, ...writeOptions(block, path, losses) }
    case 'refusal':
      losses.approximated(path, 'A refusal is sent as text.')
      return { type: 'text', text: block.text, ...writeOptions(block, path, losses) }
    case 'thinking': {
      const options = writeThinking(block, path, losses)
      return options && { type: 'reasoning', text: block.text, ...options }
    }
    case 'tool-call':
      return writeToolCall(block, path, losses)
    case 'image':
    case 'document':
      return writeMedia(block, path, losses)
    case 'opaque':
      return writeOpaque(block, path, losses)
    case 'tool-result':
      losses.dropped(path, 'A tool result stands in a message of the user.')
      return undefined
  }
}

function writeToolCall(block: ToolCallBlock, path: string, losses: LossList): AssistantPart {
  const { id: toolCallId, name: toolName } = block
  return {
    type: 'tool-call',
    toolCallId,
    toolName,
    input: readInput(block, path),
    ...writeOptions(block, path, losses),
  }
}

function readInput({ input }: ToolCallBlock, path: string): JsonValue {
  if (input.trim() === '') return {}
  try {
    return parseJson(input)
  } catch (cause) {
    throw new InvalidRequest(path, `the input of this tool call is no valid JSON: ${(cause as Error).message}`)
  }
}

/** What another model of the AI SDK answered with goes back as it came. Sources are for readers, and no model is sent them. */
function writeOpaque({ dialect, value }: OpaqueBlock, path: string, losses: LossList): AssistantPart | undefined {
  if (dialect !== 'ai-sdk' || !isJsonObject(value)) {
    losses.dropped(path, `A block of ${dialect} has no meaning to a model of the AI SDK.`)
    return undefined
  }
  const { providerMetadata, ...part } = value
  const options = isJsonObject(providerMetadata) && { providerOptions: providerMetadata }
  switch (part.type) {
    case 'file':
    case 'reasoning-file':
    case 'custom':
      return { ...reviveUrl(part), ...options } as unknown as AssistantPart
    case 'tool-call':
      return { ...part, input: parseJson(String(part.input)), ...options } as unknown as AssistantPart
    case 'tool-result': {
      const { toolCallId, toolName, result = null, isError } = part
      const output = { type: isError === true ? 'error-json' : 'json', value: result }
      return { type: 'tool-result', toolCallId, toolName, output, ...options } as unknown as AssistantPart
    }
    case 'source':
      return undefined
    default:
      losses.dropped(path, `A part of type "${part.type}" goes no way back.`)
      return undefined
  }
}

/** An address was kept as text. */
function reviveUrl(part: { readonly [key: string]: JsonValue | undefined }): object {
  const { data } = part
  if (!isJsonObject(data) || data.type !== 'url') return part
  const url = URL.parse(String(data.url))
  return url ? { ...part, data: { ...data, url } } : part
}
