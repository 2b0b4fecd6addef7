import type { ClientDialect } from '../core/dialect.ts'
import type { Block, ThinkingBlock, ToolCallBlock } from '../core/message.ts'
import type { ModelRequest } from '../core/request.ts'
import { signatureAtGoogle } from './seal-thoughts.ts'
import { isSealed, openThought } from './sealed-thought.ts'

/**
 * A request whose sealed thoughts are those of their providers again, with their own signatures. A seal that cannot be opened is a
 * thought that nobody signed. Every block stays where it is.
 */
export function openThoughts(request: ModelRequest, client: ClientDialect): ModelRequest {
  if (!request.messages.some(({ content }) => content.some((block) => sealOf(block, client) !== undefined)))
    return request
  const messages = request.messages.map((message) => ({ ...message, content: [...message.content] }))
  /** Thoughts without a signature that stand right before what is read. */
  let shown: { readonly content: Block[]; readonly index: number; readonly text: string }[] = []
  for (const { content } of messages) {
    for (const [index, block] of content.entries()) {
      const seal = sealOf(block, client)
      if (seal === undefined) {
        if (isUnsigned(block, client)) shown.push({ content, index, text: block.text })
        else shown = []
        continue
      }
      if (block.type === 'tool-call') content[index] = openCall(block, seal)
      else if (block.type === 'thinking') {
        const { opened, saysAgain } = openBlock(block, seal)
        content[index] = opened
        const isShown = saysAgain && shown.map(({ text }) => text).join('') === opened.text
        // What streams to clients of Gemini's is in the seal whole.
        if (isShown) for (const { content: before, index: at } of shown) before[at] = { type: 'text', text: '' }
      }
      shown = []
    }
  }
  return { ...request, messages }
}

function sealOf(block: Block, client: ClientDialect): string | undefined {
  if (block.type === 'thinking' && block.dialect === client) {
    return [block.redacted, block.signature].find((proof) => isSealed(proof))
  }
  if (block.type !== 'tool-call' || block.extras?.dialect !== 'openai-chat') return undefined
  const signature = signatureAtGoogle(block.extras.fields)
  return isSealed(signature) ? signature : undefined
}

function isUnsigned(block: Block, client: ClientDialect): block is ThinkingBlock {
  return block.type === 'thinking' && block.dialect === client && !block.signature && block.redacted === undefined
}

function openBlock(
  { text, dialect }: ThinkingBlock,
  seal: string,
): { readonly opened: ThinkingBlock; readonly saysAgain: boolean } {
  const opened = openThought(seal)
  if (!opened) return { opened: { type: 'thinking', text, dialect }, saysAgain: false }
  return { opened: { ...opened, text: opened.text ?? text }, saysAgain: opened.text !== undefined }
}

/** A call with Gemini's own signature, or with none. */
function openCall({ extras, ...call }: ToolCallBlock, seal: string): ToolCallBlock {
  const opened = openThought(seal)
  if (opened?.dialect === 'gemini' && opened.redacted) {
    return { ...call, extras: { dialect: 'gemini', fields: { thoughtSignature: opened.redacted } } }
  }
  const { extra_content: _, ...further } = extras?.fields ?? {}
  return Object.keys(further).length > 0 ? { ...call, extras: { dialect: 'openai-chat', fields: further } } : call
}
