import type { JsonObject } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import { isRawReasoning } from './extras.ts'

/** How a part of an item is told in a stream. */
export interface PartEvents {
  /** The noun in the events that add and end the part. */
  readonly part: 'content_part' | 'reasoning_summary_part'
  /** The noun in the events that bring its words. */
  readonly words: 'output_text' | 'refusal' | 'reasoning_text' | 'reasoning_summary_text'
  readonly counter: 'content_index' | 'summary_index'
  readonly field: 'text' | 'refusal'
  /** What the events of words bring beside them. */
  readonly beside: JsonObject
  value(words: string): JsonObject
}

const outputText: PartEvents = {
  part: 'content_part',
  words: 'output_text',
  counter: 'content_index',
  field: 'text',
  beside: { logprobs: [] },
  value: (text) => ({ type: 'output_text', text, annotations: [], logprobs: [] }),
}
const refusal: PartEvents = {
  part: 'content_part',
  words: 'refusal',
  counter: 'content_index',
  field: 'refusal',
  beside: {},
  value: (words) => ({ type: 'refusal', refusal: words }),
}
const rawReasoning: PartEvents = {
  part: 'content_part',
  words: 'reasoning_text',
  counter: 'content_index',
  field: 'text',
  beside: {},
  value: (text) => ({ type: 'reasoning_text', text }),
}
const summary: PartEvents = {
  part: 'reasoning_summary_part',
  words: 'reasoning_summary_text',
  counter: 'summary_index',
  field: 'text',
  beside: {},
  value: (text) => ({ type: 'summary_text', text }),
}

/** How the words of a block are told; undefined for a block that has none. */
export function partEvents(block: Block): PartEvents | undefined {
  switch (block.type) {
    case 'text':
      return outputText
    case 'refusal':
      return refusal
    case 'thinking':
      return isRawReasoning(block) ? rawReasoning : summary
    default:
      return undefined
  }
}
