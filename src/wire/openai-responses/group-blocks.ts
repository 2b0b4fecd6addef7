import type { Block } from '../../core/message.ts'
import { itemId } from './extras.ts'

/** Blocks of an assistant that stand in one item, each with its number among all. */
export interface BlockGroup {
  readonly kind: 'message' | 'reasoning' | 'single'
  readonly blocks: readonly (readonly [number, Block])[]
}

/** The kind of item in which a block stands. */
export function kindOf({ type }: Block): BlockGroup['kind'] {
  if (type === 'text' || type === 'refusal') return 'message'
  return type === 'thinking' ? 'reasoning' : 'single'
}

/** Whether a block goes into the item of the one before it: words and thoughts do, where both came in the same item or in none. */
export function staysWith(before: Block, block: Block): boolean {
  const kind = kindOf(block)
  if (kind === 'single' || kind !== kindOf(before) || itemId(before.extras) !== itemId(block.extras)) return false
  return !isLast(before) && !isCiphertext(block) && phaseOf(before) === phaseOf(block)
}

/** Whether reasoning is the last of its item: a signature ends one. */
function isLast(block: Block): boolean {
  return isCiphertext(block) || (block.type === 'thinking' && block.signature !== undefined)
}

function isCiphertext(block: Block): boolean {
  return block.type === 'thinking' && (block.redacted !== undefined || block.text === '')
}

function phaseOf({ extras }: Block): unknown {
  return extras?.fields.phase
}

/** The blocks of an assistant by the items in which they stand. */
export function groupBlocks(content: readonly Block[]): BlockGroup[] {
  const groups: { kind: BlockGroup['kind']; blocks: [number, Block][] }[] = []
  let before: Block | undefined
  for (const [index, block] of content.entries()) {
    const last = groups.at(-1)
    if (last && before && staysWith(before, block)) last.blocks.push([index, block])
    else groups.push({ kind: kindOf(block), blocks: [[index, block]] })
    before = block
  }
  return groups
}
