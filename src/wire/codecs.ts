import type { ClientDialect } from '../core/dialect.ts'
import { anthropicMessages } from './anthropic-messages/index.ts'
import type { Codec } from './codec.ts'
import { gemini } from './gemini/index.ts'
import { openaiChat } from './openai-chat/index.ts'
import { openaiResponses } from './openai-responses/index.ts'

/** The codec of every dialect that clients speak. */
export const codecs: Readonly<Record<ClientDialect, Codec>> = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  gemini,
}
