import { grouped } from '../core/figures.ts'
import type { JsonValue } from '../core/json.ts'
import type { ProviderReply } from '../core/provider.ts'
import { ReplyTooLarge, ReplyUnreadable } from '../errors/index.ts'
import type { DecodeContext } from '../wire/codec.ts'
import { parseJson } from '../wire/parse-json.ts'
import { type AnswerHead, header } from './answer-head.ts'
import type { Exchange } from './exchange.ts'
import { readBytes } from './read-bytes.ts'

/** A larger answer is refused. */
const maxBodyBytes = 32 * 1024 * 1024

/** A whole answer, decoded, and the bytes that it came in. */
export interface WholeAnswer {
  readonly reply: ProviderReply
  readonly bytes: Uint8Array
}

/**
 * Reads an answer that is no stream. Throws `ReplyTooLarge` above 32 MiB, and `ReplyUnreadable` for what is empty, HTML, no UTF-8
 * or no JSON.
 */
export async function readWhole(
  head: AnswerHead,
  exchange: Exchange,
  context: DecodeContext,
  decode: (body: JsonValue) => ProviderReply,
): Promise<WholeAnswer> {
  const unreadable = (what: string, cause?: unknown) => new ReplyUnreadable(context.target, what, cause)
  const { bytes, isCut, failure } = await readBytes(exchange, maxBodyBytes)
  if (failure) throw failure
  if (isCut) throw new ReplyTooLarge(context.target, `a body of more than ${grouped(maxBodyBytes)} bytes`)
  if (bytes.length === 0) throw unreadable('an empty body')
  const type = header(head, 'content-type') ?? 'no content type'
  let body: JsonValue
  try {
    body = parseJson(utf8.decode(bytes))
  } catch (cause) {
    if (/html/i.test(type)) throw unreadable('an HTML page', cause)
    throw unreadable(`broken JSON (${type}, ${bytes.length} bytes)`, cause)
  }
  return { reply: decode(body), bytes }
}

/** Takes a byte order mark off, and throws a `TypeError` for what is no UTF-8. */
const utf8 = new TextDecoder('utf-8', { fatal: true })
