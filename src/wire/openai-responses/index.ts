import type { Codec } from '../codec.ts'
import { embeddings } from '../openai/embeddings.ts'
import { withSeals } from '../with-seals.ts'
import { countTokens } from './count-tokens.ts'
import { decodeError, encodeError } from './error.ts'
import { decodeReply, encodeReply } from './reply.ts'
import { decodeRequest, encodeRequest, passRequest } from './request.ts'
import { decodeStream, encodeStream } from './stream.ts'
import { dialect } from './types.ts'

/** OpenAI's Responses. */
export const openaiResponses: Codec = withSeals({
  dialect,
  path: '/responses',
  passedHeaders: ['openai-beta', 'idempotency-key'],
  operations: [countTokens, embeddings],
  decodeRequest,
  encodeRequest,
  passRequest,
  decodeReply,
  encodeReply,
  decodeStream,
  encodeStream,
  decodeError,
  encodeError,
  ping: ': ping\n\n',
})
