import type { Dialect } from '../core/dialect.ts'
import { anthropicMessages } from './anthropic-messages/index.ts'
import type { Codec } from './codec.ts'
import { openaiChat } from './openai-chat/index.ts'

/** The codec of every dialect. */
export const codecs: Readonly<Record<Dialect, Codec>> = {
  'openai-chat': openaiChat,
  'anthropic-messages': anthropicMessages,
}
