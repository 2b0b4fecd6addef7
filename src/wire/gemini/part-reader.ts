import type { Delta } from '../../core/delta.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import { ReplyUnreadable } from '../../errors/index.ts'
import { numberBlocks } from '../openai-chat/number-blocks.ts'
import { readCandidateFields } from './candidate-fields.ts'
import { dialect, text } from './extras.ts'
import { type PartialArguments, partialArguments } from './partial-args.ts'
import { answerCalls, decodeAnswerPart, partsOf } from './reply.ts'

/** Turns the candidates of a stream into deltas with numbered blocks. */
export interface PartReader {
  readonly hasCalls: boolean
  /** Whether anything that a caller reads is in it. */
  add(candidate: JsonObject): boolean
  /** Ends what is open. Throws `ReplyUnreadable` where an answer that is whole has half a call. `isWhole`: it is completed. */
  end(isWhole: boolean): void
  /** What has come since it was last taken. */
  take(): Delta[]
}

/**
 * Words and thoughts flow into one block until something else comes. A part with a signature is a block of its own: joined
 * with others it could not be sent back as it came.
 */
export function readParts(target: string, answerId: () => string): PartReader {
  const blocks = numberBlocks()
  const calls = answerCalls(answerId)
  let open: { readonly index: number; readonly args: PartialArguments } | undefined
  let lastText: number | undefined
  let count = 0

  const whole = (block: Block): void => {
    const index = blocks.start(block.type === 'tool-call' ? { ...block, input: '' } : emptied(block))
    if (block.type === 'text') {
      lastText = index
      if (block.text !== '') blocks.push({ type: 'text-delta', index, text: block.text })
    } else if (block.type === 'thinking' && block.text !== '') {
      blocks.push({ type: 'thinking-delta', index, text: block.text })
    } else if (block.type === 'tool-call') blocks.push({ type: 'tool-input-delta', index, json: block.input })
    blocks.push({ type: 'block-end', index })
  }
  const addBlock = (block: Block): boolean => {
    if (block.type === 'text' && !block.extras) {
      lastText = blocks.flow('text', block.text, () => ({ type: 'text', text: '' })) ?? lastText
      return block.text !== ''
    }
    if (block.type === 'thinking' && !block.signature && !block.extras) {
      blocks.flow('thinking', block.text, () => ({ type: 'thinking', text: '', dialect }))
      return block.text !== ''
    }
    if (block.type === 'tool-call') reader.hasCalls = true
    whole(block)
    return true
  }
  /** Arguments that come in pieces: a call is opened by its name, and closed by a piece that does not say that it goes on. */
  const addPiece = (call: JsonObject, part: JsonObject): boolean => {
    if (!open) {
      const { partialArgs: _, willContinue: __, ...head } = call
      const block = decodeAnswerPart({ ...part, functionCall: head }, count, calls, target)
      if (block.type !== 'tool-call') throw new ReplyUnreadable(target, 'a piece of a call without a call')
      reader.hasCalls = true
      open = { index: blocks.start({ ...block, input: '' }), args: partialArguments(target) }
    }
    const { partialArgs } = call
    for (const piece of Array.isArray(partialArgs) ? partialArgs.filter(isJsonObject) : []) open.args.add(piece)
    if (call.willContinue !== true) close(open)
    return true
  }
  const close = ({ index, args }: NonNullable<typeof open>): void => {
    blocks.push({ type: 'tool-input-delta', index, json: args.json() })
    blocks.push({ type: 'block-end', index })
    open = undefined
  }
  const addPart = (part: JsonValue): boolean => {
    count++
    const call = isJsonObject(part) && isJsonObject(part.functionCall) ? part.functionCall : undefined
    const isPiece =
      call && (open ? text(call.name) === '' : call.willContinue === true || call.partialArgs !== undefined)
    if (isPiece && isJsonObject(part)) return addPiece(call, part)
    if (open) throw new ReplyUnreadable(target, 'something else in the middle of a function call')
    return addBlock(decodeAnswerPart(part, count - 1, calls, target))
  }

  const reader = {
    hasCalls: false,
    add: (candidate: JsonObject) => {
      const spoken = partsOf(candidate, target).map(addPart).includes(true)
      // Without words there is nothing that it could say.
      if (lastText === undefined) return spoken
      for (const { key, value } of readCandidateFields(candidate)) {
        blocks.push({ type: 'extra-delta', index: lastText, dialect, key, value })
      }
      return spoken
    },
    end: (isWhole: boolean) => {
      if (open && isWhole) throw new ReplyUnreadable(target, 'an answer that ends in the middle of a function call')
      if (open) blocks.push({ type: 'block-end', index: open.index })
      blocks.stop()
    },
    take: blocks.take,
  }
  return reader
}

function emptied(block: Block): Block {
  return block.type === 'text' || block.type === 'thinking' ? { ...block, text: '' } : block
}
