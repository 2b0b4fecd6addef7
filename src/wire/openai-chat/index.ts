import type { Codec } from '../codec.ts'
import { embeddings } from '../openai/embeddings.ts'
import { withSeals } from '../with-seals.ts'
import { decodeError, encodeError } from './error.ts'
import { decodeReply, encodeReply } from './reply.ts'
import { decodeRequest, encodeRequest, passRequest } from './request.ts'
import { decodeStream, encodeStream } from './stream.ts'
import { dialect } from './types.ts'

/** OpenAI's Chat Completions, and what compatible hosts make of it. */
export const openaiChat: Codec = withSeals({
  dialect,
  path: '/chat/completions',
  passedHeaders: ['openai-beta', 'idempotency-key'],
  operations: [embeddings],
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
