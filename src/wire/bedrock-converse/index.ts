import type { TargetCodec } from '../codec.ts'
import { addressOf } from './address.ts'
import { countTokens } from './count-tokens.ts'
import { embeddings } from './embeddings.ts'
import { decodeError } from './error.ts'
import { dialect } from './extras.ts'
import { neverPassed } from './never-passed.ts'
import { decodeReply } from './reply.ts'
import { encodeRequest } from './request.ts'
import { decodeStream } from './stream.ts'

/** Converse and ConverseStream of Amazon Bedrock, below `https://bedrock-runtime.{region}.amazonaws.com`. */
export const bedrockConverse: TargetCodec = {
  dialect,
  path: '/model/{model}/converse',
  address: addressOf((stream) => (stream ? 'converse-stream' : 'converse')),
  framing: 'event-stream',
  passedHeaders: [],
  operations: [countTokens, embeddings],
  encodeRequest,
  passRequest: neverPassed,
  decodeReply,
  decodeStream,
  decodeError,
}
