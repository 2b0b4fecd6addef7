import type { Codec } from '../codec.ts'
import { withSeals } from '../with-seals.ts'
import { countTokens } from './count-tokens.ts'
import { decodeError, encodeError } from './error.ts'
import { dialect } from './extras.ts'
import { decodeReply, encodeReply } from './reply.ts'
import { decodeRequest, encodeRequest, passRequest } from './request.ts'
import { decodeStream, encodeStream } from './stream.ts'

/** The Messages API of Anthropic: `POST /messages` below a base URL that ends with `/v1`. */
export const anthropicMessages: Codec = withSeals({
  dialect,
  path: '/messages',
  passedHeaders: ['anthropic-beta', 'anthropic-version'],
  operations: [countTokens],
  decodeRequest,
  encodeRequest,
  passRequest,
  decodeReply,
  encodeReply,
  decodeStream,
  encodeStream,
  decodeError,
  encodeError,
  ping: 'event: ping\ndata: {"type": "ping"}\n\n',
})
