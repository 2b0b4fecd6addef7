import type { Block, DocumentBlock, ImageBlock } from '../core/message.ts'
import { shortHash } from './short-hash.ts'

/** Marks what was made here. No JSON can spell it, so that input cannot pass itself off as an author's words. */
const made = Symbol.for('inseam.prompt')

/** Text that its author vouches for: it stands in the prompt as it is. */
export interface Trusted {
  readonly trusted: string
}

/** What may stand between the static parts of a prompt. */
export type PromptValue = string | number | boolean | Trusted | Prompt | ImageBlock | DocumentBlock

/** What a prompt is written from, in order: its author's words, input that is set apart, and blocks. */
type PromptPart =
  | { readonly type: 'words'; readonly text: string }
  | { readonly type: 'input'; readonly text: string }
  | { readonly type: 'block'; readonly block: Block }

/** A prompt: its blocks, and the identity of its static text. */
export interface Prompt {
  readonly parts: readonly PromptPart[]
  readonly blocks: readonly Block[]
  /** The static text, with a mark where each value stands. */
  readonly identity: string
  /** What of the static text stands before the first value: the same in each call. */
  readonly leading: string
  /** A stable hash of `identity`: 16 hexadecimal digits. It changes when the prompt does, and not with its input. */
  readonly hash: string
}

/** Whether a value is a prompt, whatever a feature's author returned. */
export function isPrompt(value: unknown): value is Prompt {
  return isMade(value) && 'parts' in value
}

/** Marks text as the author's own, so that it is not set apart as input. Never give it what a user wrote. */
export function trusted(text: string): Trusted {
  return mark({ trusted: text })
}

function mark<Value extends object>(value: Value): Value {
  return Object.defineProperty(value, made, { value: true })
}

function isMade(value: unknown): value is object {
  return typeof value === 'object' && value !== null && made in value
}

/**
 * Writes a prompt. The static text is the prompt's identity. A string value is input, and is set apart in a numbered
 * `<input>` element that it cannot close, so that the model can tell it from instructions; numbers, booleans, other
 * prompts and {@link trusted} text stand as they are; images and documents become blocks of their own.
 *
 * @example
 * ```ts
 * import { prompt } from 'inseam'
 *
 * const { blocks, hash } = prompt`Summarise the ticket in one sentence.\n\n${'My parcel is late.'}`
 * console.assert(blocks.length === 1 && hash.length === 16)
 * ```
 */
export function prompt(strings: TemplateStringsArray, ...values: readonly PromptValue[]): Prompt {
  const parts: PromptPart[] = []
  let identity = ''
  const own = (text: string) => {
    parts.push({ type: 'words', text })
    identity += text
  }
  const given = (part: PromptPart) => {
    parts.push(part)
    identity += '\u0000'
  }
  for (const [index, text] of strings.entries()) {
    own(text)
    if (index === values.length) break
    const value = values[index] as PromptValue
    if (typeof value === 'string') given({ type: 'input', text: value })
    else if (typeof value === 'number' || typeof value === 'boolean') given({ type: 'words', text: String(value) })
    else if (isPrompt(value)) {
      parts.push(...value.parts)
      identity += value.identity
    } else if (isTrusted(value)) own(value.trusted)
    else if (isBlock(value)) given({ type: 'block', block: value })
    else throw new TypeError(`A prompt cannot hold ${nameOf(value)}: write it as text, or choose what of it to show.`)
  }
  return mark({ parts, blocks: writeBlocks(parts), leading: leadingOf(identity), identity, hash: shortHash(identity) })
}

function leadingOf(identity: string): string {
  const [leading = ''] = identity.split('\u0000', 1)
  return leading
}

function isTrusted(value: unknown): value is Trusted {
  return isMade(value) && 'trusted' in value
}

function isBlock(value: unknown): value is ImageBlock | DocumentBlock {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false
  return (value.type === 'image' || value.type === 'document') && 'source' in value
}

function nameOf(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`
}

/** Words and inputs that stand together are one block of text; blank ones are none. */
function writeBlocks(parts: readonly PromptPart[]): Block[] {
  const blocks: Block[] = []
  let text = ''
  let inputs = 0
  const endText = () => {
    if (text.trim() !== '') blocks.push({ type: 'text', text })
    text = ''
  }
  for (const part of parts) {
    if (part.type === 'words') text += part.text
    else if (part.type === 'input') text += setApart(part.text, ++inputs)
    else {
      endText()
      blocks.push(part.block)
    }
  }
  endText()
  return blocks
}

/** The element is closed by us alone: what could be read as its tag inside the value is written `&lt;`. */
function setApart(value: string, number: number): string {
  return `<input id="${number}">\n${value.replaceAll(/<(?=\s*\/?\s*input\b)/gi, '&lt;')}\n</input>`
}
