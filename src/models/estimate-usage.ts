import type { Block, MediaSource } from '../core/message.ts'
import type { ModelRequest, ToolDefinition } from '../core/request.ts'
import { noUsage, type Usage } from '../core/usage.ts'
import { estimateTokens } from './estimate-tokens.ts'

/** What an image counts, whatever its size: about a megapixel at Anthropic, more than a high-detail one at OpenAI. */
const tokensPerImage = 1_500
/** What a document counts at least. A page of a PDF is 1,500 to 3,000 tokens, text and picture (Anthropic). */
const tokensPerDocument = 1_500
/** One token for so many bytes of a document beyond that; a PDF page of 40 KB makes 1,600. */
const documentBytesPerToken = 25
const tokensPerMessage = 4
const tokensPerTool = 8

/**
 * What an attempt used where the provider never said: the whole request as uncached input, what arrived as output. Flagged
 * `estimated`; never 0 for a request that says anything. Reasoning that was never shown cannot be counted. Never throws.
 */
export function estimateUsage(request: ModelRequest, arrived: readonly Block[]): Usage {
  const input = { text: 0, images: 0 }
  for (const message of request.messages) {
    if (request.operation !== 'embed') input.text += tokensPerMessage
    for (const block of message.content) count(block, input)
  }
  for (const tool of request.tools ?? []) input.text += estimateTool(tool)
  for (const { value } of request.providerTools ?? []) input.text += tokensPerTool + tokensOfJson(value)
  if (request.output?.schema) input.text += tokensOfJson(request.output.schema)

  const output = { text: 0, images: 0 }
  const reasoning = { text: 0, images: 0 }
  for (const block of arrived) count(block, block.type === 'thinking' ? reasoning : output)
  return {
    ...noUsage,
    source: 'estimated',
    inputUncached: input.text,
    imageIn: input.images,
    outputText: output.text,
    outputReasoning: reasoning.text,
    imageOut: output.images,
  }
}

/** What the definition of a tool counts, in tokens. */
export function estimateTool({ name, description = '', inputSchema }: ToolDefinition): number {
  return tokensPerTool + estimateTokens(name) + estimateTokens(description) + tokensOfJson(inputSchema)
}

/** What a block counts, in tokens, pictures among them. */
export function estimateBlock(block: Block): number {
  const tally = { text: 0, images: 0 }
  count(block, tally)
  return tally.text + tally.images
}

interface Tally {
  text: number
  images: number
}

function count(block: Block, tally: Tally): void {
  switch (block.type) {
    case 'text':
    case 'refusal':
      tally.text += estimateTokens(block.text)
      break
    case 'thinking':
      tally.text += estimateTokens(block.text) + estimateTokens(block.redacted ?? '')
      break
    case 'image':
      tally.images += tokensPerImage
      break
    case 'document':
      tally.text += estimateTokens(block.title ?? '') + tokensOfDocument(block.source)
      break
    case 'tool-call':
      tally.text += tokensPerTool + estimateTokens(block.name) + estimateTokens(block.input)
      break
    case 'tool-result':
      tally.text += tokensPerTool
      for (const inner of block.content) count(inner, tally)
      break
    case 'opaque':
      tally.text += tokensOfJson(block.value)
      break
  }
}

function tokensOfDocument(source: MediaSource): number {
  if (source.type === 'text') return estimateTokens(source.text)
  const bytes = source.type === 'base64' ? source.data.length * 0.75 : 0
  return Math.max(tokensPerDocument, Math.ceil(bytes / documentBytesPerToken))
}

function tokensOfJson(value: unknown): number {
  return estimateTokens(JSON.stringify(value) ?? '')
}
