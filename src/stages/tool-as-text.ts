import type { Delta } from '../core/delta.ts'
import { type Block, textOf } from '../core/message.ts'
import type { Reply } from '../core/reply.ts'

/**
 * The blocks with the input of the first call of `tool` as a block of text. What the model said beside it (that it will call
 * it, a second call) is left out; where it did not call it, everything stays: what it said may be the answer.
 */
export function textOfTool(content: readonly Block[], tool: string): readonly Block[] {
  const at = content.findIndex((block) => isCall(block, tool))
  if (at === -1) return content
  return content.flatMap((block, index): readonly Block[] => {
    if (index === at && block.type === 'tool-call') return [{ type: 'text', text: block.input }]
    return block.type === 'text' || isCall(block, tool) ? [] : [block]
  })
}

/** The reply with the tool's input as its text, ended as an answer and not as a call. */
export function endingOfTool(reply: Reply, tool: string): Reply {
  const content = textOfTool(reply.content, tool)
  if (content === reply.content) return reply
  const { ending } = reply
  const isCalling = ending.type === 'completed' && ending.by === 'tool-calls'
  return {
    ...reply,
    content,
    text: textOf(content),
    ...(isCalling && { ending: { type: 'completed', by: 'end' } as const }),
  }
}

const isCall = (block: Block, tool: string): boolean => block.type === 'tool-call' && block.name === tool

/** Rewrites a stream as {@link textOfTool} rewrites blocks. */
export interface ToolAnswer {
  /** What a delta becomes. */
  push(delta: Delta): readonly Delta[]
  /** What was kept back until it was known that the tool is not called. */
  end(): readonly Delta[]
}

/** Text is kept back until the tool is called, and then left out, or until the end. The blocks that are left are numbered anew. */
export function answerOfTool(tool: string): ToolAnswer {
  let numbers = new Map<number, number>()
  let given = 0
  let called: number | undefined
  let kept: Delta[] = []
  let keeping = new Set<number>()

  const begin = (delta: Extract<Delta, { type: 'block-start' }>): readonly Delta[] => {
    const { index, block } = delta
    if (isCall(block, tool)) {
      if (called !== undefined) return []
      called = index
      kept = []
      return [renumbered({ ...delta, block: { type: 'text', text: '' } })]
    }
    if (block.type !== 'text') return [renumbered(delta)]
    if (called === undefined) {
      keeping.add(index)
      kept.push(delta)
    }
    return []
  }
  const renumbered = <D extends Delta & { readonly index: number }>(delta: D): D => {
    if (delta.type === 'block-start') numbers.set(delta.index, given++)
    return { ...delta, index: numbers.get(delta.index) ?? delta.index }
  }
  const push = (delta: Delta): readonly Delta[] => {
    if (delta.type === 'restart') {
      numbers = new Map()
      keeping = new Set()
      kept = []
      given = 0
      called = undefined
      return [delta]
    }
    if (delta.type === 'frames') return delta.deltas.flatMap(push)
    if (delta.type === 'block-start') return begin(delta)
    if (numbers.has(delta.index)) {
      if (delta.type !== 'tool-input-delta' || delta.index !== called) return [renumbered(delta)]
      return [renumbered({ type: 'text-delta', index: delta.index, text: delta.json })]
    }
    if (called === undefined && keeping.has(delta.index)) kept.push(delta)
    return []
  }
  const end = () => {
    const rest = kept.map((delta) => ('index' in delta ? renumbered(delta) : delta))
    kept = []
    return rest
  }
  return { push, end }
}
