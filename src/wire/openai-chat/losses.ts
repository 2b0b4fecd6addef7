import type { ThinkingBlock } from '../../core/message.ts'
import type { LossList } from '../losses.ts'
import { dialect } from './types.ts'

/** What an answer in this dialect cannot say of another dialect's reasoning. */
export function reportThinking(block: ThinkingBlock, path: string, losses: LossList): void {
  if (block.signature) losses.dropped(`${path}.signature`, `it proves the reasoning to ${block.dialect} only.`)
  if (block.redacted) losses.dropped(`${path}.data`, `only ${block.dialect} can read it.`)
  if (block.dialect !== dialect && !block.redacted) {
    losses.approximated(path, 'reasoning stands in reasoning_content, a field of compatible hosts.')
  }
}
