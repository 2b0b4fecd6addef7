import type { ResponseErrorEvent } from 'openai/resources/responses/responses'
import { asObject, asText } from '../json.ts'
import { chatErrorBody } from '../openai-chat/error.ts'
import type { Problem } from '../problem.ts'

/** OpenAI's error envelope, the same as in Chat Completions. */
export const responsesErrorBody = chatErrorBody

/** The error as an event, which has no envelope. */
export function responsesErrorFrame(problem: Problem): string {
  const { code, type, message } = asObject(asObject(chatErrorBody(problem)).error)
  const event: ResponseErrorEvent = {
    type: 'error',
    code: asText(code) || asText(type),
    message: asText(message),
    param: problem.param ?? null,
    sequence_number: 0,
  }
  return `event: error\ndata: ${JSON.stringify(event)}\n\n`
}
