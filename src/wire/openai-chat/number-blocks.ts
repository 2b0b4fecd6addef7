import type { Delta } from '../../core/delta.ts'
import type { Block } from '../../core/message.ts'

/** The kinds of block that flow as words. */
export type Prose = 'text' | 'refusal' | 'thinking'

/** Numbers the blocks of an answer in the order in which they start. One block of prose is open at a time. */
export interface BlockNumbers {
  /** Starts a block, and ends the prose before it. */
  start(block: Block): number
  /** Adds words to the open block of this kind, or starts one. Returns its number; undefined where there are no words. */
  flow(kind: Prose, words: string, block: () => Block): number | undefined
  /** Ends the prose that is open, if any is. */
  stop(): void
  push(delta: Delta): void
  /** What has come since it was last taken. */
  take(): Delta[]
}

/** Numbers from 0. */
export function numberBlocks(): BlockNumbers {
  let deltas: Delta[] = []
  let count = 0
  let open: { readonly kind: Prose; readonly index: number } | undefined

  const stop = (): void => {
    if (open) deltas.push({ type: 'block-end', index: open.index })
    open = undefined
  }
  const start = (block: Block): number => {
    stop()
    const index = count++
    deltas.push({ type: 'block-start', index, block })
    return index
  }
  return {
    start,
    stop,
    flow: (kind, words, block) => {
      if (words === '') return undefined
      if (open?.kind !== kind) open = { kind, index: start(block()) }
      deltas.push({ type: `${kind}-delta` as const, index: open.index, text: words })
      return open.index
    },
    push: (delta) => void deltas.push(delta),
    take: () => {
      const taken = deltas
      deltas = []
      return taken
    },
  }
}
