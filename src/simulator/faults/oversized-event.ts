import { longMessage } from '../bedrock-converse/event-stream.ts'
import { eventHeaders } from '../bedrock-converse/frames.ts'
import type { DialectName } from '../dialect.ts'
import { unknownWords } from './unknown-event.ts'

const pieceBytes = 65_536
const filling = Buffer.alloc(pieceBytes, 'x')

/** An event of so many bytes on one line, piece by piece: no more than one piece is ever held. */
export function* hugeEvent(dialect: DialectName, bytes: number): Generator<string | Uint8Array> {
  if (dialect === 'bedrock-converse') return yield* unknownMessage(bytes)
  const [head, tail] = unknownWords(dialect)
  yield head
  for (let left = bytes; left > 0; left -= pieceBytes) yield filling.subarray(0, left)
  yield tail
}

/** An event whose line never ends; in frames of stated lengths: one of the greatest that can be stated, then the next. */
export function* endlessEvent(dialect: DialectName): Generator<string | Uint8Array> {
  if (dialect !== 'bedrock-converse') yield unknownWords(dialect)[0]
  while (true) {
    if (dialect === 'bedrock-converse') yield* unknownMessage(2 ** 31)
    else yield filling
  }
}

function unknownMessage(bytes: number): Generator<Uint8Array> {
  return longMessage(eventHeaders('novelty'), ['{"novelty":"', '"}'], bytes, filling)
}
