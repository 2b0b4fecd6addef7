import type { Dialect } from '../dialect.ts'
import { openaiHeaders } from '../openai-headers.ts'
import { checkChatRequest } from './check.ts'
import { chatErrorBody, chatErrorFrame } from './error.ts'
import { chatFrames } from './frames.ts'
import { readChatRequest } from './read.ts'
import { chatReply } from './reply.ts'

/** OpenAI Chat Completions, as `openai` 7 reads it. */
export const openaiChat: Dialect = {
  name: 'openai-chat',
  check: checkChatRequest,
  read: readChatRequest,
  reply: chatReply,
  frames: chatFrames,
  errorBody: chatErrorBody,
  errorFrame: chatErrorFrame,
  keepAlive: ': keep-alive\n\n',
  headers: openaiHeaders,
}
