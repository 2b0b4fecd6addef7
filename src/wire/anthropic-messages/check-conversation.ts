import type { Message } from '../../core/message.ts'
import { InvalidRequest } from '../../errors/index.ts'

/**
 * Holds what can be told of tools in a conversation: the ids of a turn are unique, and a result answers a call of the assistant's
 * turn before it, once. (The API wants ids unique throughout; other hosts' clients do not.) `continuesThread`: that turn may lie with the provider. Throws `InvalidRequest` naming the field.
 */
export function checkConversation(messages: readonly Message[], continuesThread: boolean): void {
  let ids = new Set<string>()
  let unanswered = new Set<string>()
  let speaker: Message['role'] | undefined
  for (const [index, { role, content }] of messages.entries()) {
    if (role === 'assistant' && speaker !== 'assistant') {
      unanswered = new Set()
      ids = new Set()
    }
    // Turns of one speaker are one turn to the API, and a system message between them does not part them.
    if (role !== 'system') speaker = role
    for (const [position, block] of content.entries()) {
      const path = `messages[${index}].content[${position}]`
      if (block.type === 'tool-call') {
        if (role !== 'assistant')
          throw new InvalidRequest(`${path}.type`, 'tool_use stands in an assistant message only.')
        if (ids.has(block.id))
          throw new InvalidRequest(`${path}.id`, `the id "${block.id}" is used by two tool_use blocks of one turn.`)
        ids.add(block.id)
        unanswered.add(block.id)
      } else if (block.type === 'tool-result') {
        if (role !== 'user') throw new InvalidRequest(`${path}.type`, 'tool_result stands in a user message only.')
        if (!unanswered.delete(block.callId) && !continuesThread) throw orphan(`${path}.tool_use_id`, block.callId)
      }
    }
  }
}

function orphan(path: string, id: string): InvalidRequest {
  return new InvalidRequest(
    path,
    `"${id}" is no unanswered tool_use of the assistant message before it.`,
    'Put each tool_result, once, into the user message right after the tool_use that it answers.',
  )
}
