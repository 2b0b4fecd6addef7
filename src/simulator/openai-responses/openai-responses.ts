import type { Dialect } from '../dialect.ts'
import { openaiHeaders } from '../openai-headers.ts'
import { checkResponsesRequest } from './check.ts'
import { responsesComparing } from './comparing.ts'
import { responsesCount } from './count.ts'
import { responsesErrorBody, responsesErrorFrame } from './error.ts'
import { responsesFrames } from './frames.ts'
import { readResponsesRequest } from './read.ts'
import { responsesReply } from './reply.ts'

/** OpenAI Responses, as `openai` 7 reads it. Nothing is stored: a response that a request refers to is not found. */
export const openaiResponses: Dialect = {
  name: 'openai-responses',
  check: checkResponsesRequest,
  read: readResponsesRequest,
  counting: responsesCount,
  comparing: responsesComparing,
  reply: responsesReply,
  frames: responsesFrames,
  errorBody: responsesErrorBody,
  errorFrame: responsesErrorFrame,
  keepAlive: ': keep-alive\n\n',
  headers: openaiHeaders,
}
