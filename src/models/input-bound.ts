import type { WireRequest } from '../core/call.ts'
import type { Block, CacheMark } from '../core/message.ts'
import type { ModelRequest, ProviderTool } from '../core/request.ts'
import type { Target } from '../core/target.ts'

/** The most tokens that a prompt can be, and what it asks the prompt cache for. */
export interface InputBound {
  readonly tokens: number
  /** Whether it names what it does not hold (a document, sound, a file by its id): then the context window alone bounds it. */
  readonly isOpen: boolean
  /** Whether it may be written to a prompt cache that wants marks, and for an hour or longer. */
  readonly writes: 'none' | 'short' | 'long'
  /** Whether there is sound in it, or there may be. */
  readonly mayHaveAudio: boolean
}

/** What the provider adds by itself: the frame of a conversation, and how tools are to be called (Anthropic's guide: up to 804). */
const tokensOfFrame = 512
const tokensOfTools = 1_024
/** What it adds for a tool of its own that the client runs: at most 735 (Anthropic's guides to its computer and editor tools). */
const tokensOfClientTool = 2_048
/** What stands between messages, blocks and tools where the request is written anew: roles, names, brackets. */
const tokensOfPiece = 32
/**
 * The most that one picture can be. Anthropic: 4,784. OpenAI: 48,169 (gpt-4o-mini, eight tiles of 5,667 and 2,833), which no other model
 * reaches. Gemini takes any number of tiles of 258; a picture of 40 megapixels has 88.
 */
const tokensOfPicture = { 'anthropic-messages': 5_000, other: 50_000 } as const

/**
 * Bounds what a request is as input, never by an average: a token is a byte at least, in every tokenizer that can say any text. `wire`
 * is what goes out where the target gets the client's own bytes: fields that nobody here knows count by their size.
 */
export function boundInput(request: ModelRequest, target: Target, wire?: WireRequest): InputBound {
  const tally = {
    bytes: 0,
    pieces: 0,
    pictures: 0,
    media: 0,
    isOpen: false,
    mayHaveAudio: false,
    writes: marked(request.cache),
  }
  for (const message of request.messages) {
    tally.pieces++
    if (message.extras) tally.bytes += sizeOf(message.extras.fields)
    for (const block of message.content) addBlock(block, tally)
  }
  for (const tool of request.tools ?? []) {
    tally.pieces++
    tally.bytes += sizeOf([tool.name, tool.description ?? '', tool.inputSchema, tool.extras?.fields ?? ''])
    tally.writes = longer(tally.writes, marked(tool.cache))
  }
  for (const { value } of request.providerTools ?? []) tally.bytes += sizeOf(value)
  if (request.output) tally.bytes += sizeOf(request.output)
  if (request.extensions) tally.bytes += sizeOf(request.extensions)
  const said = wire ? Math.max(Buffer.byteLength(wire.body) - tally.media, tally.bytes) : tally.bytes
  const added = tokensOfFrame + (hasTools(request) ? tokensOfTools : 0) + clientTools(request) * tokensOfClientTool
  const perPicture = target.dialect === 'anthropic-messages' ? tokensOfPicture[target.dialect] : tokensOfPicture.other
  return {
    tokens: said + added + tally.pieces * tokensOfPiece + tally.pictures * perPicture,
    isOpen: tally.isOpen,
    mayHaveAudio: tally.mayHaveAudio,
    writes: wire ? longer(tally.writes, writesIn(wire.body)) : tally.writes,
  }
}

interface Tally {
  bytes: number
  pieces: number
  pictures: number
  /** Characters of base64, which are no text. */
  media: number
  isOpen: boolean
  mayHaveAudio: boolean
  writes: InputBound['writes']
}

function addBlock(block: Block, tally: Tally): void {
  tally.pieces++
  tally.writes = longer(tally.writes, marked(block.cache))
  if (block.extras) tally.bytes += sizeOf(block.extras.fields)
  switch (block.type) {
    case 'text':
    case 'refusal':
      tally.bytes += bytesOf(block.text)
      break
    case 'thinking':
      tally.bytes += sizeOf([block.text, block.signature ?? '', block.redacted ?? ''])
      break
    case 'image':
      tally.pictures++
      if (block.source.type === 'base64') tally.media += block.source.data.length
      break
    case 'document':
      tally.bytes += bytesOf(block.title ?? '')
      if (block.source.type === 'text') tally.bytes += bytesOf(block.source.text)
      else tally.isOpen = true
      break
    case 'tool-call':
      tally.bytes += sizeOf([block.id, block.name, block.input])
      break
    case 'tool-result':
      tally.bytes += bytesOf(block.callId)
      for (const inner of block.content) addBlock(inner, tally)
      break
    case 'opaque':
      tally.bytes += sizeOf(block.value)
      if (saysAll(block.value)) break
      tally.isOpen = true
      tally.mayHaveAudio = true
      break
  }
}

/** Blocks of a provider's own that are no more than the text that they hold. Any other may name what is elsewhere. */
const textual = new Set([
  'server_tool_use',
  'web_search_tool_result',
  'mcp_tool_use',
  'mcp_tool_result',
  'code_execution_tool_result',
  'bash_code_execution_tool_result',
  'text_editor_code_execution_tool_result',
  'reasoning',
  'custom_tool_call',
  'custom_tool_call_output',
  'web_search_call',
  'search_result',
])

function saysAll(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false
  return typeof value.type === 'string' && textual.has(value.type)
}

function hasTools({ tools, providerTools, output }: ModelRequest): boolean {
  return Boolean(tools?.length || providerTools?.length || output)
}

function clientTools({ providerTools = [] }: { readonly providerTools?: readonly ProviderTool[] }): number {
  return providerTools.length
}

function marked(mark: CacheMark | undefined): InputBound['writes'] {
  if (!mark) return 'none'
  return mark.ttl === undefined || mark.ttl === '5m' ? 'short' : 'long'
}

/** Marks that stand where no decoder looks for them. A prompt that speaks of them is taken to have them. */
function writesIn(body: string): InputBound['writes'] {
  if (!body.includes('cache_control') && !body.includes('cachePoint')) return 'none'
  return body.includes('"1h"') ? 'long' : 'short'
}

function longer(left: InputBound['writes'], right: InputBound['writes']): InputBound['writes'] {
  if (left === 'long' || right === 'long') return 'long'
  return left === 'short' ? left : right
}

/** Bytes of the JSON text: never fewer than those of the texts in it. */
function sizeOf(value: unknown): number {
  return bytesOf(JSON.stringify(value))
}

/** Bytes of a text, as it is or as tokenizers write it that normalize first: one ligature can become a sentence. */
function bytesOf(text: string): number {
  const bytes = Buffer.byteLength(text)
  return bytes === text.length ? bytes : Math.max(bytes, Buffer.byteLength(text.normalize('NFKC')))
}
