import type { Codec } from '../codec.ts'
import { withSeals } from '../with-seals.ts'
import { address } from './address.ts'
import { countTokens } from './count-tokens.ts'
import { embeddings } from './embeddings.ts'
import { decodeError, encodeError } from './error.ts'
import { dialect } from './extras.ts'
import { decodeReply, encodeReply } from './reply.ts'
import { decodeRequest, encodeRequest, passRequest } from './request.ts'
import { decodeStream, encodeStream } from './stream.ts'

/** The Gemini API of Google: `generateContent` and `streamGenerateContent` below a base URL that ends with `/v1beta`. */
export const gemini: Codec = withSeals({
  dialect,
  path: '/models/{model}:generateContent',
  address,
  passedHeaders: [],
  operations: [countTokens, ...embeddings],
  decodeRequest,
  encodeRequest,
  passRequest,
  decodeReply,
  encodeReply,
  decodeStream,
  encodeStream,
  decodeError,
  encodeError,
  // Its SDKs for Python and Go take a comment for an answer that is no JSON.
  ping: '\n\n',
})
