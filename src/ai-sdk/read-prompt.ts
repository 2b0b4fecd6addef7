import type { LanguageModelV3Message, LanguageModelV4Message } from '@ai-sdk/provider'
import type { Block, Message } from '../core/message.ts'
import { InvalidRequest } from '../errors/index.ts'
import { readMedia } from './media.ts'
import { readExtras, readThinking, type VendorOptions } from './options.ts'
import { readOutput } from './read-output.ts'

/** A message of a prompt, of spec v4 or v3. */
export type PromptMessage = LanguageModelV4Message | LanguageModelV3Message

type Part = Exclude<PromptMessage['content'], string>[number]

/** A prompt of spec v4 or v3 as a conversation. Throws `InvalidRequest`, which names the part, for what cannot be read. */
export function readPrompt(prompt: readonly PromptMessage[]): Message[] {
  return prompt.map((message, index) => {
    const path = `prompt[${index}]`
    const options = message.providerOptions as VendorOptions | undefined
    if (message.role === 'system') {
      return { role: 'system', content: [{ type: 'text', text: message.content, ...readExtras(options) }] }
    }
    const content = message.content.map((part: Part, at) => readPart(part, `${path}.content[${at}]`))
    return { role: message.role === 'assistant' ? 'assistant' : 'user', content: marked(content, options) }
  })
}

/** What is said of a message holds for its last block, as the AI SDK's own providers take it. */
function marked(content: Block[], options: VendorOptions | undefined): Block[] {
  const { cache, extras } = readExtras(options)
  const last = content.at(-1)
  if (!last || last.type === 'thinking') return content
  const more = { ...(!last.cache && cache && { cache }), ...(!last.extras && extras && { extras }) }
  return Object.keys(more).length > 0 ? [...content.slice(0, -1), { ...last, ...more }] : content
}

function readPart(part: Part, path: string): Block {
  const options = part.providerOptions as VendorOptions | undefined
  switch (part.type) {
    case 'text': {
      const type = options?.inseam?.isRefusal === true ? 'refusal' : 'text'
      return { type, text: part.text, ...readExtras(options) }
    }
    case 'file':
      return { ...readMedia(part.data, part.mediaType, part.filename, path), ...readExtras(options) }
    case 'reasoning':
      return readOpaque(options) ?? readThinking(part.text, options)
    case 'tool-call':
      if (part.providerExecuted) return foreign({ ...part, input: JSON.stringify(part.input ?? {}) }, options)
      return {
        type: 'tool-call',
        id: part.toolCallId,
        name: part.toolName,
        input: typeof part.input === 'string' ? part.input : JSON.stringify(part.input ?? {}),
        ...readExtras(options),
      }
    case 'tool-result':
      return { type: 'tool-result', callId: part.toolCallId, ...readOutput(part.output, path), ...readExtras(options) }
    case 'custom':
      return readOpaque(options) ?? foreign(part, options)
    case 'reasoning-file':
      return foreign(part, options)
    case 'tool-approval-response':
      throw new InvalidRequest(path, 'a tool that the provider runs cannot be approved through the seam.')
    default:
      throw new InvalidRequest(path, `a part of type "${String((part as { type: unknown }).type)}" is not known.`)
  }
}

/** The block of a provider's own that an earlier answer brought. */
function readOpaque(options: VendorOptions | undefined): Block | undefined {
  const block = options?.inseam?.block
  const isOpaque = typeof block === 'object' && block !== null && 'dialect' in block && 'value' in block
  return isOpaque ? ({ ...block, type: 'opaque' } as unknown as Block) : undefined
}

/** A part that only models of the AI SDK understand. */
function foreign(part: Part | object, options: VendorOptions | undefined): Block {
  const { providerOptions: _, ...own } = part as { readonly providerOptions?: unknown }
  const value = { ...own, ...(options && { providerMetadata: options }) }
  return { type: 'opaque', dialect: 'ai-sdk', value: JSON.parse(JSON.stringify(value)) }
}
