import type { Delta, ProviderPart } from '../core/delta.ts'
import { grouped } from '../core/figures.ts'
import type { JsonValue } from '../core/json.ts'
import type { Block, DocumentBlock, ImageBlock } from '../core/message.ts'
import type { Usage } from '../core/usage.ts'
import { OutputOverrun, ReplyTooLarge } from '../errors/index.ts'

/** Tools that one answer may call. */
const maxToolCalls = 64
/** Characters that the input of one tool call may have. */
const maxInputCharacters = 1024 ** 2
const maxBlocks = 4_096
/** Characters that one answer may have in all. */
const maxCharacters = 32 * 1024 ** 2
/** What comes before the first content is held: so many bytes of it, and so many parts. */
const maxHeldBytes = 4 * 1024 ** 2
const maxHeldParts = 4_096

/** How far beyond its limit of tokens a provider may go: counts differ by a little. */
const tolerance = 1.1
const toleratedTokens = 16
/**
 * Where nobody counts, tokens are measured by characters. No language comes near so many to a token: English has 4 to 5, and what is nearly all
 * blanks or rules some 10. Below this many characters in all nothing is measured.
 */
const charactersPerToken = 16
const freeCharacters = 4_096
/** Thoughts may have so many characters more: some hosts do not count them. */
const freeThoughts = 1024 ** 2

/** Holds one answer to its bounds. */
export interface OutputGuard {
  /** Throws `OutputOverrun` for the part that goes beyond the limit of tokens, of calls or of blocks, and `ReplyTooLarge` beyond that of size. */
  see(part: ProviderPart): void
  /** Throws `ReplyTooLarge` where more is held than an answer can need before its first content. */
  hold(part: Delta): void
  /** What is wrong with the blocks of an answer that came whole, where anything is. What it cost is spent: tokens are not counted. */
  refuse(content: readonly Block[]): OutputOverrun | undefined
}

/** A guard of one answer; `maxOutputTokens` is what the caller allowed it, if anything. */
export function guardOutput(target: string, maxOutputTokens: number | undefined): OutputGuard {
  const limit = maxOutputTokens ?? Number.POSITIVE_INFINITY
  const mostTokens = limit * tolerance + toleratedTokens
  const mostCharacters = freeCharacters + mostTokens * charactersPerToken
  const inputs = new Map<number, number>()
  let blocks = 0
  let calls = 0
  let words = 0
  let thoughts = 0
  let rest = 0
  let told = 0
  let heldBytes = 0
  let heldParts = 0

  const overrun = (shown: string) =>
    new OutputOverrun(
      target,
      `it went on beyond \`maxOutputTokens\` of ${grouped(limit)} (${shown})`,
      'Add a target whose provider keeps to the limit, or raise it.',
    )
  const check = (): void => {
    if (told > mostTokens) throw overrun(`it counts ${grouped(told)} itself`)
    if (words > mostCharacters) throw overrun(`${grouped(words)} characters of text`)
    if (thoughts > mostCharacters + freeThoughts) throw overrun(`${grouped(thoughts)} characters of thought`)
    if (words + thoughts + rest > maxCharacters) {
      throw new ReplyTooLarge(target, `more than ${grouped(maxCharacters)} characters`)
    }
  }
  const begin = (block: Block): void => {
    if (++blocks > maxBlocks) throw tooManyBlocks(target)
    if (block.type === 'tool-call' && ++calls > maxToolCalls) throw tooManyCalls(target)
    if (block.type === 'opaque') rest += sizeOf(block.value)
    else if (isMedia(block) && block.source.type === 'base64') rest += block.source.data.length
  }
  const seeInput = (index: number, json: string): void => {
    const size = (inputs.get(index) ?? 0) + json.length
    inputs.set(index, size)
    if (size > maxInputCharacters) throw inputTooLarge(target)
    words += json.length
  }

  const guard = {
    see: (part: ProviderPart) => {
      switch (part.type) {
        case 'usage':
          told = wordsCounted(part.usage)
          return
        case 'frames':
          for (const delta of part.deltas) guard.see(delta)
          return
        case 'block-start':
          begin(part.block)
          break
        case 'text-delta':
        case 'refusal-delta':
          words += part.text.length
          break
        case 'thinking-delta':
          thoughts += part.text.length
          break
        case 'signature-delta':
          rest += part.signature.length
          break
        case 'tool-input-delta':
          seeInput(part.index, part.json)
          break
        case 'extra-delta':
          rest += sizeOf(part.value)
          break
        default:
          return
      }
      check()
    },
    hold: (part: Delta) => {
      heldParts++
      if (part.type === 'frames') heldBytes += part.bytes.byteLength
      if (heldBytes > maxHeldBytes || heldParts > maxHeldParts) {
        throw new ReplyTooLarge(target, `${grouped(heldParts)} parts without a word (${grouped(heldBytes)} bytes)`)
      }
    },
    refuse: (content: readonly Block[]) => {
      if (content.length > maxBlocks) return tooManyBlocks(target)
      const called = content.filter((block) => block.type === 'tool-call')
      if (called.length > maxToolCalls) return tooManyCalls(target)
      return called.some(({ input }) => input.length > maxInputCharacters) ? inputTooLarge(target) : undefined
    },
  }
  return guard
}

/** What it says, by its own count. Thoughts are left out: some hosts do not count them against the limit. */
function wordsCounted({ outputText, audioOut, imageOut }: Usage): number {
  return outputText + audioOut + imageOut
}

function isMedia(block: Block): block is ImageBlock | DocumentBlock {
  return block.type === 'image' || block.type === 'document'
}

function sizeOf(value: JsonValue): number {
  return JSON.stringify(value).length
}

function tooManyCalls(target: string): OutputOverrun {
  return new OutputOverrun(
    target,
    `it called more than ${maxToolCalls} tools in one turn`,
    'Say in the prompt how many calls make sense, or forbid parallel calls (`parallelToolCalls: false`).',
  )
}

function tooManyBlocks(target: string): OutputOverrun {
  return new OutputOverrun(
    target,
    `its answer has more than ${grouped(maxBlocks)} blocks`,
    'Add a target to fall back to: an answer in so many pieces is a fault of the provider.',
  )
}

function inputTooLarge(target: string): OutputOverrun {
  return new OutputOverrun(
    target,
    `the input of a tool call has more than ${grouped(maxInputCharacters)} characters`,
    'Lower `maxOutputTokens`, or have the tool take less at a time.',
  )
}
