import { noCost } from './cost.ts'
import type { Delta } from './delta.ts'
import type { Block } from './message.ts'
import { textOf } from './message.ts'
import type { Reply, ReplySource } from './reply.ts'
import { noUsage } from './usage.ts'

/** The deltas that spell finished blocks: one per block, for an answer that is known whole and asked for as a stream. */
export function* deltasOf(content: readonly Block[]): Generator<Delta, void, void> {
  for (const [index, block] of content.entries()) {
    switch (block.type) {
      case 'text':
        yield { type: 'block-start', index, block: { ...block, text: '' } }
        yield { type: 'text-delta', index, text: block.text }
        break
      case 'refusal':
        yield { type: 'block-start', index, block: { ...block, text: '' } }
        yield { type: 'refusal-delta', index, text: block.text }
        break
      case 'thinking': {
        const { signature, ...unsigned } = block
        yield { type: 'block-start', index, block: { ...unsigned, text: '' } }
        if (block.text) yield { type: 'thinking-delta', index, text: block.text }
        if (signature) yield { type: 'signature-delta', index, signature }
        break
      }
      case 'tool-call':
        yield { type: 'block-start', index, block: { ...block, input: '' } }
        yield { type: 'tool-input-delta', index, json: block.input }
        break
      default:
        yield { type: 'block-start', index, block }
    }
    yield { type: 'block-end', index }
  }
}

/** The reply of something that is no provider: complete, free, and honest about its source. */
export function replyWithoutModel(
  callId: string,
  source: ReplySource,
  model: string,
  content: readonly Block[],
): Reply {
  return {
    id: callId,
    callId,
    model,
    content,
    text: textOf(content),
    ending: { type: 'completed', by: 'end' },
    rawStop: source,
    usage: noUsage,
    source,
    cost: noCost,
    losses: [],
  }
}
