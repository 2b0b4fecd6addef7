import type { Block } from '../core/message.ts'
import type { ModelRequest } from '../core/request.ts'

/**
 * The request with an id of its own for each tool call: of calls that share one, as hosts write that count anew in each turn
 * (`call_0`), the later ones get a number, and their results with them. A result belongs to the latest call of its id that has none
 * yet. What comes later changes nothing before it, so that kept prompts stay the same. The same request where no id is shared.
 */
export function uniqueCalls(request: ModelRequest): ModelRequest {
  if (!sharesIds(request)) return request
  const taken = new Set<string>()
  const counts = new Map<string, number>()
  const open = new Map<string, string[]>()
  const last = new Map<string, string>()
  const rename = (block: Block): Block => {
    if (block.type === 'tool-call') {
      const id = nextId(block.id, taken, counts)
      const waiting = open.get(block.id)
      if (waiting) waiting.push(id)
      else open.set(block.id, [id])
      last.set(block.id, id)
      return id === block.id ? block : { ...block, id }
    }
    if (block.type !== 'tool-result') return block
    const callId = open.get(block.callId)?.pop() ?? last.get(block.callId) ?? block.callId
    return callId === block.callId ? block : { ...block, callId }
  }
  return { ...request, messages: request.messages.map((said) => ({ ...said, content: said.content.map(rename) })) }
}

function sharesIds({ messages }: ModelRequest): boolean {
  const ids = new Set<string>()
  for (const { content } of messages) {
    for (const block of content) {
      if (block.type !== 'tool-call') continue
      if (ids.has(block.id)) return true
      ids.add(block.id)
    }
  }
  return false
}

function nextId(id: string, taken: Set<string>, counts: Map<string, number>): string {
  let count = counts.get(id) ?? 1
  let free = id
  while (taken.has(free)) free = `${id}_${++count}`
  counts.set(id, count)
  taken.add(free)
  return free
}
