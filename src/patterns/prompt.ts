import { createHash } from 'node:crypto'
import type { Block, DocumentBlock, ImageBlock } from '../core/message.ts'

/** Text that its author vouches for: it stands in the prompt as it is. */
export interface Trusted {
  readonly trusted: string
}

/** What may stand between the static parts of a prompt. */
export type PromptValue = string | number | boolean | Trusted | Prompt | ImageBlock | DocumentBlock

/** A prompt: its blocks, and the identity of its static text. */
export interface Prompt {
  readonly blocks: readonly Block[]
  /** The static text, with a mark where each value stands. */
  readonly identity: string
  /** A stable hash of `identity`: 16 hexadecimal digits. It changes when the prompt does, and not with its input. */
  readonly hash: string
}

/** Marks text as the author's own, so that it is not set apart as input. Never give it what a user wrote. */
export function trusted(text: string): Trusted {
  return { trusted: text }
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
  const blocks: Block[] = []
  let text = ''
  let identity = ''
  let inputs = 0
  const endText = () => {
    if (text.trim() !== '') blocks.push({ type: 'text', text })
    text = ''
  }
  for (const [index, part] of strings.entries()) {
    text += part
    identity += part
    if (index === values.length) break
    const value = values[index] as PromptValue
    if (typeof value === 'string') {
      inputs++
      text += setApart(value, inputs)
      identity += '\u0000'
    } else if (typeof value === 'number' || typeof value === 'boolean') {
      text += String(value)
      identity += '\u0000'
    } else if ('trusted' in value) {
      text += value.trusted
      identity += value.trusted
    } else if ('blocks' in value) {
      identity += value.identity
      for (const block of value.blocks) {
        if (block.type === 'text') text += block.text
        else {
          endText()
          blocks.push(block)
        }
      }
    } else {
      identity += '\u0000'
      endText()
      blocks.push(value)
    }
  }
  endText()
  return { blocks, identity, hash: createHash('sha256').update(identity).digest('hex').slice(0, 16) }
}

/** The element is closed by us alone: a closing tag inside the value is written with a space that no tag has. */
function setApart(value: string, number: number): string {
  return `<input id="${number}">\n${value.replaceAll(/<(?=\/?input[\s>])/gi, '< ')}\n</input>`
}
