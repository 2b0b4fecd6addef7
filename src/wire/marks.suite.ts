import fc from 'fast-check'
import type { Block, CacheMark, Message } from '../core/message.ts'
import type { ModelRequest, ToolDefinition } from '../core/request.ts'
import type { MarkHolder } from './cache-marks.ts'

/** Which of the things that can hold a mark are marked, by their number, and for how long. */
export interface Marking {
  readonly holders: readonly number[]
  readonly marks: readonly CacheMark[]
}

/** Marks for the blocks and tools of a request; those with `long` lifetimes first, as Anthropic wants them. */
export function markings(long: CacheMark, short: CacheMark, maxLength = 4): fc.Arbitrary<Marking> {
  return fc.tuple(fc.uniqueArray(fc.nat(30), { maxLength }), fc.nat(maxLength)).map(([holders, longOnes]) => ({
    holders: [...holders].sort((left, right) => left - right),
    marks: holders.map((_, index) => (index < longOnes ? long : short)),
  }))
}

/** The request with the marks on what can hold them, in the order of the prompt. */
export function marked(
  request: ModelRequest,
  { holders, marks }: Marking,
  canHold: (holder: MarkHolder) => boolean,
): ModelRequest {
  let number = 0
  let set = 0
  const mark = <Holder extends MarkHolder>(holder: Holder): Holder => {
    if (!canHold(holder) || !holders.includes(number++)) return holder
    return { ...holder, cache: marks[set++] ?? {} }
  }
  const markBlock = (block: Block): Block =>
    mark(block.type === 'tool-result' ? { ...block, content: block.content.map(markBlock) } : block)
  const tools = request.tools?.map((tool): ToolDefinition => mark(tool))
  const messages = request.messages.map((message): Message => ({ ...message, content: message.content.map(markBlock) }))
  return { ...request, ...(tools && { tools }), messages }
}
