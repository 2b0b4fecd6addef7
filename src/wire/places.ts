import type { ClientDialect } from '../core/dialect.ts'
import type { Message } from '../core/message.ts'
import { placesOf as inMessagesApi } from './anthropic-messages/places.ts'
import { placesOf as inGemini } from './gemini/places.ts'
import { placesOf as inChat } from './openai-chat/places.ts'
import { placesOf as inResponses } from './openai-responses/places.ts'
import type { Place } from './place.ts'

const places: Readonly<Record<ClientDialect, (messages: readonly Message[]) => readonly Place[]>> = {
  'openai-chat': inChat,
  'openai-responses': inResponses,
  'anthropic-messages': inMessagesApi,
  gemini: inGemini,
}

/** The places of messages in the words of the dialect that said them, for the paths of losses. */
export function placesOf(messages: readonly Message[], spoken: ClientDialect): readonly Place[] {
  return places[spoken](messages)
}
