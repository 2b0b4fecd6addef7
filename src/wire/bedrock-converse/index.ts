import { InseamError } from '../../errors/index.ts'
import type { TargetCodec } from '../codec.ts'

const notYet = (): never => {
  throw new InseamError('internal-error', 'Not here yet.', { fix: '' })
}

/** Converse of Amazon Bedrock. */
export const bedrockConverse: TargetCodec = {
  dialect: 'bedrock-converse',
  path: '/model/{model}/converse',
  framing: 'event-stream',
  passedHeaders: [],
  operations: [],
  encodeRequest: notYet,
  passRequest: notYet,
  decodeReply: notYet,
  decodeStream: notYet,
  decodeError: notYet,
}
