import type { Message } from '../../core/message.ts'
import type { Place } from '../place.ts'

/** The places of messages as the Messages API counts them: a leading system prompt stands apart, in `system`. */
export function placesOf(messages: readonly Message[]): readonly Place[] {
  const [first] = messages
  const hasSystem = first?.role === 'system' && first.extras?.fields.role === undefined
  return messages.map((_, index) => {
    if (hasSystem && index === 0) return { message: 'system', block: (block) => `system[${block}]` }
    const message = `messages[${hasSystem ? index - 1 : index}]`
    return { message, block: (block) => `${message}.content[${block}]` }
  })
}
