import type { ClientDialect } from '../core/dialect.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import type { Block, ThinkingBlock } from '../core/message.ts'
import { sealThought } from './sealed-thought.ts'

/**
 * An answer as a client of this dialect can keep it: thoughts of other providers sealed where its own have their signatures, and the
 * signature of a part of Gemini's sealed in a thought of its own before it. Clients of Anthropic's refuse thinking without a signature:
 * what nobody signed is sealed for them, too.
 */
export function sealThoughts(content: readonly Block[], client: ClientDialect): readonly Block[] {
  return content.flatMap((block): readonly Block[] => {
    if (block.type === 'thinking') return [needsSeal(block, client) ? sealed(block, client) : block]
    const { proof, rest } = takeProof(block, client)
    return proof ? [proof, rest] : [rest]
  })
}

/** Whether a thought that is whole has to be sealed for clients of a dialect. Chat Completions has no place for it. */
export function needsSeal(block: ThinkingBlock, client: ClientDialect): boolean {
  if (client === 'openai-chat') return false
  if (block.dialect !== client) return true
  return client === 'anthropic-messages' && !block.signature && block.redacted === undefined
}

/** A thought as one of this dialect. */
export function sealed(block: ThinkingBlock, client: ClientDialect): ThinkingBlock {
  const seal = sealThought(block)
  const isHidden = block.redacted !== undefined && client !== 'gemini'
  return {
    type: 'thinking',
    text: block.text,
    dialect: client,
    ...(isHidden ? { redacted: seal } : { signature: seal }),
  }
}

/** A block without a signature that its client has no place for, and the thought in which that is sealed. */
export function takeProof(
  block: Block,
  client: ClientDialect,
): { readonly proof?: ThinkingBlock; readonly rest: Block } {
  const { extras, ...plain } = block
  if (client === 'gemini' || extras?.dialect !== 'gemini') return { rest: block }
  const { thoughtSignature, ...further } = extras.fields
  if (typeof thoughtSignature !== 'string' || thoughtSignature === '') return { rest: block }
  const seal = sealThought({ type: 'thinking', text: '', dialect: 'gemini', redacted: thoughtSignature })
  if (client === 'openai-chat') {
    // Google's own place for it in Chat Completions, at calls alone.
    if (block.type !== 'tool-call' || Object.keys(further).length > 0) return { rest: block }
    return { rest: { ...plain, extras: { dialect: client, fields: atGoogle(seal) } } as Block }
  }
  const isLast = Object.keys(further).length === 0
  const rest = { ...plain, ...(!isLast && { extras: { dialect: 'gemini', fields: further } }) } as Block
  return { proof: { type: 'thinking', text: '', dialect: client, redacted: seal }, rest }
}

function atGoogle(signature: string): JsonObject {
  return { extra_content: { google: { thought_signature: signature } } }
}

/** The signature in Google's place of a call of Chat Completions. */
export function signatureAtGoogle({ extra_content: extra }: JsonObject): JsonValue | undefined {
  return isJsonObject(extra) && isJsonObject(extra.google) ? extra.google.thought_signature : undefined
}
