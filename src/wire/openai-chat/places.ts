import type { Block, Message } from '../../core/message.ts'
import type { Place } from '../place.ts'

/**
 * The places of messages as Chat Completions counts them: each tool result is a message of its own,
 * ahead of the user's words, and an assistant's tool calls, reasoning and refusal stand beside its content.
 */
export function placesOf(messages: readonly Message[]): readonly Place[] {
  let next = 0
  return messages.map(({ role, content }) => {
    const first = next
    const results = role === 'user' ? content.filter(({ type }) => type === 'tool-result').length : 0
    next += results === 0 ? 1 : results + (results < content.length ? 1 : 0)
    const message = `messages[${first + results}]`
    if (role === 'assistant') return { message, block: (index) => message + fieldOf(content, index) }
    return {
      message,
      block: (index) => (index < results ? `messages[${first + index}]` : `${message}.content[${index - results}]`),
    }
  })
}

function fieldOf(content: readonly Block[], index: number): string {
  const nth = (isOne: (block: Block) => boolean) => content.slice(0, index).filter(isOne).length
  switch (content[index]?.type) {
    case 'tool-call':
      return `.tool_calls[${nth(isCall)}]`
    case 'thinking':
      return '.reasoning_content'
    case 'refusal':
      return '.refusal'
    default:
      return `.content[${nth((block) => !isCall(block) && block.type !== 'thinking' && block.type !== 'refusal')}]`
  }
}

const isCall = ({ type }: Block): boolean => type === 'tool-call'
