import type { Message } from '../../core/message.ts'
import type { Place } from '../place.ts'

/** The places of messages as this dialect counts them: a system instruction stands apart. */
export function placesOf(messages: readonly Message[]): readonly Place[] {
  const hasSystem = messages[0]?.role === 'system'
  return messages.map((_, index) => {
    if (hasSystem && index === 0)
      return { message: 'systemInstruction', block: (block) => `systemInstruction.parts[${block}]` }
    const message = `contents[${hasSystem ? index - 1 : index}]`
    return { message, block: (block) => `${message}.parts[${block}]` }
  })
}
