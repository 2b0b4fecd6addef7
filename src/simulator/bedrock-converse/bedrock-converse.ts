import type { Dialect } from '../dialect.ts'
import { checkConverseRequest } from './check.ts'
import { converseErrorBody, converseErrorFrame, converseRefusal } from './error.ts'
import { converseFrames, eventFrame } from './frames.ts'
import { readConverseRequest } from './read.ts'
import { converseReply } from './reply.ts'

/** Converse and ConverseStream of Amazon Bedrock, as `@aws-sdk/client-bedrock-runtime` 3 reads them. */
export const bedrockConverse: Dialect = {
  name: 'bedrock-converse',
  streamType: 'application/vnd.amazon.eventstream',
  check: checkConverseRequest,
  read: readConverseRequest,
  counting: {
    check: () => undefined,
    request: (body) => body,
    reply: (inputTokens) => ({ inputTokens }),
  },
  reply: converseReply,
  frames: converseFrames,
  errorBody: converseErrorBody,
  errorFrame: converseErrorFrame,
  refusal: converseRefusal,
  // The service itself sends none; readers must let an event pass that they do not know.
  keepAlive: eventFrame('ping', {}),
  headers: (requestId) => ({ 'x-amzn-requestid': requestId }),
}
