import type { Codec } from './codec.ts'
import { openThoughts } from './open-thoughts.ts'
import { sealStream } from './seal-stream.ts'
import { sealThoughts } from './seal-thoughts.ts'

/** A codec whose clients keep the thoughts of other providers: sealed in what they are answered, opened in what they send back. */
export function withSeals(codec: Codec): Codec {
  const { dialect } = codec
  return {
    ...codec,
    operations: codec.operations.map((operation) => {
      if (operation.operation === 'embed') return operation
      return { ...operation, decodeRequest: (body) => openThoughts(operation.decodeRequest(body), dialect) }
    }),
    decodeRequest: (body) => openThoughts(codec.decodeRequest(body), dialect),
    encodeReply: (reply, context) =>
      codec.encodeReply({ ...reply, content: sealThoughts(reply.content, dialect) }, context),
    encodeStream: (context) => sealStream(codec.encodeStream(context), dialect),
  }
}
