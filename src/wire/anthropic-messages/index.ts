import type { Codec } from '../codec.ts'
import { decodeError, encodeError } from './error.ts'
import { dialect } from './extras.ts'
import { decodeReply, encodeReply } from './reply.ts'
import { decodeRequest, encodeRequest, passRequest } from './request.ts'
import { decodeStream, encodeStream } from './stream.ts'

/** The Messages API of Anthropic: `POST /v1/messages`. */
export const anthropicMessages: Codec = {
  dialect,
  path: '/v1/messages',
  passedHeaders: ['anthropic-beta', 'anthropic-version'],
  decodeRequest,
  encodeRequest,
  passRequest,
  decodeReply,
  encodeReply,
  decodeStream,
  encodeStream,
  decodeError,
  encodeError,
}
